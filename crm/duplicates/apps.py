"""Duplicates as a Django app of the ground floor."""

from django.apps import AppConfig


class DuplicatesConfig(AppConfig):
    """Pairs of rows that are probably the same, and merges of those that are."""

    name = "crm.duplicates"
