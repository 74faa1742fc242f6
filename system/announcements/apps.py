"""The announcements as a Django app."""

from django.apps import AppConfig


class AnnouncementsConfig(AppConfig):
    """Announcements, for whom they are, and who has read them."""

    name = "system.announcements"
