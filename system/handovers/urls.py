"""The addresses of hand-overs."""

from django.urls import path

from system.handovers import joining, verbs, views

urlpatterns = [
    path("users/add/", joining.Join.as_view(), name="user_create"),
    path("users/<int:pk>/handover/", views.HandOver.as_view(), name="user_handover"),
    path("handovers/", views.handovers, name="handover_list"),
    path("handovers/<int:pk>/", views.handover, name="handover_detail"),
    path(
        "handovers/<int:pk>/going-on/",
        verbs.HandoverGoOn.as_view(),
        name="handover_go_on",
    ),
    path(
        "handovers/<int:pk>/staying/",
        verbs.HandoverStay.as_view(),
        name="handover_stay",
    ),
]
