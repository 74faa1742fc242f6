"""The addresses at which pools and their rules are set up, and what ran."""

from django.urls import path

from system.pools import rules, runs, views

urlpatterns = [
    path("add/", views.PoolCreate.as_view(), name="pool_create"),
    path("<int:pk>/edit/", views.PoolUpdate.as_view(), name="pool_update"),
    path("<int:pk>/delete/", views.PoolDelete.as_view(), name="pool_delete"),
    path("rules/", rules.RuleList.as_view(), name="recyclerule_list"),
    path("rules/add/", rules.RuleCreate.as_view(), name="recyclerule_create"),
    path("rules/<int:pk>/edit/", rules.RuleUpdate.as_view(), name="recyclerule_update"),
    path(
        "rules/<int:pk>/delete/", rules.RuleDelete.as_view(), name="recyclerule_delete"
    ),
    path("runs/", runs.RunList.as_view(), name="recyclerun_list"),
    path("runs/trial/", runs.Trial.as_view(), name="recyclerun_trial"),
    path("runs/start/", runs.Start.as_view(), name="recyclerun_start"),
    path("runs/<int:pk>/", runs.RunDetail.as_view(), name="recyclerun_detail"),
    path("runs/<int:pk>/undo/", runs.Undo.as_view(), name="recyclerun_undo"),
]
