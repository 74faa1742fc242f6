"""The settings of the program with one more app."""

from crm.settings import *  # noqa: F403 - a settings module is what it imports

INSTALLED_APPS = [*INSTALLED_APPS, "tests.trial"]  # noqa: F405
ROOT_URLCONF = "tests.trial.urls"
