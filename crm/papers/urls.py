"""The addresses of the papers of a kind."""

from django.urls import path
from django.utils.module_loading import import_string

from crm.papers.views import PaperView


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
