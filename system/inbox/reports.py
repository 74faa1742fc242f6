"""Reported records of every kind as one list, and registering them together."""

from dataclasses import dataclass, field
from functools import cached_property

from django.apps import apps
from django.db.models import Count, Sum
from django.utils import timezone

from crm.duplicates.likely import likely
from crm.lists.mixed import leading_to_records, read_mixed
from crm.models import Record
from crm.models.record import Registration
from crm.queries.ids import any_of
from crm.queries.unions import together
from crm.rights.permissions import permission
from customers.models import Customer


@dataclass
class Report:
    """A reported record and what the administrator has to know of it."""

    record: Record
    matches: list = field(default_factory=list)
    filed: int = 0
    filed_versions: int = 0

    @property
    def label(self):
        """The kind as an address names it."""
        return self.record._meta.label_lower

    @property
    def key(self):
        """The kind and id in one word, as checkboxes send it."""
        return f"{self.label}:{self.record.pk}"

    @property
    def seen(self):
        """The key with the version that is shown, as a form sends it back."""
        return f"{self.key}:{self.record.version}"

    @property
    def seen_filed(self):
        """What is filed under it, in one word that changes with any of it."""
        return f"all:{self.filed}:{self.filed_versions}"

    @property
    def kind(self):
        """The kind as a reader sees it."""
        return self.record._meta.verbose_name

    @property
    def days(self):
        """Calendar days since it was reported."""
        reported = timezone.localdate(self.record.created_at)
        return (timezone.localdate() - reported).days

    @cached_property
    def customer(self):
        """The customer that the record is filed under, or None."""
        if not isinstance(self.record, Customer) and is_filed(type(self.record)):
            return self.record.customer
        return None

    @property
    def awaited(self):
        """Records it refers to that stand in no books yet."""
        targets = (getattr(self.record, name) for name in links(type(self.record)))
        return [
            target
            for target in targets
            if target and target.registration != Registration.REGISTERED
        ]

    @property
    def duplicates(self):
        """Registered records that this one probably is."""
        return [match for match in self.matches if match.registered]


def kinds_for(user, action="register"):
    """Return the kinds of records on which the person may do `action` at all.

    Of those that wait to be registered: where they are others'.
    """
    models = [model for model in apps.get_models() if issubclass(model, Record)]
    if action == "register":
        return [m for m in models if user.rights.registers(m) is not None]
    return [m for m in models if user.has_perm(permission(action, m))]


def links(model):
    """Return the names of the fields that refer to other records."""
    return [field.name for field in leading_to_records(model)]


def is_filed(model):
    """Say whether records of this kind are filed under a customer."""
    found = {field.name: field for field in model._meta.concrete_fields}
    return "customer" in found and found["customer"].related_model is Customer


def loaded(rows, user, *, locked=False):
    """Return a `Report` for each (created_at, kind, id), with duplicates and counts.

    As many queries for many kinds as for one; locked ones are read kind by kind.

    Args:
        rows: which ones; what the person does not register is left out.
        user: who registers.
        locked: whether they stay as they are read until the transaction ends.
    """
    wanted = {}
    for _at, kind, pk in rows:
        wanted.setdefault(kind, []).append(pk)
    querysets = [
        model.objects.visible_to(user, "register").filter(any_of("pk", pks))
        for model in kinds_for(user)
        if (pks := wanted.get(model._meta.label_lower))
    ]
    if locked:
        _lock_customers(querysets)
        records = {
            (rows.model._meta.label_lower, record.pk): record
            for rows in querysets
            for record in _read(rows, locked)
        }
    else:
        records = read_mixed(querysets, people=("reporter",))
    found = {key: Report(record) for key, record in records.items()}
    add_matches(found.values(), user)
    add_filed([r for r in found.values() if isinstance(r.record, Customer)], user)
    return [found[kind, pk] for _at, kind, pk in rows if (kind, pk) in found]


def _lock_customers(querysets):
    """Lock the customers that rows are or are filed under, before the rows.

    One that changes hands is locked first and then tells that to all rows below.
    """
    paths = [(rows.order_by(), rows.model.team_path) for rows in querysets]
    found = [rows.values_list(path, flat=True) for rows, path in paths if path]
    if found:
        rows = Customer.everything.filter(any_of("pk", set(together(found))))
        rows = rows.order_by("pk").select_for_update(no_key=True)
        list(rows.values_list("pk", flat=True))


def _read(rows, locked):
    """Return reported rows with what they refer to.

    Locked ones in one order: two that lock the same rows wait, and not for each other.
    What is filed under them meanwhile does not wait.
    """
    rows = rows.select_related("reporter", *links(rows.model))
    if not locked:
        return rows
    return rows.order_by("pk").select_for_update(of=("self",), no_key=True)


def customers_first(reports):
    """Return reports in their order, customers before what is filed under them."""
    customers = {r.record.pk: r for r in reports if isinstance(r.record, Customer)}
    found = {}
    for report in reports:
        above = customers.get(report.customer.pk) if report.customer else None
        if above:
            found.setdefault(above.key, above)
        found.setdefault(report.key, report)
    return list(found.values())


def add_matches(reports, user):
    """Put what they look like beside reports, in a number of queries that is fixed."""
    matches = likely([report.record for report in reports], user)
    for report in reports:
        report.matches = matches[report.label, report.record.pk]


def add_filed(reports, user):
    """Count what is filed under reported customers, all in one query."""
    known = {report.record.pk: report for report in reports}
    for pk, count, versions in _filed_counts(known, user):
        known[pk].filed += count
        known[pk].filed_versions += versions


def _filed_counts(customers, user):
    """Return (customer, count, sum of versions) of reports, one row per kind."""
    parts = [
        model.objects.awaiting(user)
        .filter(customer__in=list(customers))
        .order_by()
        .values_list("customer")
        .annotate(n=Count("pk"), versions=Sum("version"))
        for model in kinds_for(user)
        if is_filed(model)
    ]
    return together(parts) if customers else ()


def filed_under(customer, user, *, locked=False):
    """Return the reports of every kind that are filed under a customer.

    Args:
        customer: the customer.
        user: who registers.
        locked: whether they stay as they are read until the transaction ends.
    """
    found = []
    for model in kinds_for(user):
        if is_filed(model):
            rows = model.objects.awaiting(user).filter(customer=customer)
            found += map(Report, _read(rows, locked))
    return sorted(found, key=lambda report: report.record.created_at)
