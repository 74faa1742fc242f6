"""竞争对手 and 业界动态 as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompetitorsConfig(AppConfig):
    """Competitors, encounters with them, industry news."""

    name = "competitors"
    verbose_name = _("Competitors")
