"""竞争对手 and 业界动态 as a Django app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompetitorsConfig(AppConfig):
    """Competitors, encounters with them, industry news."""

    name = "competitors"
    verbose_name = _("Competitors")

    def ready(self):
        """End encounters with the opportunities over which they were."""
        settling = import_module("competitors.settling")
        moves = import_module("sales.moves")
        moves.closed.connect(settling.settle, dispatch_uid="competitors.settling")
