"""Work plans and day reports of the demo: read, commented on, late, missing, unread."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from crm.guards.actor import acting
from crm.jobs.working_days import days_off_and_on, is_worked
from sales import readings
from sales.day_facts import facts_of
from sales.models import DayReport, WorkPlan
from sales.models.plans import this_monday
from system.demo.clock import day
from system.demo.tables import rows

#: How PostgreSQL knows that a report of the demo says itself when it was handed in.
VERB = "demonstrated"
GOALS = {
    "week": "谈妥付款条件，完成新版报价。",
    "month": "签下三号车间项目，续签两家老客户。",
}


def enter(customers, people):
    """Enter the reports of the last working days, then the plans."""
    days = _working_days()
    for row in rows("day_reports"):
        report = _report(row, days[int(row["back"]) - 1], people[row["owner"]])
        if row["reader"]:
            readings.read(report, by=people[row["reader"]], comment=row["comment"])
        if row["answer"]:
            readings.answer(report, by=report.owner, comment=row["answer"])
    for (owner, period, ago), lines in _plans().items():
        _plan(people[owner], period, int(ago), lines, customers)
    plan = WorkPlan.objects.get(
        owner=people["sales"], period="week", starts_on=this_monday()
    )
    readings.read(plan, by=people["supervisor"], comment="技术交流我一起参加。")


def _working_days():
    """Return the five working days before today, the latest first."""
    off_and_on = days_off_and_on(day(30), day(0))
    return [day(ago) for ago in range(1, 30) if is_worked(day(ago), off_and_on)][:5]


def _report(row, on, owner):
    """Enter a report as it was handed in then, with the numbers of that day."""
    at = timezone.make_aware(datetime.combine(on, time(int(row["hour"]), 20)))
    report = DayReport(
        day=on,
        owner=owner,
        **{name: row[name] for name in ("done", "problems", "tomorrow")},
        facts=facts_of(owner, on),
        submitted_at=at,
        created_at=at,
    )
    report.sign(owner)
    with acting(owner, verb=VERB):
        report.save(force_insert=True)
    return report


def _plans():
    found = defaultdict(list)
    for row in rows("plan_lines"):
        found[row["owner"], row["period"], row["ago"]].append(row)
    return found


def _plan(owner, period, ago, lines, customers):
    """Enter a plan of a week or month so many ago, with what is done of it."""
    starts = this_monday() - timedelta(weeks=ago)
    if period == "month":
        starts = day(0).replace(day=1)
    plan = WorkPlan(
        period=period,
        starts_on=starts,
        goal=GOALS[period],
        owner=owner,
        subjects="\n".join(row["subject"] for row in lines),
    )
    plan.enter(owner)
    own = [customer for customer in customers if customer.owner_id == owner.pk]
    with acting(owner):
        for row in lines:
            plan.lines.create(
                customer=own[int(row["customer"])] if row["customer"] else None,
                subject=row["subject"],
                amount=Decimal(row["amount"]) if row["amount"] else None,
                due_on=starts + timedelta(days=int(row["due"])),
                done=row["done"] == "yes",
                result=row["result"],
            )
