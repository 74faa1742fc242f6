"""销售过程 as a Django app."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SalesConfig(AppConfig):
    """Leads, opportunities and the pipelines through which they go, quotations."""

    name = "sales"
    verbose_name = _("Sales process")

    def ready(self):
        """Bring what ships."""
        post_migrate.connect(fill, sender=self, dispatch_uid="sales.shipped")


def fill(**_signal):
    """Bring what was never brought."""
    import_module("sales.shipped").fill()
