"""The addresses of bulk actions: one door beside the list of every kind."""

from django.apps import apps
from django.urls import path

from crm.bulk import views
from crm.models import Record

urlpatterns = [
    *(
        path(
            f"{model.segment}/bulk/",
            views.Choose.as_view(model=model),
            name=f"{model._meta.model_name}_bulk",
        )
        for model in apps.get_models()
        if issubclass(model, Record)
    ),
    path("bulk/", views.actions, name="bulk_list"),
    path("bulk/<int:pk>/", views.action, name="bulk_detail"),
    path("bulk/<int:pk>/undo/", views.undo, name="bulk_undo"),
]
