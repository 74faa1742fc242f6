"""The conditions of the customer and contact lists."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.lists.filter_fields import WholeNumberFilter
from crm.lists.filters import ModelFilter, RecordFilter
from crm.models.groups import own
from crm.models.searching import asked
from customers.models import Contact, Customer, DealRegistration
from customers.recycling import due_until


class CustomerFilter(RecordFilter):
    """Conditions on customers."""

    idle_days_min = WholeNumberFilter(
        method="idle",
        label=_("Not contacted for so many days"),
        min_value=0,
        max_value=3660,
    )

    recycle_within = WholeNumberFilter(
        method="recycled_within",
        label=_("Back into a pool within so many days"),
        min_value=0,
        max_value=365,
    )

    usual = ("status", "level", "kind", "region", "owner")

    class Meta(RecordFilter.Meta):
        model = Customer

    def idle(self, queryset, _name, value):
        """Narrow the rows to customers whom nobody has contacted for so long."""
        return queryset.dormant(value)

    def recycled_within(self, queryset, _name, value):
        """Narrow the rows to those that go back into a pool within so many days."""
        return due_until(queryset, timezone.localdate() + timedelta(days=value))


class ContactFilter(RecordFilter):
    """Conditions on contacts."""

    usual = ("customer", "decision_role", "primary")

    class Meta(RecordFilter.Meta):
        model = Contact


class DealRegistrationFilter(RecordFilter):
    """Conditions on registrations."""

    conditions = (
        *own(DealRegistration, "number"),
        "status",
        "approved_on",
        "valid_until",
        "extended",
        "is_shared",
        "decided_by",
    )
    usual = ("status", "customer", "category", "valid_until_before", "owner")

    class Meta(RecordFilter.Meta):
        model = DealRegistration


class PooledFilter(ModelFilter):
    """Conditions on the customers in a pool: found by name and number alone."""

    conditions = ("region", "industry", "level", "status", "source", "last_contact_at")
    usual = ("region", "industry", "level", "status")

    class Meta:
        model = Customer
        fields = ()

    def search(self, queryset, _name, value):
        """Narrow the rows to those whose name or number holds the text."""
        return queryset.filter(asked(value, _by_name))


def _by_name(word, **_others):
    return Customer.names_hold(word)
