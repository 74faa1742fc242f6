"""How counterparts stand: running, due soon, overdue, ended; customers without one."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.registration import BOOKS
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
