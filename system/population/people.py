"""Departments and people: a head office, five divisions, 25 sales departments."""

from datetime import timedelta
from math import isqrt
from random import Random
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from crm.demo import PASSWORD
from crm.models import Department, Role, User
from crm.models.record import Registration
from system.population.words import GIVEN, SURNAMES

#: Sellers at a million customers; fewer where there are fewer customers.
MOST_SELLERS = 447
DEPARTMENTS_OF_A_DIVISION = 5
#: The sales centre stands above four of the five divisions: 80 % of the sellers.
DIVISIONS = ("华东大区", "华南大区", "华北大区", "西南大区", "渠道事业部")
CENTRE, OUTSIDE = "销售中心", "渠道事业部"
ORDINALS = "一二三四五"

#: username and role of those who do not sell, and how many there are.
OTHERS = (
    ("researcher", "researcher", "市场部", 12),
    ("infoadmin", "information_administrator", "信息管理部", 6),
    ("sysadmin", "system_administrator", "信息管理部", 3),
)


class Staff(NamedTuple):
    """The ids that the big tables pick from."""

    sellers: list[int]
    registrar: int
    researchers: list[int]

    def stamps(self, timeline, share, number, by):
        """Return who brought a record, when, and how far it has come.

        Args:
            timeline: the Timeline.
            share: of the time that had passed by then.
            number: of the record, which decides whether it was registered, or deleted.
            by: the id of who brought it.
        """
        moment = timeline.moment(share)
        stamps = {
            "owner_id": by,
            "reporter_id": by,
            "entered_by_id": by,
            "created_at": moment,
            "changed_at": moment,
        }
        if number % 200 == 150:
            return {**stamps, "registration": Registration.REPORTED}
        stamps |= {
            "registration": Registration.REGISTERED,
            "registered_by_id": self.registrar,
            "registered_at": moment + timedelta(hours=1),
        }
        if number % 100 == 99:
            stamps |= {"deleted_at": moment + timedelta(hours=2), "deleted_by_id": by}
        return stamps


class Place(NamedTuple):
    """Who is hired: username, role, department, username of the superior."""

    username: str
    role: str
    department: str
    superior: str = ""


def hire(customers, seed):
    """Enter departments and people; return the ids that records are given to."""
    departments = _departments()
    places = [*_heads(), *_sellers(customers), *_others()]
    numbers = {place.username: number for number, place in enumerate(places, start=1)}
    random, secret = Random(seed), make_password(PASSWORD)  # noqa: S311 - invented names
    User.objects.bulk_create(
        User(
            pk=numbers[place.username],
            username=place.username,
            name=_name(random),
            employee_number=f"YG{numbers[place.username]:04}",
            department=departments[place.department],
            superior_id=numbers.get(place.superior),
            email=f"{place.username}@example.com",
            password=secret,
        )
        for place in places
    )
    roles = {role.code: role for role in Role.objects.all()}
    assignment = User.roles.through
    assignment.objects.bulk_create(
        assignment(
            pk=numbers[place.username],
            user_id=numbers[place.username],
            role=roles[place.role],
        )
        for place in places
    )
    for place in places:
        if place.role == "supervisor":
            rows = Department.objects.filter(name=place.department)
            rows.update(head=numbers[place.username])
    return Staff(
        [numbers[p.username] for p in places if p.role == "salesperson"],
        numbers["infoadmin"],
        [numbers[p.username] for p in places if p.role == "researcher"],
    )


def _departments():
    """Enter the tree; return {name: department}."""
    made = {}
    for name, above in _tree():
        parent = made.get(above)
        made[name] = Department.objects.create(
            pk=len(made) + 1, name=name, parent=parent
        )
    return made


def _tree():
    """Yield (name, name of the department above), from the top."""
    yield "总公司", ""
    yield CENTRE, "总公司"
    yield "市场部", "总公司"
    yield "信息管理部", "总公司"
    for division in DIVISIONS:
        yield division, "总公司" if division == OUTSIDE else CENTRE
        for department in _sales_departments(division):
            yield department, division


def _sales_departments(division):
    return [
        f"{division[:2]}销售{ORDINALS[number]}部"
        for number in range(DEPARTMENTS_OF_A_DIVISION)
    ]


def _heads():
    """Yield the heads, each with the head above as superior."""
    yield Place("director", "supervisor", "总公司")
    yield Place("saleshead", "supervisor", CENTRE, "director")
    for number, division in enumerate(DIVISIONS, start=1):
        above = "director" if division == OUTSIDE else "saleshead"
        yield Place(f"division{number}", "supervisor", division, above)
        for place, department in enumerate(_sales_departments(division), start=1):
            yield Place(
                f"head{number}{place}", "supervisor", department, f"division{number}"
            )


def _sellers(customers):
    """Yield the sellers, dealt out to the departments in turn."""
    departments = [
        (department, f"head{number}{place}")
        for number, division in enumerate(DIVISIONS, start=1)
        for place, department in enumerate(_sales_departments(division), start=1)
    ]
    sellers = min(MOST_SELLERS, max(len(departments), isqrt(customers) // 2))
    for number in range(sellers):
        department, head = departments[number % len(departments)]
        yield Place(f"seller{number + 1:03}", "salesperson", department, head)


def _others():
    for name, role, department, count in OTHERS:
        yield Place(name, role, department, "director")
        for number in range(2, count + 1):
            yield Place(f"{name}{number}", role, department, name)


def _name(random):
    """Return an invented name; every third has a given name of one character."""
    surnames, given = "".join(SURNAMES.split()), "".join(GIVEN.split())
    letters = random.sample(given, 1 if random.random() < 0.3 else 2)
    place = int(len(surnames) * random.random() ** 1.8)
    return surnames[place] + "".join(letters)
