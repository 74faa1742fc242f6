"""The export of every record list, beside the list."""

from django.apps import apps
from django.urls import path

from crm.models import Record
from system.exports.views import RecordExport

urlpatterns = [
    path(
        f"{model.segment}/export/",
        RecordExport.as_view(model=model),
        name=f"{model._meta.model_name}_export",
    )
    for model in apps.get_models()
    if issubclass(model, Record)
]
