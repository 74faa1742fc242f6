"""How counterparts stand: running, due soon, overdue, ended; customers without one."""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.departments import people_below
from crm.models.registration import BOOKS
from crm.notices.reminding import coming, marked
from crm.rights.permissions import TODAY
from customers.models import Counterpart
from customers.models.counterparts import RUNNING

#: So many days ahead what is due is told.
SOON = 7
#: In the books and not ended, the day of the next contact is over.
OVERDUE = BOOKS & RUNNING & Q(due_on__lt=TODAY)
#: (value, what it says) of the condition.
STATES = (
    ("overdue", pgettext_lazy("counterpart", "overdue")),
    ("soon", _("due within 7 days")),
    ("running", pgettext_lazy("counterpart", "running")),
    ("ended", pgettext_lazy("counterpart", "ended")),
)


def standing(rows, states):
    """Narrow counterparts to those that stand in any of some ways.

    Args:
        rows: a queryset.
        states: values of `STATES`; none of them narrows nothing.
    """
    if not states:
        return rows
    today = timezone.localdate()
    found = {
        "overdue": OVERDUE,
        "soon": RUNNING & Q(due_on__range=(today, today + timedelta(days=SOON))),
        "running": RUNNING,
        "ended": Q(until__lt=today),
    }
    wanted = Q()
    for state in states:
        wanted |= found[state]
    return rows.filter(wanted)


def without_one(customers, user):
    """Narrow customers to those for whom nobody is responsible, as one sees it."""
    theirs = Counterpart.objects.visible_to(user).filter(
        RUNNING, customer=OuterRef("pk")
    )
    return customers.filter(~Exists(theirs.order_by()))


def counterparts_due(person, whose, days, today):
    """Return the counterparts with whom the next contact is due soon.

    Args:
        person: whom to tell, with the rights of now.
        whose: ids of the people whose counterparts are meant.
        days: so many days before it, or after it, the most first.
        today: the day of today.
    """
    rows = _counterparts(person, whose)
    return [coming(rows, "due_on", days, today, of_whom="owner_id")]


def counterparts_late(person, whose, days, today):
    """Return those with whom it is overdue, once for its day."""
    return [_late(_counterparts(person, whose), days, today)]


def counterparts_late_below(person, whose, days, today):
    """Return those of the people whose nearest head the person is."""
    return [_late(_counterparts(person, people_below(person, 1)), days, today)]


def _counterparts(person, owners):
    rows = Counterpart.objects.visible_to(person).registered()
    return rows.filter(RUNNING, owner__in=owners)


def _late(rows, days, today):
    steps = [(Value(str(n)), {"due_on__lte": today - timedelta(days=n)}) for n in days]
    rows = rows.filter(**steps[-1][1])
    return marked(rows, F("due_on"), steps, of_whom="owner_id")
