"""The addresses of 销售过程."""

from django.urls import path

from crm.views import record_urls
from sales.forms import LeadForm, OpportunityForm
from sales.views import board, forward, leads, moves, opportunities

urlpatterns = [
    *record_urls(leads.LeadList, leads.LeadDetail, LeadForm),
    path(
        "leads/<int:pk>/assignment/",
        forward.Assignment.as_view(),
        name="lead_assignment",
    ),
    path(
        "leads/<int:pk>/conversion/",
        forward.Conversion.as_view(),
        name="lead_conversion",
    ),
    path("leads/<int:pk>/touch/", leads.Touch.as_view(), name="lead_touch"),
    path(
        "leads/<int:pk>/invalidity/", leads.Invalidity.as_view(), name="lead_invalidity"
    ),
    path("leads/<int:pk>/reopening/", leads.Reopening.as_view(), name="lead_reopening"),
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
