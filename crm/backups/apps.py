"""Backup and restore as a Django app of the ground floor."""

from importlib import import_module

from django.apps import AppConfig


class BackupsConfig(AppConfig):
    """Backups: made, checked, kept for a time, brought back."""

    name = "crm.backups"

    def ready(self):
        """Know the work that is done in the background."""
        import_module("crm.backups.work")
