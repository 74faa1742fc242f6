"""The ground floor as a Django app."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from crm.guards.actor import begin_upgrade, end_upgrade
from crm.guards.grants import after_migrate


class CrmConfig(AppConfig):
    """People, rights, history and the generic pages."""

    name = "crm"

    def ready(self):
        """Listen to sign-ins; give the serving role its rights after migrating."""
        import_module("crm.accounts.sign_in")
        import_module("crm.accounts.second_factor")
        pre_migrate.connect(begin_upgrade, sender=self, dispatch_uid="crm.upgrade")
        post_migrate.connect(end_upgrade, sender=self, dispatch_uid="crm.upgrade")
        post_migrate.connect(after_migrate, sender=self, dispatch_uid="crm.grants")
        post_migrate.connect(fill, sender=self, dispatch_uid="crm.shipped")


def fill(**_signal):
    """Bring what ships and was never brought."""
    import_module("crm.shipped").fill()
