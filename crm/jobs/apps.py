"""The background jobs as a Django app of the ground floor."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JobsConfig(AppConfig):
    """Jobs, the worker that does them, schedules and working days."""

    name = "crm.jobs"

    def ready(self):
        """Bring schedules and holidays after each migration."""
        post_migrate.connect(fill, sender=self, dispatch_uid="jobs.shipped")


def fill(**_signal):
    """Bring what ships, where the tables are those of this version."""
    import_module("crm.jobs.shipped").fill()
