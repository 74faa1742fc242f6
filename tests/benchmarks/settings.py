"""The settings of the benchmarks: the product's, and the Django admin beside it."""

from crm.settings import *  # noqa: F403 - a settings module is what it imports

INSTALLED_APPS = ["django.contrib.admin", *INSTALLED_APPS]  # noqa: F405
ROOT_URLCONF = "tests.benchmarks.rendering.yardsticks"
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]  # noqa: F405
STORAGES = {  # nothing is collected for a measurement
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
