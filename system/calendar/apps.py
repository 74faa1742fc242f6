"""The calendar as a Django app."""

from django.apps import AppConfig


class CalendarConfig(AppConfig):
    """What people plan themselves, and the addresses of their feeds."""

    name = "system.calendar"
