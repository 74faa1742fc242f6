"""交往反馈 as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedbackConfig(AppConfig):
    """What passed between our people and the customers."""

    name = "feedback"
    verbose_name = _("Interaction feedback")
