"""Where the rows of a long order are: a page far inside is found without walking there.

An order is divided by milestones, values of its column about as many rows apart. How
many rows of whom lie between two of them is kept in the ledger (`crm.Tally`), by the
same statements that write the rows (`crm.guards.ledger`). Whoever asks for row 500,000
adds up, passes whole stretches, and walks inside the one that holds it.
"""

import json
from collections import Counter
from dataclasses import dataclass
from functools import cache

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Q, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject

from crm.guards.ledger import EMPTY, stretch
from crm.models.tally import Tally
from crm.queries.prepared import PreparedFor


class Milestones(models.Model):
    """The milestones of one order of one kind of record.

    `values` are those of its column, `ids` those of the rows without a value, which
    stand last in the order of their ids. The stretch before the first milestone is
    "0", that before the first id "-0", as `crm.guards.ledger.stretch` names them.
    """

    label = models.CharField(max_length=60)
    path = models.CharField(max_length=60)
    values = ArrayField(models.TextField(), default=list)
    ids = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("label", "path"), name="milestones_once"),
        )

    def __str__(self):
        return f"{self.label} {self.path}: {len(self.values)} + {len(self.ids)}"


@dataclass(frozen=True)
class Landing:
    """A milestone on the way to a row of an order.

    Attributes:
        zone: which of the parts that `Order.zones` tells it is in.
        condition: of the rows of that part that follow.
        passed: how many rows come before.
    """

    zone: int
    condition: Q
    passed: int


def ledger(label, path):
    """Return how the ledger names the stretches of an order."""
    return f"{label}/{path}"


def landing(rows, user, action, order, start):
    """Return the last Landing before a row of what a person sees, or None.

    None where the order has no milestones and where the list ends before.

    Args:
        rows: all rows of a kind, as its queryset.
        user: who looks.
        action: what the person may do to them.
        order: the Order.
        start: how many rows come before.
    """
    model = rows.model
    if order.path not in model.milestoned:
        return None
    kept = _kept(model, order.path, action)(user)
    if not kept:
        return None
    values, ids, counts = kept[0]
    numbers = Counter(_beyond_reach(rows.visibility(user, action), order.path))
    for count in map(json.loads, counts):
        numbers[count["state"]] += int(count["n"])
    passed = 0
    for zone, condition, name in _stretches(order, values, ids):
        if start < passed + numbers[name]:
            return Landing(zone, condition, passed)
        passed += numbers[name]
    return None


@cache
def _kept(model, path, action):
    """Return the query of an order's milestones and the kept numbers between them."""

    def milestones(user):
        visibility = model.objects.visibility(user, action)
        label = model._meta.label_lower
        kept = Tally.objects.filter(label=ledger(label, path))
        if visibility.is_nothing:
            kept = kept.none()
        elif not visibility.is_everything:
            kept = kept.within(user, visibility.reach, model).in_books()
        sums = kept.order_by().values("state").annotate(total=Sum("n"))
        row = JSONObject(state="state", n="total")
        numbers = ArraySubquery(sums.values(row=row))
        rows = Milestones.objects.filter(label=label, path=path).order_by()
        return rows.values_list("values", "ids", numbers)

    return PreparedFor(milestones)


def _beyond_reach(visibility, path):
    """Return {stretch: number} of what the person sees beyond the reach."""
    if not visibility.sees_beyond_reach:
        return {}
    model, (within, beyond) = visibility.model, visibility.conditions
    others = model.objects.filter(beyond).exclude(within).order_by()
    name = RawSQL(stretch_of(model, path), ())  # noqa: S611 - of our own columns
    return dict(others.values_list(name).annotate(Count("pk")))


def stretch_of(model, path):
    """Return the SQL of the stretch of an order that a row of the table lies on."""
    table, kind = model._meta.db_table, model.milestoned[path]
    label = model._meta.label_lower
    return stretch(label, path, kind, column=f'"{table}"."{path}"', pk=f'"{table}".id')


def _stretches(order, values, ids):
    """Return (zone, condition, name) of the stretches in the order that a list has."""
    filled = [
        (0, condition, str(number))
        for number, condition in _bounded(order.path, values, down=order.down)
    ]
    empty = [
        (1, condition, f"{EMPTY}{number}")
        for number, condition in _bounded("pk", ids, down=order.down)
    ]
    return [*filled, *empty]


def _bounded(path, milestones, *, down):
    """Return (number, what follows from its beginning) of stretches, in order."""
    last = len(milestones)
    if down:
        return [
            (number, Q(**{f"{path}__lt": milestones[number]}) if number < last else Q())
            for number in range(last, -1, -1)
        ]
    return [
        (number, Q(**{f"{path}__gte": milestones[number - 1]}) if number else Q())
        for number in range(last + 1)
    ]
