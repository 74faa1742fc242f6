"""The addresses of 交往反馈."""

from django.urls import path

from crm.views.attachments import attachment_urls
from feedback import views
from feedback.models import Interaction

urlpatterns = [
    path("interactions/", views.InteractionList.as_view(), name="interaction_list"),
    path(
        "interactions/add/",
        views.InteractionCreate.as_view(),
        name="interaction_create",
    ),
    path(
        "interactions/<int:pk>/",
        views.InteractionDetail.as_view(),
        name="interaction_detail",
    ),
    path(
        "interactions/<int:pk>/edit/",
        views.InteractionUpdate.as_view(),
        name="interaction_update",
    ),
    path(
        "interactions/<int:pk>/delete/",
        views.InteractionDelete.as_view(),
        name="interaction_delete",
    ),
    *attachment_urls(Interaction, "interactions"),
]
