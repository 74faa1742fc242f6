"""The notices as a Django app of the ground floor."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What people are told, and what they wish to be told."""

    name = "crm.notices"
