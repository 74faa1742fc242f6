"""The export of every record list, beside the list."""

from django.urls import path

from system.exports.views import RecordExport

urlpatterns = [
    path(
        f"{segment}/export/",
        RecordExport.as_view(listing=f"{model}_list"),
        name=f"{model}_export",
    )
    for segment, model in (
        ("customers", "customer"),
        ("contacts", "contact"),
        ("interactions", "interaction"),
        ("contracts", "contract"),
        ("products", "product"),
        ("competitors", "competitor"),
        ("encounters", "encounter"),
        ("news", "newsitem"),
    )
]
