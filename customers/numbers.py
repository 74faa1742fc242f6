"""Numbers of the menu: one's own counterparts whose next contact is overdue."""

from crm.navigation.numbers import MenuNumber
from customers.counterparts import OVERDUE
from customers.models import Counterpart


def _overdue(user):
    """Return those of one's own."""
    rows = Counterpart.objects.visibility(user).own()
    return [rows.filter(OVERDUE, owner=user.pk)]


overdue_counterparts = MenuNumber(_overdue)
