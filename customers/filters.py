"""The conditions of the customer and contact lists."""

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _

from crm.filters import RecordFilter
from customers.models import Contact, Customer


class DaysFilter(filters.Filter):
    """A number of days, at least none and not more than ten years."""

    field_class = forms.IntegerField

    def __init__(self, *args, **options):
        """Refuse what no calendar knows."""
        super().__init__(*args, min_value=0, max_value=3660, **options)


class CustomerFilter(RecordFilter):
    """Conditions on customers."""

    idle_days_min = DaysFilter(method="idle", label=_("Not contacted for so many days"))

    conditions = (
        "number",
        "name",
        "short_name",
        "kind",
        "nature",
        "credit_code",
        "parent",
        "industry",
        "region",
        "address",
        "phone",
        "email",
        "website",
        "ownership",
        "employees",
        "annual_revenue",
        "level",
        "status",
        "effective",
        "source",
        "credit_grade",
        "credit_limit",
        "tags",
        "remarks",
        "last_contact_at",
        "next_contact_at",
    )
    usual = ("status", "level", "kind", "region", "owner")

    class Meta:
        model = Customer
        fields = ()

    def idle(self, queryset, _name, value):
        """Narrow the rows to customers whom nobody has contacted for so long."""
        return queryset.dormant(value)


class ContactFilter(RecordFilter):
    """Conditions on contacts."""

    conditions = (
        "name",
        "customer",
        "gender",
        "title",
        "department",
        "decision_role",
        "mobile",
        "phone",
        "email",
        "wechat",
        "birthday",
        "primary",
        "remarks",
    )
    usual = ("customer", "decision_role", "primary")

    class Meta:
        model = Contact
        fields = ()
