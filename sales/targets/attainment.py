"""How far targets were reached: reckoned from the company's books, never stored.

What was reached is that of a person, of the people who were in a department or below
in that month, or of everybody. It is of the books, whoever looks: pages ask first whose
targets the reader may see.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from crm.charts.measuring import address_of, by_person
from crm.jobs.working_days import days_off_and_on, last_day_over, working_days
from crm.models import Department, DepartmentStay
from crm.models.department_stays import MONTHS, month_days
from sales.models import Target

TENTH = Decimal("0.1")
#: The months of the four quarters.
QUARTERS = tuple(range(first, first + 3) for first in (1, 4, 7, 10))
#: A list is asked for the rows of so many people by name at most.
MOST_NAMED = 200


def percent(part, whole):
    """Return what part is of a whole in percent with one place, None of nothing."""
    if not whole:
        return None
    return (100 * Decimal(part) / whole).quantize(TENTH, ROUND_HALF_UP)


def value_text(value, rule):
    """Return a value as people read it: things that are counted have no places."""
    if rule.is_count and value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}"


class Structure:
    """Who was in which department, with all below, in the months of a year."""

    def __init__(self, year):
        paths = Department.objects.order_by().values_list("pk", "path")
        above = {pk: [int(one) for one in path.split("/") if one] for pk, path in paths}
        self._months = [
            self._members(of_month, above)
            for of_month in DepartmentStay.objects.by_month(year)
        ]

    @staticmethod
    def _members(of_month, above):
        found = defaultdict(set)
        for person, department in of_month.items():
            for pk in above.get(department, ()):
                found[pk].add(person)
        return found

    def members(self, department):
        """Return [ids of people] of the months, January first."""
        return [of_month.get(department, frozenset()) for of_month in self._months]


class Books:
    """What the books say by a rule of a year.

    Args:
        rule: the TargetRule.
        year: the year.
        people: ids of those whose rows are asked for; None: everybody's.
    """

    def __init__(self, rule, year, people=None):
        self.rule, self.year = rule, year
        self.facts = by_person(
            rule.kind, rule.measure, rule.day, rule.person, year, people
        )

    def of_everybody(self):
        """Return the Reached of the whole company."""
        totals = [Decimal(0)] * len(MONTHS)
        for (_person, month), number in self.facts.items():
            totals[month - 1] += number
        return Reached(self, totals)

    def of_person(self, person):
        """Return the Reached of one person, by their id."""
        return self.of_people([{person}] * len(MONTHS))

    def of_people(self, members):
        """Return the Reached of [ids of people] of the months."""
        totals = [
            sum((self.facts.get((pk, month), 0) for pk in of_month), Decimal(0))
            for month, of_month in zip(MONTHS, members, strict=True)
        ]
        return Reached(self, totals, members)


class Reached:
    """What a subject reached in each month, and the lists of the rows behind it."""

    def __init__(self, books, months, members=None):
        self.books, self.months, self.members = books, months, members

    def total(self, months):
        """Return what was reached in some months."""
        return sum((self.months[month - 1] for month in months), Decimal(0))

    def address(self, months):
        """Return the list of exactly the rows of some months that follow each other.

        None where no list has just these: people came and went meanwhile.
        """
        books = self.books
        first, last = (month_days(books.year, m) for m in (months[0], months[-1]))
        whose = {}
        if self.members is not None:
            named = self._named(months)
            if not named:
                return None
            whose = {books.rule.person: named}
        rule = books.rule
        return address_of(rule.kind, rule.measure, rule.day, first[0], last[1], **whose)

    def _named(self, months):
        """Return ids of those by whom a list is asked for the rows, [] for nobody."""
        people = set().union(*(self.members[month - 1] for month in months))
        facts = self.books.facts
        counted = {(pk, m) for pk in people for m in months if (pk, m) in facts}
        if any(pk not in self.members[month - 1] for pk, month in counted):
            return []
        named = sorted({pk for pk, _month in counted}) or sorted(people)[:1]
        return named if len(named) <= MOST_NAMED else []


class Clock:
    """How much of the working days of months of a year is over."""

    def __init__(self, year):
        self.year, self._shares = year, {}

    @cached_property
    def _known(self):
        return days_off_and_on(date(self.year, 1, 1), date(self.year, 12, 31))

    @property
    def knows_holidays(self):
        """Whether the table of holidays knows the year; else weekdays count."""
        return any(day.year == self.year for day in self._known)

    @cached_property
    def over(self):
        """The last day that is over."""
        return last_day_over()

    def share(self, months):
        """Return which part of the working days of some months is over, 0 to 1."""
        key = months[0], months[-1]
        if key not in self._shares:
            self._shares[key] = self._share(months)
        return self._shares[key]

    def _share(self, months):
        first, last = self._days(months)
        if self.over >= last:
            return Decimal(1)
        if self.over < first:
            return Decimal(0)
        worked = working_days(first, self.over, self._known)
        return Decimal(worked) / (working_days(first, last, self._known) or 1)

    def has_begun(self, month):
        """Say whether a month has begun."""
        return month_days(self.year, month)[0] <= self.over + timedelta(days=1)

    def _days(self, months):
        return (
            month_days(self.year, months[0])[0],
            month_days(self.year, months[-1])[1],
        )


@dataclass(frozen=True)
class Pace:
    """How far a target of some months was reached, beside how far it should be.

    Attributes:
        target, actual: the values.
        share: which part of the working days is over.
        url: the list of the rows behind `actual`, or None.
    """

    target: Decimal
    actual: Decimal
    share: Decimal
    url: str | None

    @property
    def reached(self):
        """In percent; None where nothing is to be reached."""
        return percent(self.actual, self.target)

    @property
    def expected(self):
        """What should be reached by today, in percent."""
        return percent(self.share, 1)

    @property
    def ahead(self):
        """By how many points it is ahead, less than nothing if it is behind."""
        return None if self.reached is None else self.reached - self.expected

    @property
    def behind(self):
        """By how many points it is behind; nothing where it is not."""
        return -self.ahead if self.ahead is not None and self.ahead < 0 else None

    @property
    def left(self):
        """What is still to be reached."""
        return max(self.target - self.actual, Decimal(0))


def pace_of(target, reached, clock, months=MONTHS):
    """Return the Pace of some months of a target.

    Args:
        target: the Target.
        reached: its Reached.
        clock: the Clock of its year.
        months: numbers of months that follow each other.
    """
    return Pace(
        target=sum((target.months[month - 1] for month in months), Decimal(0)),
        actual=reached.total(months),
        share=clock.share(months),
        url=reached.address(months),
    )


def reached_by(target):
    """Return the Reached of one target: two or three queries, whoever it is for."""
    rule, year = target.rule, target.year
    if target.subject == Target.Subject.COMPANY:
        return Books(rule, year).of_everybody()
    if target.subject == Target.Subject.PERSON:
        return Books(rule, year, {target.person_id}).of_person(target.person_id)
    members = Structure(year).members(target.department_id)
    return Books(rule, year, set().union(*members)).of_people(members)


def reached_by_all(rule, year, targets):
    """Return {id of a target: its Reached} of one rule and year.

    As many queries whatever the number of targets.
    """
    targets, structure, people, members = list(targets), None, set(), {}
    for target in targets:
        if target.subject == Target.Subject.DEPARTMENT:
            structure = structure or Structure(year)
            members[target.pk] = structure.members(target.department_id)
        elif target.subject == Target.Subject.PERSON:
            members[target.pk] = [{target.person_id}] * len(MONTHS)
        people = people.union(*members.get(target.pk, ()))
    if not targets:
        return {}
    is_whole = len(members) < len(targets)
    books = Books(rule, year, None if is_whole else people)
    return {
        target.pk: books.of_people(members[target.pk])
        if target.pk in members
        else books.of_everybody()
        for target in targets
    }
