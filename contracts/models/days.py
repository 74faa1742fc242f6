"""What contracts put into calendars: the days on which they begin and end."""

from django.db.models import Q
from django.utils.translation import pgettext_lazy

from crm.models.dated import Dated

DATED = (
    Dated(
        "begins",
        pgettext_lazy("calendar", "contract begins"),
        "starts_on",
        tone="good",
        condition=Q(status__in=("registered", "completed")),
    ),
    Dated(
        "ends",
        pgettext_lazy("calendar", "contract ends"),
        "ends_on",
        tone="bad",
        condition=Q(status="registered"),
    ),
)
