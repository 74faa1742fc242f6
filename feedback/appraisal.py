"""考核: how well counterparts were spoken with in a period, by department and person.

The days of a counterpart since its first one are told off in spans of its rhythm: the
first span ends `rhythm_days` after the first day, the next one as many days later. It
counts for whoever has it now; who took it over begins on that day. A
contact is due in the period if its span ends in it, before today and not after the
last day of the counterpart; it was kept if an interaction that counts (the person had
it, or it was with the contact; live, in the books, at that customer) lies within the
span. So each span belongs to one period, and quarters add up to their year.

Who may see a counterpart is told when it was met, whoever wrote of it: as its list is.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.core.exceptions import EmptyResultSet
from django.db import connections, router
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.models import Department, User
from crm.queries.days import start_of
from crm.rights.permissions import permission
from customers.counterparts import without_one
from customers.models import Counterpart, Customer
from customers.models.counterparts import LONGEST

#: One row for each department and person: what is held, due, kept, overdue, the gap.
FIGURES = """
WITH held AS MATERIALIZED (
    SELECT c.id, c.customer_id, c.contact_id, c.owner_id, c.our_department_id,
        c.rhythm_days AS every, begun.since, c.due_on < %(today)s
            AND (c.until IS NULL OR c.until >= %(today)s) AS is_overdue,
        greatest(begun.since, %(first)s) AS begins,
        least(c.until, %(last)s, %(today)s) AS ends,
        greatest(1, (%(first)s - begun.since + c.rhythm_days - 1) / c.rhythm_days)
            AS first_span,
        (least(c.until, %(last)s, %(today)s::date - 1) - begun.since) / c.rhythm_days
            AS last_span
    FROM customers_counterpart AS c CROSS JOIN LATERAL (
        SELECT greatest(c.since, c.taken_over_on) AS since
    ) AS begun
    WHERE c.id IN ({seen})
), met AS MATERIALIZED (
    SELECT DISTINCT held.id,
        (i.occurred_at AT TIME ZONE 'Asia/Shanghai')::date AS day
    FROM held JOIN feedback_interaction AS i ON i.customer_id = held.customer_id
        AND (i.contact_id = held.contact_id OR i.owner_id = held.owner_id)
    WHERE i.deleted_at IS NULL AND i.registration = 'registered'
        AND i.occurred_at >= %(from)s AND i.occurred_at < %(until)s
), spans AS (
    SELECT held.id, count(DISTINCT span) AS kept
    FROM held JOIN met ON met.id = held.id CROSS JOIN LATERAL (
        SELECT greatest(1, (met.day - since + every - 1) / every) AS span
    ) AS of_day
    WHERE met.day >= since AND span BETWEEN first_span AND last_span
    GROUP BY held.id
), gaps AS (
    SELECT id, max(gap) AS gap FROM (
        SELECT id, day - lag(day) OVER (PARTITION BY id ORDER BY day) AS gap
        FROM (
            SELECT met.id, met.day FROM met JOIN held ON held.id = met.id
            WHERE met.day BETWEEN begins AND ends
            UNION SELECT id, begins FROM held WHERE begins <= ends
            UNION SELECT id, ends FROM held WHERE begins <= ends
        ) AS days
    ) AS between_days GROUP BY id
)
SELECT our_department_id, owner_id, count(*),
    coalesce(sum(greatest(0, last_span - first_span + 1)), 0),
    coalesce(sum(kept), 0), count(*) FILTER (WHERE is_overdue), coalesce(max(gap), 0)
