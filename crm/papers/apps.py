"""Paper as a Django app."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PapersConfig(AppConfig):
    """Company, templates of papers, papers of many records."""

    name = "crm.papers"

    def ready(self):
        """Bring the company and the templates after each migration."""
        post_migrate.connect(fill, sender=self, dispatch_uid="papers.shipped")


def fill(**_signal):
    """Bring what is missing, where the tables are those of this version."""
    import_module("crm.papers.shipped").fill()
