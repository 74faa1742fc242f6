"""Work plans and day reports of whoever sells, of the last twenty working days."""

from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db import connection

from crm.jobs.working_days import days_off_and_on, is_worked
from crm.models import User
from sales.models import (
    DayReport,
    DayReportReading,
    WorkPlan,
    WorkPlanLine,
    WorkPlanReading,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS, WEEKS = 20, 4
#: Of one's customers so many are planned for, the newest.
CUSTOMERS = 8
NEWEST = """
    SELECT owner_id, array_agg(id ORDER BY id) FROM (
        SELECT owner_id, id,
            row_number() OVER (PARTITION BY owner_id ORDER BY id DESC) AS place
        FROM customers_customer
        WHERE registration = 'registered' AND deleted_at IS NULL
            AND owner_id IS NOT NULL
    ) AS own WHERE place <= %s GROUP BY owner_id
"""
DONE = (
    "拜访客户两家，确认技术方案。",
    "电话回访五家，一家约好现场勘察。",
    "整理报价资料。",
)
PROBLEMS = ("", "", "客户预算未批，进度推后。", "竞争对手报价更低，需要支持。")
TOMORROW = ("继续跟进重点客户。", "提交报价并约见采购主管。", "准备技术交流会。")
SUBJECTS = ("上门拜访", "技术交流", "提交报价", "催收回款", "样机回访", "合同盖章")
COMMENTS = ("", "", "", "继续跟进。", "报价先给我看一下。")


class Works:
    """Enters both; the same arguments make the same."""

    def __init__(self, staff, timeline, seed):
        """Take who plans and reports, the days they fall on, and the seed."""
        self.staff, self.timeline = staff, timeline
        self.random = Random(seed)  # noqa: S311 - invented records, no secrets
        self.people = User.objects.in_bulk(staff.sellers)
        self.today = timeline.now.date()

    def enter(self):
        """Enter the reports of the last working days, and the plans of their weeks."""
        reports = [
            report
            for day in self._days()
            for person in self.people.values()
            if (report := self._report(person, day))
        ]
        self._store(DayReport, reports, DayReportReading)
        plans = [plan for one in self.people.values() for plan in self._plans(one)]
        for number, plan in enumerate(plans, start=1):
            plan.pk = number
        lines = self._lines(plans)
        self._store(WorkPlan, plans, WorkPlanReading)
        WorkPlanLine.objects.bulk_create(lines)

    def _days(self):
        """Return the last working days before the day on which everything ends."""
        known = days_off_and_on(self.today - timedelta(days=90), self.today)
        day, found = self.today, []
        while len(found) < DAYS:
            day -= timedelta(days=1)
            if is_worked(day, known):
                found.append(day)
        return found[::-1]

    def _store(self, model, rows, reading):
        """Store rows, and what those say who have read them."""
        for number, row in enumerate(rows, start=1):
            row.pk = number
        model.objects.bulk_create(rows)
        read = [row for row in rows if row.read_at]
        reading.objects.bulk_create(
            reading(
                pk=number,
                record=row,
                by_id=row.owner.superior_id,
                at=row.read_at,
                comment=self.random.choice(COMMENTS),
            )
            for number, row in enumerate(read, start=1)
        )

    def _report(self, person, day):
        if self.random.random() < 0.06:
            return None  # forgotten
        at = _moment(day, 17) + timedelta(minutes=self.random.randrange(200))
        is_read = day < self.today - timedelta(days=1) and self.random.random() < 0.8
        return DayReport(
            day=day,
            done=self.random.choice(DONE),
            problems=self.random.choice(PROBLEMS),
            tomorrow=self.random.choice(TOMORROW),
            facts={},
            submitted_at=at,
            read_at=_read_after(at) if is_read and person.superior_id else None,
            **_stamps(person, at),
        )

    def _plans(self, person):
        """Yield the plans of the last weeks, and that of the month."""
        monday = self.today - timedelta(days=self.today.weekday())
        for weeks in range(WEEKS):
            yield self._plan(person, "week", monday - timedelta(weeks=weeks))
        yield self._plan(person, "month", self.today.replace(day=1))

    def _plan(self, person, period, day):
        at = min(_moment(day, 9), self.timeline.now - timedelta(hours=7))
        is_read = at < self.timeline.now - timedelta(days=2) and person.superior_id
        return WorkPlan(
            period=period,
            starts_on=day,
            goal="完成重点客户的拜访和报价。",
            planner=person,
            read_at=_read_after(at) if is_read else None,
            **_stamps(person, at),
        )

    def _lines(self, plans):
        """Return the lines of plans, and let the plans say what these come to."""
        with connection.cursor() as cursor:
            cursor.execute(NEWEST, [CUSTOMERS])
            customers = dict(cursor.fetchall())
        found = []
        for plan in plans:
            own = customers.get(plan.owner_id) or [None]
            lines = [self._line(plan, own) for _n in range(self.random.randint(3, 6))]
            plan.line_count = len(lines)
            plan.done_count = sum(line.done for line in lines)
            plan.amount = sum(line.amount or 0 for line in lines)
            plan.subjects = "\n".join(line.subject for line in lines)
            found += lines
        for number, line in enumerate(found, start=1):
            line.pk = number
        return found

    def _line(self, plan, customers):
        due = plan.starts_on + timedelta(days=self.random.randrange(5))
        done = due < self.today and self.random.random() < 0.8
        return WorkPlanLine(
            plan=plan,
            customer_id=self.random.choice(customers),
            subject=self.random.choice(SUBJECTS),
            amount=self.random.choice((None, 20_000, 80_000, 150_000)),
            due_on=due,
            done=done,
            done_at=_moment(due, 16) if done else None,
            result="已完成" if done else "",
        )


def _moment(day, hour):
    return datetime.combine(day, time(hour), SHANGHAI)


def _read_after(moment):
    return moment + timedelta(hours=15)


def _stamps(person, moment):
    return {
        "owner": person,
        "reporter": person,
        "entered_by": person,
        "created_at": moment,
        "changed_at": moment,
        "registration": "registered",
        "registered_by": person,
        "registered_at": moment,
    }
