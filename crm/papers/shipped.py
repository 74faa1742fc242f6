"""The rows that papers cannot be without: the company, and each template."""

from django.db import connection

from crm.guards import actor
from crm.papers.catalogue import papers
from crm.papers.models import Company, PaperTemplate


def fill():
    """Bring what is missing; nothing where an older version's tables stand."""
    if PaperTemplate._meta.db_table not in connection.introspection.table_names():
        return
    with actor.acting(None, verb=actor.BY_NEW_VERSION):
        Company.objects.get_or_create(pk=1)
        PaperTemplate.objects.bulk_create(
            [PaperTemplate(slug=slug) for slug in papers()], ignore_conflicts=True
        )
