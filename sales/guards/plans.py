"""What PostgreSQL refuses and keeps of work plans and their lines."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.fields import LARGEST_AMOUNT
from crm.guards.triggers import touches
from customers.triggers import stays
from sales.guards.day_reports import REFUSED as OF_READINGS
from sales.guards.day_reports import TODAY
from sales.guards.quotations import refuse

#: So many days after it ended a plan is past: what was planned is not made to fit.
DAYS_OPEN = 31
#: What is said of what is refused here, by the name that PostgreSQL gives.
REFUSED = {
    "plan_closed": _(
        "This plan was ended, or was over more than 31 days ago: it is not written"
        " any more."
    ),
    "plan_kept": _("Whose plan it was, and of which days, never changes."),
    "plan_over": _("A plan whose days are over stays with who made it."),
    "plan_read": _("A plan that was read or commented on is not deleted. End it."),
    "plan_line_due": _("This is due within the days of the plan."),
    **{name: words for name, words in OF_READINGS.items() if name.startswith("read")},
}
#: What may change at any time: who touched it, what is derived.
FREE = (
    "version,changed_at,changed_by_id,registration,registered_by_id,registered_at,"
    "return_reason,title,subjects,search_text,search_pinyin,read_at,ends_on,amount,"
    "line_count,done_count"
)
#: What PostgreSQL keeps of its lines.
KEPT = ("amount", "line_count", "done_count")
SUMS = """SELECT coalesce(sum(amount), 0), count(*), count(*) FILTER (WHERE done)
    INTO NEW.amount, NEW.line_count, NEW.done_count
    FROM sales_workplanline WHERE plan_id = NEW.id;"""
BEGINS = f"""
IF (CASE NEW.period WHEN 'week' THEN NEW.starts_on + 6
        ELSE (NEW.starts_on + interval '1 month' - interval '1 day')::date END)
    < {TODAY} - {DAYS_OPEN} THEN
    {refuse("plan_closed", "over long ago")}
END IF;
NEW.planner_id := NEW.owner_id;
NEW.ended_on := NULL;
NEW.read_at := NULL;
NEW.amount := 0;
NEW.line_count := 0;
NEW.done_count := 0;
RETURN NEW;
"""
MOVES = f"""
IF (NEW.period, NEW.starts_on, NEW.planner_id)
    IS DISTINCT FROM (OLD.period, OLD.starts_on, OLD.planner_id)
    OR NEW.ended_on IS DISTINCT FROM OLD.ended_on AND OLD.ended_on IS NOT NULL
    OR NEW.read_at IS DISTINCT FROM OLD.read_at
        AND (OLD.read_at IS NOT NULL OR pg_trigger_depth() < 2) THEN
    {refuse("plan_kept", "its origin never changes")}
END IF;
IF NEW.owner_id <> OLD.owner_id
    AND (OLD.ends_on < {TODAY} OR OLD.ended_on IS NOT NULL) THEN
    {refuse("plan_over", "its days are over")}
END IF;
IF NEW.ended_on IS NOT NULL AND OLD.ended_on IS NULL THEN
    NEW.ended_on := {TODAY};
END IF;
{SUMS}
IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free
    AND (OLD.ended_on IS NOT NULL OR OLD.ends_on < {TODAY} - {DAYS_OPEN}) THEN
    {refuse("plan_closed", "it is not written any more")}
END IF;
IF NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL AND OLD.read_at IS NOT NULL
THEN
    {refuse("plan_read", "somebody read it")}
END IF;
RETURN NEW;
"""
#: Of a line, what a merge changes.
OTHERWISE = "customer_id"
LINE_FROZEN = f"""
IF TG_OP = 'UPDATE' AND NEW.plan_id <> OLD.plan_id THEN
    {refuse("plan_kept", "a line never moves")}
END IF;
IF TG_OP = 'DELETE' AND current_setting('crm.verb', true) = 'purged' THEN
    RETURN OLD;
END IF;
SELECT starts_on, ends_on, ended_on INTO whole FROM sales_workplan
WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.plan_id ELSE NEW.plan_id END
FOR NO KEY UPDATE;
IF TG_OP = 'UPDATE' THEN
    IF {stays("customer")}
        AND to_jsonb(OLD) - other = to_jsonb(NEW) - other THEN
        RETURN NEW;
    END IF;
END IF;
IF whole.ended_on IS NOT NULL OR whole.ends_on < {TODAY} - {DAYS_OPEN} THEN
    {refuse("plan_closed", "it is not written any more")}
END IF;
IF TG_OP = 'DELETE' THEN
    RETURN OLD;
END IF;
NEW.due_on := coalesce(NEW.due_on, whole.ends_on);
IF NEW.due_on NOT BETWEEN whole.starts_on AND whole.ends_on THEN
    {refuse("plan_line_due", "due on another day")}
END IF;
was_at := CASE WHEN TG_OP = 'UPDATE' AND OLD.done THEN OLD.done_at END;
NEW.done_at := CASE WHEN NEW.done THEN coalesce(was_at, clock_timestamp()) END;
RETURN NEW;
"""  # noqa: S608 - our own names


def plan_triggers():
    """Return the triggers that keep a plan to its days and add up its lines."""
    return (
        pgtrigger.Trigger(
            name="begins",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func=BEGINS,
        ),
        pgtrigger.Trigger(
            name="progressed",  # after `parents_live`, before `stamped`
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            declare=[("free", f"text[] := '{{{FREE}}}'")],
            func=MOVES,
        ),
    )


def line_triggers():
    """Return the triggers of lines: part of a plan, and closed with it."""
    return (
        pgtrigger.Trigger(
            name="frozen",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            declare=[
                ("whole", "record"),
                ("was_at", "timestamptz"),
                ("other", f"text[] := '{{{OTHERWISE}}}'"),
            ],
            func=LINE_FROZEN,
        ),
        touches("sales_workplan", "plan_id"),
    )


class LastDay(models.Func):
    """The last day of a week or a month, by its first."""

    template = (
        "CASE WHEN period = 'week' THEN %(expressions)s + 6"
        " ELSE (%(expressions)s + interval '1 month' - interval '1 day')::date END"
    )
    output_field = models.DateField()

    def __init__(self, *expressions, **options):
        """Take the column of the first day."""
        super().__init__(*(expressions or (F("starts_on"),)), **options)


def plan_checks():
    """Return the checks of one plan."""
    monday = Q(period="week", starts_on__iso_week_day=1)
    first = Q(period="month", starts_on__day=1)
    return (
        models.UniqueConstraint(
            "planner",
            "period",
            "starts_on",
            name="plan_once",
            condition=Q(deleted_at=None),
            violation_error_message=_("There is a plan of these days already."),
        ),
        models.CheckConstraint(
            condition=Q(period__in=("week", "month")), name="plan_period_known"
        ),
        models.CheckConstraint(
            condition=monday | first,
            name="plan_begins_rightly",
            violation_error_message=_(
                "A week begins on a Monday, a month on its first day."
            ),
        ),
    )


def line_checks():
    """Return the checks of one line."""
    return (
        models.CheckConstraint(
            condition=Q(amount=None) | Q(amount__gte=0, amount__lte=LARGEST_AMOUNT),
            name="plan_line_amount_in_bounds",
        ),
        models.CheckConstraint(
            condition=Q(done=True, done_at__isnull=False) | Q(done=False, done_at=None),
            name="plan_line_done_at",
        ),
    )
