"""The addresses of rules of assignment."""

from django.urls import path

from system.lead_rules import trial, views

urlpatterns = [
    path("", views.RuleList.as_view(), name="leadrule_list"),
    path("add/", views.RuleCreate.as_view(), name="leadrule_create"),
    path("trial/", trial.Trial.as_view(), name="leadrule_trial"),
    path("run/", trial.Run.as_view(), name="leadrule_run"),
    path("returns/", trial.Returns.as_view(), name="leadrule_returns"),
    path("<int:pk>/edit/", views.RuleUpdate.as_view(), name="leadrule_update"),
    path("<int:pk>/delete/", views.RuleDelete.as_view(), name="leadrule_delete"),
]
