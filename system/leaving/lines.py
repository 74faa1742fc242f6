"""The lines of a hand-over: everything that somebody owns or is asked for.

Each is found by a relation (`system.leaving.relations`) and says which of its rows are
left with a person, and how they get to somebody else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.approval.rules import Rule, RuleStep
from crm.jobs.models import Job
from crm.models import Department, Deputy, SavedView, User
from crm.queries.figures import Counted
from crm.rights.permissions import memberships
from customers.models import Customer, PoolAdmin
from sales.models import LeadRule, LeadRuleMember
from system.leaving.giving import (
    give_headed,
    give_pools,
    give_reports,
    give_rules,
    give_turns,
    give_views,
)
from system.leaving.relations import is_owner, is_reporter, name_of, owners, relations


@dataclass(frozen=True)
class Line:
    """One sort of thing that a leaver has.

    Attributes:
        key: the name of the relation.
        label: what its rows are called.
        rows: a function from a person to the rows that are left with them.
        give: a function from such rows and the Heirs; None for records, which are
            handed on some at a time. It returns the id of whoever has them then.
        model: the kind of records, if it is a line of those.
        is_of_records: whether its rows are business records, owned or brought.
    """

    key: str
    label: Any
    rows: Callable
    give: Callable | None = None
    model: Any = None
    is_of_records: bool = False

    def movable(self, person):
        """Return those of its rows that can change hands now."""
        rows = self.rows(person)
        return (
            rows if self.model is None else rows.filter(self.model.open_to("transfer"))
        )


@dataclass(frozen=True)
class Heirs:
    """Who takes over what is no record: ids of people.

    Attributes:
        leaver: the person who leaves.
        to: the successor.
        approver: who is asked for decisions instead.
        by: whose doing it is.
    """

    leaver: User
    to: int
    approver: int
    by: User


@cache
def lines():
    """Return all lines: records first, customers before what is filed under them."""
    owned = [_of_owner(field) for field in owners()]
    owned.sort(key=lambda line: line.model is not Customer)
    others = [_of_other(field) for field in relations() if not is_owner(field)]
    return (*owned, *filter(None, others))


def _of_owner(field):
    model = field.model
    passing = model.objects.filter(model.passes_on).order_by("pk")
    return Line(
        name_of(field),
        model._meta.verbose_name_plural,
        lambda person: passing.filter(owner=person),
        model=model,
        is_of_records=True,
    )


def _of_other(field):
    """Return the line of a relation that is handed on, None of one that is not."""
    if issubclass(field.model, Rule) and field.name == "last_resort":
        label = gettext_lazy("approval rules whose last resort they are")
        return Line(name_of(field), label, _named(field), _to_approver(field))
    if issubclass(field.model, RuleStep) and field.name == "person":
        label = gettext_lazy("steps of approval rules that name them")
        return Line(name_of(field), label, _named(field), _to_approver(field))
    if is_reporter(field):
        words = gettext_lazy("reports of theirs not registered yet ({kind})")
        label = format_lazy(words, kind=field.model._meta.verbose_name_plural)
        return Line(
            name_of(field),
            label,
            _reported(field.model),
            _give_reports_on,
            is_of_records=True,
        )
    return OTHERS.get(name_of(field))


def _reported(model):
    """Return the function that finds what others own, and a person has reported.

    Whatever is returned comes back to them.
    """

    def rows(person):
        waiting = model.objects.brought_by(person).exclude(owner=person)
        return waiting.filter(model.open_to("transfer"))

    return rows


def _give_reports_on(rows, heirs):
    rows.update(reporter=heirs.to)
    return heirs.to


def _named(field):
    return lambda person: field.model.objects.filter(**{field.name: person})


def _to_approver(field):
    def give(rows, heirs):
        rows.update(**{field.name: heirs.approver})
        return heirs.approver

    return give


def _end_absences(rows, heirs):
    today = timezone.localdate()  # what lasts ends, what has not begun is dropped
    rows.filter(starts_on__gte=today).delete()
    rows.update(ends_on=today - timedelta(days=1))


def _leave_teams(rows, heirs):
    rows.delete()


def _cancel_jobs(rows, heirs):
    for job in rows if heirs.by else ():  # at night: they fail by themselves
        job.cancel(by=heirs.by)


def _lasting(**who):
    return Deputy.objects.filter(ends_on__gte=timezone.localdate(), **who)


OTHERS = {
    line.key: line
    for line in (
        Line(
            "crm.Department.head",
            gettext_lazy("departments they head"),
            lambda person: Department.objects.filter(head=person),
            give_headed,
        ),
        Line(
            "crm.User.superior",
            gettext_lazy("people who report to them"),
            lambda person: User.objects.filter(superior=person),
            give_reports,
        ),
        Line(
            "crm.Deputy.deputy",
            gettext_lazy("absences in which they stand in"),
            lambda person: _lasting(deputy=person),
            _end_absences,
        ),
        Line(
            "crm.Deputy.person",
            gettext_lazy("absences of their own"),
            lambda person: _lasting(person=person),
            _end_absences,
        ),
        Line(
            "crm.SavedView.owner",
            gettext_lazy("views of lists that they share"),
            lambda person: SavedView.objects.filter(owner=person).shared(),
            give_views,
        ),
        Line(
            "customers.PoolAdmin.person",
            gettext_lazy("pools that they administer"),
            lambda person: PoolAdmin.objects.filter(person=person),
            give_pools,
        ),
        Line(
            "sales.LeadRule.person",
            gettext_lazy("assignment rules that give them leads"),
            lambda person: LeadRule.objects.filter(person=person),
            give_rules,
        ),
        Line(
            "sales.LeadRuleMember.person",
            gettext_lazy("assignment rules in which they take turns"),
            lambda person: LeadRuleMember.objects.filter(person=person),
            give_turns,
        ),
        Line(
            "customers.Membership.user",
            gettext_lazy("teams they are in"),
            lambda person: memberships().filter(user=person),
            _leave_teams,
        ),
        Line(
            "jobs.Job.person",
            gettext_lazy("background jobs under way"),
            lambda person: Job.objects.filter(person=person).unfinished(),
            _cancel_jobs,
        ),
    )
}


def left_with(person, *, movable=False):
    """Return [(line, number)] of what is left with a person: in one query.

    Args:
        person: the leaver.
        movable: only count what can change hands now.
    """
    counted = {
        f"n{n}": Counted(one.movable(person) if movable else one.rows(person))
        for n, one in enumerate(lines())
    }
    row = User.objects.filter(pk=person.pk).order_by()
    numbers = row.values_list(*counted.values()).get()
    pairs = zip(lines(), numbers, strict=True)
    return [(line, number) for line, number in pairs if number]


def full_accounts():
    """Return the people who have left, or may sign in no more, with records left."""
    gone = Q(is_active=False) | Q(left_on__lt=timezone.localdate())
    return User.objects.filter(gone, records_left_with("pk"))


def records_left_with(name):
    """Return the condition "records are left with the person in this column"."""
    return _left_with(name, [line for line in lines() if line.is_of_records])


def anything_left_with(name):
    """Return the condition "something is left with the person in this column"."""
    return _left_with(name, lines())


def _left_with(name, wanted):
    person = OuterRef(name)
    return reduce(or_, (Exists(one.rows(person).order_by()) for one in wanted))


def words_of(left):
    """Return what is left in words: 客户 3、合同 1."""
    words = (f"{capfirst(str(line.label))} {number}" for line, number in left)
    return "、".join(words)


def refuse_left(person):
    """Refuse to close the account of somebody with whom anything is left.

    Whoever is just giving them something has done so before it is looked at: the
    account is locked against those who refer to it.

    Raises:
        ValidationError: with the list of it.
    """
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if left := left_with(person):
        said = _(
            "The account of %(person)s cannot be closed while this is left with it:"
            " %(left)s. Hand it over first."
        )
        raise ValidationError(
            said % {"person": person, "left": words_of(left)}, code="conflict"
        )
