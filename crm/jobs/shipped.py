"""What the program brings along: schedules, reminders, the holidays that are known.

Asked after each migration. What a company has changed is left alone: a schedule that
is there stays as it is, and of a year of which any day stands in the table nothing is
brought.
"""

from datetime import time

from chinese_calendar import constants
from django.db import connection
from django.utils import timezone

from crm.guards import actor
from crm.jobs.models import Holiday, Reminder, Schedule
from crm.jobs.rhythm import Rhythm
from crm.notices.declared import clocked

#: (work, rhythm, at). Work of higher floors is named by where it stands.
SCHEDULES = (
    ("system.upkeep.seal_history", Rhythm.HOURLY, time(0, 5)),
    ("system.proving.check_history", Rhythm.DAILY, time(4, 0)),
    ("system.upkeep.tidy", Rhythm.HOURLY, time(0, 20)),
    ("system.upkeep.straighten_milestones", Rhythm.HOURLY, time(0, 40)),
    ("competitors.feeds.work.read_sources", Rhythm.HOURLY, time(0, 30)),
    ("crm.duplicates.scan.scan", Rhythm.HOURLY, time(0, 50)),
    ("system.upkeep.forget", Rhythm.DAILY, time(3, 30)),
    ("crm.backups.work.back_up", Rhythm.DAILY, time(2, 30)),
    ("crm.backups.work.watch", Rhythm.DAILY, time(8, 30)),
    ("system.pools.work.recycle", Rhythm.DAILY, time(2, 0)),
    ("customers.expiry.end", Rhythm.HOURLY, time(0, 10)),
    ("sales.expiry.end", Rhythm.HOURLY, time(0, 15)),
    ("sales.reporting.remind_writers", Rhythm.WORKING, time(20, 0)),
    ("sales.reporting.tell_heads", Rhythm.WORKING, time(8, 10)),
    ("sales.leads.work.look_after", Rhythm.HOURLY, time(0, 25)),
    ("system.handovers.work.catch_late", Rhythm.DAILY, time(2, 10)),
    ("system.recycle_bin.work.purge", Rhythm.DAILY, time(4, 0)),
    ("system.calendar.work.remind_soon", Rhythm.MINUTES, time(0, 0)),
    ("system.reminders.work.remind", Rhythm.DAILY, time(7, 0)),
    ("system.reminders.work.send_letters", Rhythm.DAILY, time(7, 30)),
)
#: {work: after how many days it removes something}: a company switches it on itself.
SWITCHED_OFF = {"system.recycle_bin.work.purge": 180}
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def fill():
    """Bring what is new; nothing where an older version's tables stand."""
    if Holiday._meta.db_table not in connection.introspection.table_names():
        return
    with actor.acting(None, verb=actor.BY_NEW_VERSION):
        _fill_holidays()
        _fill_schedules()
        _fill_reminders()


def _fill_holidays():
    known = {day.year for day in Holiday.objects.dates("day", "year")}
    days = (
        (constants.holidays, Holiday.Kind.HOLIDAY),
        (constants.workdays, Holiday.Kind.MAKE_UP),
    )
    Holiday.objects.bulk_create(
        (
            Holiday(day=day, kind=kind, name=NAMES.get(name, name))
            for table, kind in days
            for day, name in sorted(table.items())
            if day.year not in known
        ),
        ignore_conflicts=True,
    )


def _fill_schedules():
    now, rows = timezone.now(), []
    for path, rhythm, at in SCHEDULES:
        rows.append(Schedule(task_path=path, rhythm=rhythm, at=at))
        if path in SWITCHED_OFF:
            rows[-1].active, rows[-1].after_days = False, SWITCHED_OFF[path]
        rows[-1].set_next(now)
    Schedule.objects.bulk_create(rows, ignore_conflicts=True)


def _fill_reminders():
    rows = [Reminder(verb=verb, days=list(one.days)) for verb, one in clocked().items()]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
