"""Backup and restore as a Django app of the ground floor."""

from django.apps import AppConfig


class BackupsConfig(AppConfig):
    """Backups: made, checked, kept for a time, brought back."""

    name = "crm.backups"
