"""客户信息 as a Django app."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    """Customers, contacts, customer file, relations, pools."""

    name = "customers"
    verbose_name = _("Customer information")

    def ready(self):
        """Bring the pool that ships."""
        post_migrate.connect(fill, sender=self, dispatch_uid="customers.shipped")


def fill(**_signal):
    """Bring the pool that was never brought."""
    import_module("customers.shipped").fill()
