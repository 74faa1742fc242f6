"""What hangs on one row goes to another one: along the relations that the models have.

No list names them: a kind that comes to refer to customers moves with them. A kind
says of its rows, where it matters,

    holding         which of them hold what they name: others are history and stay
    merge_waits     the condition under which they cannot move: somebody decides
    moved_with      what changes along with a row that would clash where it goes
    absorb(twin)    takes over what such a row says, which then stays where it is

A row that would clash and of which nothing is said stays where it is: it says what
another one says already.
"""

from itertools import islice

from django.core.exceptions import ValidationError
from django.db.models import DO_NOTHING, F, Q, UniqueConstraint
from django.utils.translation import gettext as _

from crm.models.searching import Searched
from crm.queries.figures import Counted

#: Rows that one statement moves: each of them wakes triggers.
AT_ONCE = 500


def links(model):
    """Return the foreign keys by which rows of any kind hang on those of one.

    Those that triggers keep (`DO_NOTHING`) follow by themselves.
    """
    return [
        relation.field
        for relation in model._meta.get_fields(include_hidden=True)
        if (relation.one_to_many or relation.one_to_one)
        and relation.auto_created
        and relation.on_delete is not DO_NOTHING
    ]


def hanging(link, pks):
    """Return the rows that hang on some others by a foreign key.

    Those in the recycle bin as well: they may come back. What says how two of the
    others stand to each other goes nowhere: they become one.
    """
    model = link.model
    manager = next(
        found
        for name in ("holding", "everything", "_base_manager")
        if (found := getattr(model, name, None)) is not None
    )
    rows = manager.order_by().filter(**{f"{link.name}__in": pks})
    if issubclass(model, link.related_model):
        rows = rows.exclude(pk__in=pks)
    for field in model._meta.concrete_fields:
        if field is not link and field.related_model is link.related_model:
            rows = rows.exclude(**{f"{field.name}__in": pks})
    return rows


def unheard(_number):
    """Hear how many rows have moved where nobody waits to see it."""


def weight(model, pks):
    """Return how many rows hang on some others, in one query."""
    counts = [Counted(hanging(link, pks)) for link in links(model)]
    own = model.everything.filter(pk=pks[0]).order_by()
    return sum(own.values_list(*counts).get()) if counts else 0


def refuse_waiting(model, pks):
    """Refuse to move rows on which somebody is to decide.

    Raises:
        ValidationError: which they are.
    """
    for link in links(model):
        waits = getattr(link.model, "merge_waits", None)
        found = waits and hanging(link, pks).filter(waits).first()
        if found:
            raise ValidationError(
                _("“%s” is being decided upon: merge after that.") % found,
                code="conflict",
            )


def move(loser, winner, advance):
    """Move what hangs on one row to another one.

    Args:
        loser, winner: the two.
        advance: is told how many rows have moved, each time.

    Returns:
        [{model, field, from, rows: ids, set}] of what moved – `set` says what else of
        these rows was changed, as it was – and [{model, row, before, after}] of rows
        that took something over.
    """
    moved, changed = [], []
    for link in links(type(winner)):
        clashing = _clashing(link, loser, winner)
        staying = set()
        for pk, twin in clashing.items():
            if hasattr(link.model, "moved_with"):
                continue
            staying.add(pk)
            if hasattr(link.model, "absorb"):
                changed += _absorbed(link.model, pk, twin)
        rows = hanging(link, [loser.pk, winner.pk]).filter(**{link.name: loser})
        rows = rows.exclude(pk__in=staying)
        along = {pk for pk in clashing if hasattr(link.model, "moved_with")}
        for pks, extra in (
            (rows.exclude(pk__in=along), {}),
            (rows.filter(pk__in=along), getattr(link.model, "moved_with", {})),
        ):
            moved += _moved(link, pks, loser, winner, extra, advance)
    return moved, changed


def _moved(link, rows, loser, winner, extra, advance):
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return []
    first = link.model._base_manager.get(pk=ids[0])
    before = {name: plain(first, name) for name in extra}
    for pks in batches(ids):
        redirect(link, pks, winner.pk, extra)
        advance(len(pks))
    return [
        {
            "model": link.model._meta.label_lower,
            "field": link.name,
            "from": loser.pk,
            "rows": ids,
            "set": before,
        }
    ]


def redirect(link, pks, target, extra=None):
    """Let some rows hang on another row; what is derived of it follows."""
    rows = link.model._base_manager.filter(pk__in=pks).order_by()
    values = {link.attname: target, **(extra or {})}
    if issubclass(link.model, Searched) and link.name in link.model.depends_on:
        for row in rows.select_for_update(of=("self",), no_key=True).order_by("pk"):
            for name, value in values.items():
                setattr(row, name, value)
            row.save(update_fields=[link.name, *(extra or {})])
        return
    rows.update(**values)


def versions(model, pks):
    """Return [[id, version]] of some rows; None for those that count no changes."""
    rows = model._base_manager.order_by("pk").filter(pk__in=pks)
    if any(field.name == "version" for field in model._meta.concrete_fields):
        return [list(pair) for pair in rows.values_list("pk", "version")]
    return [[pk, None] for pk in rows.values_list("pk", flat=True)]


def batches(ids):
    """Yield lists of as many ids as one statement moves."""
    ids = iter(ids)
    while batch := list(islice(ids, AT_ONCE)):
        yield batch


def _absorbed(model, pk, twin):
    """Let a row take over what another one says; return what it changed."""
    rows = model._base_manager.order_by().select_for_update(of=("self",), no_key=True)
    row, other = rows.get(pk=twin), model._base_manager.get(pk=pk)
    before = {name: plain(row, name) for name in model.absorbing}
    row.absorb(other)
    changed = [name for name in before if plain(row, name) != before[name]]
    if not changed:
        return []
    row.save(update_fields=changed)
    return [
        {
            "model": model._meta.label_lower,
            "row": twin,
            "before": {name: before[name] for name in changed},
            "after": {name: plain(row, name) for name in changed},
        }
    ]


def along(row):
    """Return {column: columns that PostgreSQL changes along with it}."""
    return getattr(row, "merged_along", {})


def plain(row, name):
    """Return a column's value as JSON keeps it."""
    field = row._meta.get_field(name)
    value = getattr(row, field.attname)
    if value is None or isinstance(value, bool | int | str):
        return value
    return field.value_to_string(row)


def _clashing(link, loser, winner):
    """Return {id of a row: id of the one at the winner that it would clash with}."""
    found = {}
    for names, condition in _unique(link):
        others = [name for name in names if name != link.name]
        rows = hanging(link, [loser.pk, winner.pk]).filter(condition)
        there = {
            tuple(values): pk
            for pk, *values in rows.filter(**{link.name: winner}).values_list(
                "pk", *others
            )
        }
        for pk, *values in rows.filter(**{link.name: loser}).values_list("pk", *others):
            if tuple(values) in there:
                found.setdefault(pk, there[tuple(values)])
    return found


def _unique(link):
    """Yield (columns, condition) of what stands once, the foreign key among it."""
    if link.unique:
        yield [link.name], Q()
    for constraint in link.model._meta.constraints:
        if not isinstance(constraint, UniqueConstraint):
            continue
        parts = constraint.expressions
        names = [*constraint.fields, *(e.name for e in parts if isinstance(e, F))]
        if link.name in names and len(names) == len(parts or constraint.fields):
            yield names, constraint.condition or Q()
