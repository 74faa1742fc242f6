"""The day reports of those below somebody: who has handed in, who is missing, who away.

Whoever may write such reports is expected to on a working day, but for the absent.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.jobs.working_days import LONGEST_REST, days_off_and_on, is_worked
from crm.models import Deputy, Role, User
from crm.rights.permissions import permission
from sales.guards.day_reports import DUE_AT
from sales.models import DayReport
from sales.superiors import people_below

WRITE = permission("add", DayReport)
#: {state: (what it is called, how it is coloured)}.
STATES = {
    "read": (pgettext_lazy("reading", "read"), "good"),
    "unread": (pgettext_lazy("reading", "unread"), "warn"),
    "missing": (pgettext_lazy("day report", "missing"), "bad"),
    "open": (pgettext_lazy("day report", "until 20:00"), "neutral"),
    "absent": (pgettext_lazy("day report", "absent"), "neutral"),
    "off": (_("not a working day"), "neutral"),
}
#: Whoever has not signed in for so long does not work with the program.
IDLE = timedelta(days=14)


def writers(day):
    """Return the people who may write reports and work here on a day.

    Each with `is_absent`, whether somebody stands in for them on that day.
    """
    roles = Role.objects.filter(users=OuterRef("pk"), grants__has_key=WRITE)
    absences = Deputy.objects.on(day).filter(person=OuterRef("pk"))
    there = Q(joined_on=None) | Q(joined_on__lte=day)
    return (
        User.objects.active(day)
        .filter(there, Exists(roles.order_by()))
        .annotate(is_absent=Exists(absences.order_by()))
    )


def missing(day):
    """Return the writers who were expected to report on a day, and have not.

    Whether the day is a working day is asked by others.
    """
    reports = DayReport.objects.filter(owner=OuterRef("pk"), day=day).order_by()
    return writers(day).filter(~Exists(reports), is_absent=False)


@dataclass(frozen=True)
class Row:
    """How somebody's report of a day stands.

    Attributes:
        person: whose.
        state: read, unread, missing, open, absent or off.
        report: it, if it is there.
    """

    person: Any
    state: str
    report: Any = None

    @property
    def label(self):
        """What it is called."""
        return STATES[self.state][0]

    @property
    def tone(self):
        """How it is coloured."""
        return STATES[self.state][1]


class TeamDay:
    """The reports of one day of those below a reader, as far as the reader sees them.

    Args:
        reader: who looks.
        day: the day.
    """

    def __init__(self, reader, day):
        self.reader, self.day = reader, day
        first = day - timedelta(days=2 * LONGEST_REST)
        self.off_and_on = days_off_and_on(first, day)
        self.is_worked = is_worked(day, self.off_and_on)
        self.rows = self._rows()

    def _rows(self):
        people = writers(self.day).filter(people_below(self.reader.pk, "pk"))
        reports = self._reports()
        people = people.select_related("department").order_by("name", "pk")
        found = [self._row(person, reports.pop(person.pk, None)) for person in people]
        # Of who may write none any more, what is there is still to be read.
        others = [self._row(one.owner, one) for one in reports.values()]
        return [*found, *others]

    def _reports(self):
        seen = DayReport.objects.visible_to(self.reader)
        rows = seen.registered().filter(people_below(self.reader.pk), day=self.day)
        rows = rows.select_related("owner__department").order_by("owner__name", "pk")
        return {report.owner_id: report for report in rows}

    def _row(self, person, report):
        if report is not None:
            return Row(person, report.status, report)
        if not self.is_worked:
            return Row(person, "off")
        if person.is_absent:
            return Row(person, "absent")
        return Row(person, "missing" if self.is_due else "open")

    @property
    def is_due(self):
        """Whether the time of handing in is over."""
        now = timezone.localtime()
        return (self.day, DUE_AT) < (now.date(), now.time())

    def number(self, *states):
        """Return how many stand so."""
        return sum(row.state in states for row in self.rows)

    @property
    def handed_in(self):
        """How many have handed in."""
        return self.number("read", "unread")

    @property
    def late(self):
        """How many have handed in late."""
        return sum(row.report is not None and row.report.late for row in self.rows)

    @property
    def missing(self):
        """How many have not."""
        return self.number("missing")

    @property
    def unread(self):
        """How many reports nobody above has read."""
        return self.number("unread")

    @property
    def figures(self):
        """The numbers, as parts/figure.html has them."""
        numbers = (
            (_("handed in"), f"{self.handed_in}/{self.expected}", ""),
            (_("late"), self.late, "bad"),
            (pgettext_lazy("reading", "unread"), self.unread, "warn"),
            (pgettext_lazy("day report", "missing"), self.missing, "bad"),
            (pgettext_lazy("day report", "absent"), self.number("absent"), ""),
        )
        return [
            {"label": label, "value": value, "tone": tone}
            for label, value, tone in numbers
        ]

    @property
    def expected(self):
        """How many were expected to, or have anyhow."""
        return len(self.rows) - self.number("absent", "off")

    @property
    def idle(self):
        """Those who have not signed in for long."""
        since = timezone.now() - IDLE
        people = [row.person for row in self.rows]
        return [one for one in people if not one.last_login or one.last_login < since]

    @property
    def before(self):
        """The working day before."""
        return self._next(-1)

    @property
    def after(self):
        """The working day after, None while it lies ahead."""
        day = self._next(1)
        return day if day <= timezone.localdate() else None

    def _next(self, step):
        day = self.day + timedelta(days=step)
        for _time in range(LONGEST_REST):
            if is_worked(day, self.off_and_on):
                break
            day += timedelta(days=step)
        return day


def last_working_day(today):
    """Return the working day before a day."""
    known = days_off_and_on(today - timedelta(days=LONGEST_REST), today)
    day: date = today - timedelta(days=1)
    while not is_worked(day, known) and day > today - timedelta(days=LONGEST_REST):
        day -= timedelta(days=1)
    return day
