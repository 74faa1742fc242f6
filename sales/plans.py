"""What is done with work plans beside writing them: ticked, ended, carried on."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.guards.actor import acting
from crm.guards.refusals import explained
from crm.text import single_line
from crm.validators import EARLIEST, LATEST
from sales.models import WorkPlan
from sales.models.plans import this_monday

LONGEST_RESULT = 500


def tick(line, *, by, done, result=""):
    """Note that a line is done, or take that back; and what came of it.

    Raises:
        ValidationError: its plan is closed, or the result is too long.
    """
    line.done, line.result = done, single_line(result) or line.result
    if len(line.result) > LONGEST_RESULT:
        raise ValidationError(_("This is longer than %d signs.") % LONGEST_RESULT)
    try:
        with transaction.atomic(), acting(by):
            line.save(update_fields=["done", "result"])
    except IntegrityError as error:
        raise explained(error, WorkPlan) from error


def end(plan, *, by):
    """End a plan before its days are over: nobody goes on with it.

    Raises:
        ValidationError: it is over or ended already.
    """
    if plan.status != "open":
        raise ValidationError(_("This plan is over already."), code="conflict")
    with acting(by, verb="ended"):
        WorkPlan.objects.filter(pk=plan.pk).update(ended_on=timezone.localdate())


def days_of(period, day):
    """Return the first and the last day of the week or month that holds a day.

    None where either is missing, or the day is one of which there are no plans: the
    calendar itself ends soon after the last.
    """
    if not period or not day or not EARLIEST <= day <= LATEST:
        return None
    if period == WorkPlan.Period.WEEK:
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return first, after - timedelta(days=1)


def following(plan):
    """Return the first day of the period after a plan's."""
    return plan.ends_on + timedelta(days=1)


def free_week(user):
    """Return the first day of the next week for which a person has no plan yet."""
    day = this_monday()
    own = WorkPlan.objects.visibility(user).own()
    weeks = own.filter(period=WorkPlan.Period.WEEK, starts_on__gte=day)
    planned = set(weeks.order_by().values_list("starts_on", flat=True))
    while day in planned:
        day += timedelta(days=7)
    return day


def left_open(plan):
    """Return the lines of a plan that are not done."""
    return plan.lines.filter(done=False).order_by("pk")


def one_to_carry_on(user):
    """Return the person's latest plan with lines that are not done, or None.

    Of those that another plan of theirs has not followed yet.
    """
    plans = WorkPlan.objects.visibility(user).own().order_by("-starts_on", "-pk")
    for plan in plans[:2]:  # of a week and of a month
        is_followed = plans.filter(period=plan.period, starts_on__gt=plan.starts_on)
        if plan.done_count < plan.line_count and not is_followed.exists():
            return plan
    return None


def subjects_kept(plans):
    """Note with plans what their lines say, whose lines came in by a file."""
    for plan in plans:
        lines = plan.lines.order_by("pk").values_list("subject", flat=True)
        plan.subjects = "\n".join(lines)
        plan.save(update_fields=["subjects"])
