"""客户信息 as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    """Customers, contacts, customer file, relations."""

    name = "customers"
    verbose_name = _("Customer information")
