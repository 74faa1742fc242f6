"""Ageing (账龄) of what is owed by payment plans, as accountants have it.

Not yet due, today included; then 1 to 30, 31 to 60, 61 to 90 and more than 90 calendar
days overdue, by the calendar of Shanghai.
"""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

#: {name of a band: (its label, least days overdue, most)}.
BANDS = {
    "coming": (pgettext_lazy("ageing", "not yet due"), None, 0),
    "30": (gettext_lazy("1–30 days"), 1, 30),
    "60": (gettext_lazy("31–60 days"), 31, 60),
    "90": (gettext_lazy("61–90 days"), 61, 90),
    "older": (gettext_lazy("over 90 days"), 91, None),
}
#: All that is overdue: what a reader wants first.
LATE = "late"


def due_in(band):
    """Return the condition that an instalment belongs to a band, today."""
    today = timezone.localdate()
    if band == LATE:
        return Q(due_on__lt=today)
    _label, least, most = BANDS[band]
    due = Q()
    if least is not None:
        due &= Q(due_on__lte=today - timedelta(days=least))
    if most is not None:
        due &= Q(due_on__gte=today - timedelta(days=most))
    return due
