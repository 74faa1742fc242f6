"""The conditions of the customer and contact lists."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm import dictionaries
from crm.lists.filter_fields import (
    YES_NO,
    ChoicesFilter,
    DayFilter,
    WholeNumberFilter,
    YesNoFilter,
)
from crm.lists.filters import ModelFilter, RecordFilter
from crm.models.groups import own
from crm.models.searching import asked
from customers.counterparts import STATES, standing, without_one
from customers.dictionaries import CUSTOMER_LEVEL
from customers.models import Contact, Counterpart, Customer, DealRegistration
from customers.recycling import due_until


class CounterpartsFilter(YesNoFilter):
    """Whether somebody is responsible; drawn only where it is given."""

    is_quiet = True


class HeldFilter(DayFilter):
    """A day on which it had not ended; figures of a period lead there."""

    is_quiet = True


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

    looked_after = CounterpartsFilter(
        method="with_counterparts",
        label=_("has counterparts"),
        choices=YES_NO,
        coerce=lambda value: value == "true",
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

    def with_counterparts(self, queryset, _name, wanted):
        """Narrow the rows to those for whom somebody is responsible, or nobody."""
        if not isinstance(wanted, bool):
            return queryset
        nobody = without_one(queryset, self.request.user)
        return queryset.exclude(pk__in=nobody.values("pk")) if wanted else nobody


class ContactFilter(RecordFilter):
    """Conditions on contacts."""

    usual = ("customer", "decision_role", "primary")

    class Meta(RecordFilter.Meta):
        model = Contact


class CounterpartFilter(RecordFilter):
    """Conditions on counterparts."""

    state = ChoicesFilter(
        label=pgettext_lazy("counterpart", "how it stands"),
        choices=STATES,
        method="standing",
    )
    level = ChoicesFilter(
        label=_("level of the customer"),
        choices=lambda: dictionaries.choices(CUSTOMER_LEVEL.kind),
        method="of_level",
    )
    held = HeldFilter(
        label=pgettext_lazy("counterpart", "not ended before"), method="held_from"
    )

    conditions = (*own(Counterpart), "last_met_on", "due_on")
    usual = ("state", "customer", "level", "our_department", "owner")

    class Meta(RecordFilter.Meta):
        model = Counterpart

    def standing(self, queryset, _name, states):
        """Narrow the rows to those that stand in any of some ways."""
        return standing(queryset, states)

    def of_level(self, queryset, _name, levels):
        """Narrow the rows to customers of some levels, as far as one sees those."""
        if not levels:
            return queryset
        seen = Customer.objects.visible_to(self.request.user).order_by()
        return queryset.filter(customer__in=seen.filter(level__in=levels).values("pk"))

    def held_from(self, queryset, _name, day):
        """Narrow the rows to those that have not ended before a day."""
        return queryset.filter(Q(until=None) | Q(until__gte=day))


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
