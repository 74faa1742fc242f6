"""The addresses of 销售过程."""

from django.urls import path

from crm.views import record_urls
from sales.forms import OpportunityForm
from sales.views import board, moves, opportunities

urlpatterns = [
    path("opportunities/board/", board.Board.as_view(), name="opportunity_board"),
    *record_urls(
        opportunities.OpportunityList,
        opportunities.OpportunityDetail,
        OpportunityForm,
    ),
    path(
        "opportunities/<int:pk>/stage/",
        moves.Move.as_view(),
        name="opportunity_stage",
    ),
    path(
        "opportunities/<int:pk>/close/",
        moves.Closing.as_view(),
        name="opportunity_close",
    ),
    path(
        "opportunities/<int:pk>/reopening/",
        moves.Reopening.as_view(),
        name="opportunity_reopening",
    ),
]
