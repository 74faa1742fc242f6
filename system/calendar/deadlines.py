"""By when somebody is to decide: when as many working days have passed, the head above
is told (`crm.jobs.models.Reminder`)."""

from django.utils.translation import gettext_lazy as _

from crm.approval.deciding import turns_of_everybody, waits_since
from crm.jobs.models import Reminder
from crm.models.dated import Dated

DEADLINE = Dated(
    "deadline", _("decide by"), "waits_since", whose="", tone="bad", is_due=True
)


def waiting_of(reader, people):
    """Return (working days to decide in, [(flow, rows)]) of what waits for some people.

    None and nothing where the company has nobody told. The rows are those that the
    reader may see, each with `waits_since`.
    """
    days = Reminder.days_of_all()
    passed = days.get("waits_below") or days.get("waits")
    if not passed:
        return None, []
    found = []
    for flow, turns in turns_of_everybody(reader):
        ids = {pk for one in people for pk in turns.get(one, {}).values()}
        if ids:
            rows = flow.model.objects.visible_to(reader).filter(pk__in=ids)
            found.append((flow, rows.annotate(waits_since=waits_since(flow))))
    return passed[-1], found
