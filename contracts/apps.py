"""合同信息 as a Django app."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ContractsConfig(AppConfig):
    """Products, contracts, approval."""

    name = "contracts"
    verbose_name = _("Contract information")

    def ready(self):
        """Bring the rules that ship."""
        post_migrate.connect(fill, sender=self, dispatch_uid="contracts.shipped")


def fill(**_signal):
    """Bring the approval rules that were never brought."""
    import_module("contracts.shipped").fill()
