"""Concessions as a Django app."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import pre_migrate


class TrialConfig(AppConfig):
    """The kind of `tests.crm.concessions`, installed."""

    name = "tests.trial"
    label = "trial"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Have the tables where the program's own are there already."""
        pre_migrate.connect(make, sender=self, dispatch_uid="trial.tables")


def make(**_signal):
    """Make the tables before rights to them are granted."""
    import_module("tests.crm.concessions").make_tables()
