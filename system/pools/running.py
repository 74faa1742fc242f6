"""Recycling: what the clock puts back into pools, and how that is taken back.

A run is done slice by slice, each in a transaction of its own. Every customer is locked
and asked once more: a contact that came meanwhile keeps it. A run that would take very
much is not begun: a rule or a clock may be wrong.
"""

from collections import Counter
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.guards.actor import acting
from crm.models import User
from crm.notices.sending import notify_holders, notify_of_many, title_of
from customers import pools
from customers.models import (
    Customer,
    Membership,
    Ownership,
    Pool,
    Recycled,
    RecycleRule,
    RecycleRun,
)
from customers.ownership import because
from customers.recycling import due_now

#: A run takes no more than this share of a person's customers, or of all; a few it may
#: take of anybody.
MOST_OF_PERSON, FEW_OF_PERSON = 0.10, 5
MOST_OF_ALL, FEW_OF_ALL = 0.05, 20
#: Customers of a slice.
SLICE = 500
RIGHT = "customers.change_recyclerule"
Status = RecycleRun.Status


def begin(by, *, forced=False):
    """Begin a run, or note why it was not begun; return it.

    Args:
        by: who has it done, None for the clock.
        forced: begin it however much it takes: somebody has looked at it.
    """
    run = RecycleRun.objects.create(day=timezone.localdate(), by=by)
    why = "" if forced else too_much()
    if why:
        RecycleRun.objects.filter(pk=run.pk).update(status=Status.STOPPED, why=why)
        run.refresh_from_db()
        notify_holders(RIGHT, "recycling_stopped", run, reason=why)
    return run


def too_much():
    """Return why a run of today would take too much, empty if it would not."""
    due = Counter(due_now().order_by().values_list("owner", flat=True))
    if not due:
        return ""
    owned = Customer.objects.registered().filter(owner__isnull=False).order_by()
    total = owned.count()
    if due.total() > max(FEW_OF_ALL, MOST_OF_ALL * total):
        said = _("%(due)d of %(all)d customers would be recycled.")
        return said % {"due": due.total(), "all": total}
    of_each = owned.filter(owner__in=list(due)).values_list("owner", "owner__name")
    for pk, name, number in of_each.annotate(Count("pk")).order_by("owner"):
        if due[pk] > max(FEW_OF_PERSON, MOST_OF_PERSON * number):
            said = _("%(due)d of %(all)d customers of %(person)s would be recycled.")
            return said % {"due": due[pk], "all": number, "person": name}
    return ""


@transaction.atomic
def take_some(run, after, most=SLICE):
    """Put the next customers that are due into their pools; return the last id.

    Args:
        run: the run.
        after: the last id before.
        most: how many at once.

    Returns:
        None when there is none any more.
    """
    rows = Customer.objects.filter(pk__gt=after)
    ids = list(due_now(rows).order_by("pk").values_list("pk", flat=True)[:most])
    if not ids:
        return None
    locked = Customer.objects.filter(pk__in=ids).order_by("pk")
    list(locked.select_for_update(of=("self",), no_key=True).values_list("pk"))
    _take(run, list(due_now(Customer.objects.filter(pk__in=ids)).order_by("pk")))
    return ids[-1]


def _take(run, customers):
    """Put customers into their pools, those of one pool and rule at once."""
    rules = RecycleRule.objects.select_related("level").in_bulk()
    targets = Pool.objects.in_bulk()
    together: dict = {}
    for one in customers:
        together.setdefault((one.recycle_pool, one.recycle_rule), []).append(one)
    for (pool, rule), some in together.items():
        with translation.override("zh-hans"):  # it is kept in the house's own words
            words = rules[rule].words
        with because(note=words), acting(run.by, verb="recycled"):
            teams = pools.into(targets[pool], [one.pk for one in some])
        Recycled.objects.bulk_create(
            Recycled(
                run=run,
                customer=one,
                holder_id=one.owner_id,
                pool_id=pool,
                due_on=one.recycle_on,
                rule=words,
                team=teams.get(one.pk, []),
            )
            for one in some
        )


def finish(run):
    """Note that a run is done, and tell each former owner in one notice."""
    RecycleRun.objects.filter(pk=run.pk).update(status=Status.DONE)
    lost: dict = {}
    for row in run.rows.select_related("customer").order_by("pk"):
        subjects = lost.setdefault((row.holder_id, row.rule), [])
        subjects.append([row.customer_id, title_of(row.customer)])
    for (holder, rule), subjects in lost.items():
        notify_of_many(holder, "customers_recycled", Customer, subjects, reason=rule)


@transaction.atomic
def undo(run, by):
    """Give back what a run took and nobody has claimed since; return how many.

    Whoever works here no longer, or may have no customers any more, gets none.

    Raises:
        ValidationError: it is not the last one, or a day old, or taken back already.
    """
    rows = RecycleRun.objects.select_for_update(of=("self",), no_key=True)
    run = rows.get(pk=run.pk)
    if not run.can_be_undone:
        raise ValidationError(
            _("Only the last run is taken back, within 24 hours."), code="conflict"
        )
    able = set(User.objects.seeing(Customer).values_list("pk", flat=True))
    back = Ownership.objects.filter(
        customer__in=run.rows.values("customer"),
        to_at=None,
        holder=None,
        how=Ownership.How.RECYCLED,
        from_at__gte=run.at,
    )
    rows = run.rows.filter(customer__in=back.values("customer"), holder__in=able)
    given = {}
    for pk, holder in rows.order_by("customer").values_list("customer", "holder"):
        given.setdefault(holder, []).append(pk)
    for holder, pks in given.items():
        with acting(by, verb="given_back"):
            Customer.objects.filter(pk__in=pks, owner=None).update(owner=holder)
    done = [pk for pks in given.values() for pk in pks]
    run.rows.filter(customer__in=done).update(is_undone=True)
    _teams_back(run.rows.filter(customer__in=done), by)
    RecycleRun.objects.filter(pk=run.pk).update(
        status=Status.UNDONE, undone_at=timezone.now(), undone_by=by
    )
    return len(done)


def _teams_back(rows, by):
    """Let those be in the teams again who were, and who still work here."""
    people = set(User.objects.active().values_list("pk", flat=True))
    back = [
        Membership(
            customer_id=row.customer_id,
            user_id=person,
            may_write=may_write,
            until=until and date.fromisoformat(until),
        )
        for row in rows.exclude(team=[]).order_by("customer")
        for person, may_write, until in row.team
        if person in people
    ]
    with acting(by):
        Membership.objects.bulk_create(back, ignore_conflicts=True)


def trial(most):
    """Return the customers that a run would take now, with day, rule, pool and owner.

    Args:
        most: how many at most.
    """
    rows = due_now().annotate(whose=F("owner__name")).order_by("pk")[:most]
    return sorted(rows, key=lambda one: (one.recycle_on, one.pk))
