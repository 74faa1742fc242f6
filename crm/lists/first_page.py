"""The first page of all that one may see: what a click in the menu leads to.

Its SQL follows from the columns, the order and how far rights reach, and from nothing
that anybody typed: it is made once.
"""

from functools import lru_cache

from django.db import connections, router

from crm.display import NAME_OF
from crm.lists.ordering import Order
from crm.lists.tables import telling
from crm.queries.prepared import PreparedFor

#: Kinds of pages whose SQL is kept.
KEPT = 200


def first_page(model, user, order, size, names):
    """Return the first rows of all that a person may see, or None.

    None where other rows than those within the person's reach are among them, where
    the kind always brings along rows of others, and where rows without a value in the
    order's column follow.

    Args:
        model: the kind of record.
        user: who looks.
        order: the Order of the list; an index has it.
        size: how many rows at most.
        names: of each relation that is shown the path to its name.
    """
    rows = model.objects.all()
    if rows.query.select_related or rows.visibility(user).sees_beyond_reach:
        return None
    shown = tuple(sorted(names.items()))
    way = order.path, order.down, order.gathers
    found = _first_of(model, *way, size, shown)(user)
    if order.field.null and len(found) < size:
        return None
    alias, columns = router.db_for_read(model), _columns(model)
    return [_made(model, alias, columns, shown, row) for row in found]


def _columns(model):
    return [field.attname for field in model._meta.concrete_fields]


@lru_cache(KEPT)
def _readings(model):
    """Return (place, function) of the columns whose fields read them their own way."""
    fields = enumerate(model._meta.concrete_fields)
    return [
        (place, field.from_db_value)
        for place, field in fields
        if hasattr(field, "from_db_value")
    ]


@lru_cache(KEPT)
def _first_of(model, path, down, gathers, size, names):
    """Return the query of the first rows: their columns, then the names."""
    order = Order(model, path, down=down, gathers=gathers)

    def rows(user):
        within = model.objects.order_by().visibility(user).within_reach()
        places = order.zones(within)[0][:size]
        found = telling(model.objects.filter(pk__in=places.values("pk")), **dict(names))
        named = (f"{NAME_OF}{name}" for name, _path in names)
        found = found.order_by(*places.query.order_by)
        return found.values_list(*_columns(model), *named)

    return PreparedFor(rows)


def _made(model, alias, columns, names, row):
    """Return the record of a row, with the names that come along."""
    values = list(row[: len(columns)])
    for place, read in _readings(model):
        values[place] = read(values[place], None, connections[alias])
    record = model.from_db(alias, columns, values)
    for (name, _path), value in zip(names, row[len(columns) :], strict=True):
        setattr(record, f"{NAME_OF}{name}", value)
    return record
