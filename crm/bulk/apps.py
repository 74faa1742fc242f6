"""The bulk actions as a Django app of the ground floor."""

from django.apps import AppConfig


class BulkConfig(AppConfig):
    """What is done to many records at once."""

    name = "crm.bulk"