FROM held LEFT JOIN spans ON spans.id = held.id LEFT JOIN gaps ON gaps.id = held.id
GROUP BY our_department_id, owner_id
"""
#: Nobody need look after these.
LOST = Customer.Status.LOST
OTHERS = [value for value in Customer.Status.values if value != LOST]


@dataclass
class Figures:
    """What is told of a person, of a department or of all.

    Attributes:
        held: counterparts that had not ended before the period, nor began after it.
        due: contacts due in it.
        kept: those of them that took place in time.
        overdue: counterparts with whom the next contact is overdue today.
        gap: the most days within the period without a contact.
        alone: customers without a counterpart, today.
    """

    held: int = 0
    due: int = 0
    kept: int = 0
    overdue: int = 0
    gap: int = 0
    alone: int = 0

    def add(self, other):
        """Add what is told of somebody else."""
        for name in ("held", "due", "kept", "overdue", "alone"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.gap = max(self.gap, other.gap)

    @property
    def share(self):
        """The share of the contacts due that were kept, in percent; None of none."""
        return round(100 * self.kept / self.due) if self.due else None


@dataclass
class Line:
    """A line of the table: a person's figures, or a department's.

    Attributes:
        name: of whom.
        figures: the Figures.
        urls: {name of a figure: the list of exactly the rows that it counts}.
        people: the lines below a department's.
    """

    name: str
    figures: Figures
    urls: dict
    people: list = field(default_factory=list)


class Appraisal:
    """The figures of a period, as far as the reader sees the rows.

    Args:
        reader: who looks.
        first, last: the days of the period.
    """

    def __init__(self, reader, first, last):
        self.reader, self.first, self.last = reader, first, last
        self.today = timezone.localdate()

    @cached_property
    def lines(self):
        """The lines of the departments, each with those of its people."""
        found = []
        for department, people in self._by_department().items():
            line = Line(self._department_name(department), Figures(), {})
            for pk, figures in people.items():
                line.figures.add(figures)
                urls = self._urls({"owner": pk, "our_department": department}, pk)
                line.people.append(Line(self._names[pk][0], figures, urls))
            line.people.sort(key=lambda one: one.name)
            if department is not None:
                line.urls = self._urls({"our_department": department})
            found.append(line)
        return sorted(found, key=lambda line: (not line.urls, line.name))

    @cached_property
    def total(self):
        """The line of all of them."""
        figures = Figures()
        for line in self.lines:
            figures.add(line.figures)
        urls = self._urls({})
        return Line(_("Total"), figures, urls)

    def _by_department(self):
        """Return {department: {person: Figures}}; None stands for no department."""
        found = {}
        for department, owner, *numbers in self._numbers:
            found.setdefault(department, {})[owner] = Figures(*numbers)
        for owner, number in self._alone.items():
            people = found.setdefault(self._names[owner][1], {})
            people.setdefault(owner, Figures()).alone = number
        return found

    @cached_property
    def _numbers(self):
        """[(department, person, held, due, kept, overdue, gap)], in one query."""
        rows = Counterpart.objects.visible_to(self.reader).registered()
        rows = rows.filter(
            Q(until=None) | Q(until__gte=self.first), since__lte=self.last
        )
        try:
            sql, values = rows.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:  # the reader can see none
            return []
        named = {f"seen{place}": value for place, value in enumerate(values)}
        names = tuple(f"%({name})s" for name in named)
        given = {
            "first": self.first,
            "last": self.last,
            "today": self.today,
            "from": start_of(self.first - timedelta(days=LONGEST)),
            "until": start_of(self.last + timedelta(days=1)),
        }
        with connections[router.db_for_read(Counterpart)].cursor() as cursor:
            cursor.execute(FIGURES.replace("{seen}", sql % names), given | named)
            return [tuple(row) for row in cursor.fetchall()]

    @cached_property
    def _alone(self):
        """{person: how many customers of theirs have no counterpart}, in one query."""
        if not self.reader.has_perm(permission("view", Customer)):
            return {}
        rows = Customer.objects.visible_to(self.reader).registered().order_by()
        rows = rows.filter(owner__isnull=False, status__in=OTHERS)
        rows = without_one(rows, self.reader).values("owner")
        return dict(rows.annotate(number=Count("pk")).values_list("owner", "number"))

    @cached_property
    def _names(self):
        """{person: (name, department)} of all of them, in one query."""
        ids = {owner for _department, owner, *_numbers in self._numbers}
        people = User.objects.filter(pk__in=ids | set(self._alone)).order_by()
        rows = people.values_list("pk", "name", "department")
        return {pk: (name, department) for pk, name, department in rows}

    @cached_property
    def _departments(self):
        """{department: name}, in one query."""
        return dict(Department.objects.order_by().values_list("pk", "name"))

    def _department_name(self, department):
        return self._departments.get(department) or _("without a department")

    def _urls(self, whose, owner=None):
        """Return the lists behind the figures of somebody.

        Args:
            whose: the conditions of the list of counterparts.
            owner: the id of the person, if it is one.
        """
        urls, listed = {}, {**whose, "registration": "registered"}
        if None not in whose.values():  # no list is asked for what has no department
            held = {"since_before": self.last, "held": self.first}
            urls["held"] = _address(Counterpart, listed | held)
            late = listed | held | {"state": "overdue"}
            urls["overdue"] = _address(Counterpart, late)
        if owner is not None:  # no list leaves out the customers of nobody
            asked = {"looked_after": "false", "status": OTHERS}
            asked |= {"owner": owner, "registration": "registered"}
            urls["alone"] = _address(Customer, asked)
        return urls


def _address(kind, conditions):
    return f"{kind.page('list')}?{urlencode(conditions, doseq=True)}"
