"""The addresses of rules for targets."""

from django.urls import path

from system.target_rules import views

urlpatterns = [
    path("", views.TargetRuleList.as_view(), name="targetrule_list"),
    path("add/", views.TargetRuleCreate.as_view(), name="targetrule_create"),
    path("<int:pk>/", views.TargetRuleUpdate.as_view(), name="targetrule_update"),
    path(
        "<int:pk>/delete/", views.TargetRuleDelete.as_view(), name="targetrule_delete"
    ),
]
