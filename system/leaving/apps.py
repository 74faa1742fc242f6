"""Hand-overs as a Django app of the system tools."""

from django.apps import AppConfig


class LeavingConfig(AppConfig):
    """What becomes of the work of people who leave."""

    name = "system.leaving"
