"""The addresses of papers: those of a kind, and those of many records at once."""

from django.urls import path
from django.utils.module_loading import import_string

from crm.papers.views import PaperView, run, run_file

urlpatterns = [
    path("papers/<int:pk>/", run, name="paper_run"),
    path("papers/<int:pk>/file/", run_file, name="paper_run_file"),
]


def paper_urls(model):
    """Return the addresses of the papers that a kind names: `contracts/7/sheet.pdf`."""
    found = map(import_string, model.papers)
    return [
        path(
            f"{model.segment}/<int:pk>/{paper.address}.pdf",
            PaperView.as_view(model=model, paper=paper),
            name=f"{paper.slug}_pdf",
        )
        for paper in found
    ]
