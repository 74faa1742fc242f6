"""The addresses of pipelines."""

from django.urls import path

from system.pipelines import views

urlpatterns = [
    path("", views.PipelineList.as_view(), name="pipeline_list"),
    path("add/", views.PipelineCreate.as_view(), name="pipeline_create"),
    path("<int:pk>/", views.PipelineUpdate.as_view(), name="pipeline_update"),
    path("<int:pk>/delete/", views.PipelineDelete.as_view(), name="pipeline_delete"),
]
