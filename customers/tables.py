"""The columns of the lists of customers, of contacts, and of customers in a pool."""

import django_tables2 as tables
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from crm import dictionaries
from crm.display import date_text, moment_text
from crm.lists.ordering import Sorted
from crm.lists.tables import RecordTable
from crm.models.groups import PEOPLE, STAMPS, own
from customers.models import Contact, Counterpart, Customer, DealRegistration, Ownership
from customers.recycling import days_left

#: How a day is told that is over.
LATE = '<span class="pill pill-bad">{}</span>'
#: They change with every interaction: they stand beside what changed last.
DATES = ("last_contact_at", "next_contact_at")
#: Of shorter numbers less is shown.
MASKED_FROM = 8


class CustomerTable(RecordTable):
    """Columns of the customer list."""

    usual = ("name", "number", "region", "phone", "level", "status", "owner", *DATES)

    recycle_on = tables.Column(
        _("back into a pool on"), empty_values=(), orderable=False
    )

    class Meta:
        model = Customer
        fields = (
            *(name for name in own(Customer, "name") if name not in DATES),
            *PEOPLE,
            "registration",
            *DATES,
            "created_at",
            "changed_at",
        )

    def render_recycle_on(self, record):
        """Return the day, and in how many days that is."""
        if record.recycle_on is None:
            return ""
        left = days_left(record.recycle_on)
        days = ngettext("%d day", "%d days", left) % left
        return f"{date_text(record.recycle_on)} · {days}"

    def value_recycle_on(self, record):
        """Return the day alone."""
        return date_text(record.recycle_on)


class ContactTable(RecordTable):
    """Columns of the contact list, the address book of all customers."""

    usual = (
        "name",
        "customer",
        "title",
        "department",
        "decision_role",
        "mobile",
        "phone",
        "email",
        "wechat",
        "primary",
    )

    class Meta:
        model = Contact
        fields = (*own(Contact, "name"), "reporter", *STAMPS)


class CounterpartTable(RecordTable):
    """Columns of the list of counterparts: what is due first stands first."""

    default_sort = "due_on"
    shortened = ("remarks",)
    numeric = ("days_overdue",)
    usual = (
        "subject",
        "customer",
        "contact",
        "their_department",
        "our_department",
        "owner",
        "rhythm_days",
        "last_met_on",
        "due_on",
        "days_overdue",
    )

    days_overdue = tables.Column(
        pgettext_lazy("counterpart", "days overdue"), empty_values=(), orderable=False
    )

    class Meta:
        model = Counterpart
        fields = (
            *own(Counterpart, "subject"),
            "last_met_on",
            "due_on",
            *PEOPLE,
            *STAMPS,
        )

    def render_due_on(self, record):
        """Return the day, in red once it is over."""
        day = date_text(record.due_on)
        return format_html(LATE, day) if record.days_overdue else day

    def value_due_on(self, record):
        """Return the day alone."""
        return date_text(record.due_on)

    def render_days_overdue(self, record):
        """Return for how many days it has been over."""
        return record.days_overdue or ""


class DealRegistrationTable(RecordTable):
    """Columns of the list of registrations."""

    summed = ("amount",)
    shortened = ("remarks",)
    usual = (
        "number",
        "customer",
        "subject",
        "category",
        "amount",
        "status",
        "valid_until",
        "owner",
        "created_at",
    )

    class Meta:
        model = DealRegistration
        fields = (
            *own(DealRegistration, "number"),
            "status",
            "approved_on",
            "valid_until",
            "extended",
            "is_shared",
            "decided_by",
            "decided_at",
            "opinion",
            *PEOPLE,
            *STAMPS,
        )


class PooledTable(RecordTable):
    """Columns of the list of a pool: nothing by which one could work on a customer.

    `pool` is the pool, `is_whole` whether the reader sees all that is known.
    """

    pool, is_whole = None, False
    #: What only they are told of who administer the pool.
    of_admins = ("former_owner",)

    pooled_at = tables.Column(
        pgettext_lazy("pool", "in the pool since"), empty_values=()
    )
    pooled_for = tables.Column(
        _("reason of the return"), empty_values=(), orderable=False
    )
    former_owner = tables.Column(_("former owner"), empty_values=(), orderable=False)

    class Meta:
        model = Customer
        fields = (
            "name",
            "number",
            "region",
            "industry",
            "level",
            "status",
            "source",
            "phone",
            "last_contact_at",
            "created_at",
        )

    usual = (
        "name",
        "region",
        "industry",
        "level",
        "status",
        "phone",
        "last_contact_at",
        "pooled_at",
        "pooled_for",
        "former_owner",
    )

    def shows(self, name):
        """Leave out what the pool hides from its members."""
        hidden = (*self.pool.hidden, *self.of_admins) if self.pool else ()
        return super().shows(name) and (self.is_whole or name not in hidden)

    @cached_property
    def shown(self):
        """The columns that are drawn; the usual ones where all asked for are hidden."""
        if self.chosen and not any(map(self.shows, self.chosen)):
            self.chosen = list(self.usual)
        return super().shown

    def sorts(self, column):
        """Offer no order by what is masked."""
        is_open = self.is_whole or column.name != "phone"
        return is_open and super().sorts(column)

    def ordering(self, sort):
        """Return the order; since when each is there stands in its ownerships."""
        if sort.removeprefix("-") != "pooled_at":
            return super().ordering(sort)
        now = Ownership.objects.filter(customer=OuterRef("pk"), to_at=None)
        since = Subquery(now.values("from_at")[:1])
        down = sort.startswith("-")
        key = since.desc(nulls_last=True) if down else since.asc(nulls_last=True)
        return Sorted(key, "-pk" if down else "pk")

    def leads_to(self, record):
        """Return the address of what the pool says of it."""
        return reverse("pooled_customer", args=[self.pool.pk, record.pk])

    def render_phone(self, record):
        """Return the telephone, masked for members."""
        return record.phone if self.is_whole else masked(record.phone)

    def render_pooled_at(self, record):
        """Return since when it is there."""
        return moment_text(record.pooled_at)

    def render_pooled_for(self, record):
        """Return why it came there, in the words of who returned it."""
        reason = dictionaries.labels().get(record.pooled_for, "")
        return "：".join(filter(None, (reason, record.pooled_note)))

    def render_former_owner(self, record):
        """Return who had it last."""
        return record.former_owner or ""


def masked(number):
    """Return a telephone of which the middle is hidden: 138****5678."""
    left, right = (3, 4) if len(number) > MASKED_FROM else (1, 1)
    return f"{number[:left]}****{number[-right:]}" if number else ""
