"""系统工具 as a Django app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SystemConfig(AppConfig):
    """Registration inbox, people and roles, dictionaries, logs, recycle bin."""

    name = "system"
    verbose_name = _("System tools")

    def ready(self):
        """Know the work that is done in the background."""
        import_module("system.upkeep")
        import_module("system.proving")
        import_module("system.calendar.work")
        import_module("system.recycle_bin.work")
        import_module("system.reminders.work")
