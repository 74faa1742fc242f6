"""What PostgreSQL refuses and keeps of day reports, however they came."""

from datetime import time

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sales.guards.quotations import refuse

#: Whoever reports later on the day, or after it, is late.
DUE_AT = time(20)
#: A day that lies further back nobody remembers.
MOST_DAYS_BACK = 31
#: The day in Shanghai.
TODAY = "(now() AT TIME ZONE 'Asia/Shanghai')::date"
#: What is said of what is refused here, by the name that PostgreSQL gives.
REFUSED = {
    "dayreport_day": _(
        "One reports on today, or on one of the 31 days before: on no other day."
    ),
    "dayreport_kept": _("Whose report it is, and of which day, never changes."),
    "dayreport_read": _(
        "This was read: it does not change any more. Add what is missing as an answer."
    ),
    "reading_own": _("Nobody reads their own; who is above them does."),
    "reading_above": _("Who is above the person reads this, nobody else."),
    "reading_answers": _("There is nothing yet that you could answer."),
}
BEGINS = f"""
IF NEW.day > {TODAY} OR NEW.day < {TODAY} - {MOST_DAYS_BACK} THEN
    {refuse("dayreport_day", "too early or too late")}
END IF;
IF verb <> 'demonstrated' THEN
    NEW.submitted_at := clock_timestamp();
END IF;
NEW.read_at := NULL;
RETURN NEW;
"""
MOVES = f"""
IF (NEW.owner_id, NEW.day, NEW.submitted_at)
    IS DISTINCT FROM (OLD.owner_id, OLD.day, OLD.submitted_at) THEN
    {refuse("dayreport_kept", "its origin never changes")}
END IF;
IF NEW.read_at IS DISTINCT FROM OLD.read_at
    AND (OLD.read_at IS NOT NULL OR pg_trigger_depth() < 2) THEN
    {refuse("dayreport_kept", "only a reading says that it was read")}
END IF;
IF OLD.read_at IS NOT NULL AND (
    NEW.done, NEW.problems, NEW.tomorrow, NEW.facts, NEW.deleted_at
) IS DISTINCT FROM (
    OLD.done, OLD.problems, OLD.tomorrow, OLD.facts, OLD.deleted_at
) THEN
    {refuse("dayreport_read", "it was read")}
END IF;
RETURN NEW;
"""
VERB = ("verb", "text := coalesce(current_setting('crm.verb', true), '')")


def report_triggers():
    """Return the triggers that date a report and freeze what was read."""
    return (
        pgtrigger.Trigger(
            name="begins",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[VERB],
            func=BEGINS,
        ),
        pgtrigger.Trigger(
            name="progressed",  # after `parents_live`, before `stamped`
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=MOVES,
        ),
    )


class DueMoment(models.Func):
    """The moment of a day from which on a report of it is late."""

    template = (
        f"((%(expressions)s + time '{DUE_AT:%H:%M}') AT TIME ZONE 'Asia/Shanghai')"
    )
    output_field = models.DateTimeField()


def is_late():
    """Return the expression "it was handed in after its time"."""
    late = models.Q(submitted_at__gt=DueMoment(F("day")))
    return models.Case(
        models.When(late, then=models.Value(True)),
        default=models.Value(False),
        output_field=models.BooleanField(),
    )


def report_checks():
    """Return the checks of one report."""
    return (
        models.UniqueConstraint(
            "owner",
            "day",
            name="dayreport_once_a_day",
            condition=Q(deleted_at=None),
            violation_error_message=_("There is a report of this day already."),
        ),
        models.CheckConstraint(
            condition=~Q(done="", problems="", tomorrow=""),
            name="dayreport_says_something",
            violation_error_message=_(
                "Say something: what was done, what is in the way, or what comes next."
            ),
        ),
    )
