"""Which related rows a reader may know: one rule for all that leads to another row.

A row of one kind refers to rows of others. Such a related row may be named, linked
and counted, may be searched and sorted by, only where the reader sees that row
itself. What a row is filed under (`Record.names_along`) is a part of its own title:
it is named and found by that name, whoever looks, but nothing else of it is told.

Rows that are no records – people, regions, items of dictionaries – have names that
everybody may know.
"""

from collections import defaultdict

from django.db.models import F, OuterRef, Subquery, Value

from crm.models import Department, Record, Region, User
from crm.queries.ids import any_of
from crm.queries.unions import together
from crm.rights.permissions import permission


def rows_for(user, model):
    """Return the rows of a kind whose names the reader may know."""
    if issubclass(model, Record):
        return model.objects.visible_to(user)
    return model._default_manager.all()


def is_looked_up(model):
    """Say whether a search box finds rows of a kind: there are many of them.

    Of settings there are few, which a select shows.
    """
    return issubclass(model, Record | Department | Region | User)


def named(model):
    """Return the choices of settings: all there are, those out of use as well."""
    return [(row.pk, str(row)) for row in model._default_manager.all()]


def known_to(user, rows):
    """Return those of some rows of a kind whose names the reader may know."""
    return rows.filter(pk__in=rows_for(user, rows.model).order_by().values("pk"))


def may_open(user, model, ids):
    """Return those of the ids whose pages the reader may open, as a set.

    At most one query, however many they are; `seen` asks for several kinds at once.
    """
    return seen(user, {model: ids})[model]


def seen(user, wanted):
    """Return {model: set of ids} of the rows that the reader may see.

    Args:
        user: the reader.
        wanted: {model: ids}; ids that are None are left out.

    Returns:
        For every wanted model those ids whose rows have a page that the reader may
        open. One query at most, whatever the number of kinds.
    """
    found, parts = {model: set() for model in wanted}, []
    for place, (model, ids) in enumerate(wanted.items()):
        ids = {pk for pk in ids if pk is not None}
        if not ids:
            continue
        if issubclass(model, Record):
            of_kind = model.objects.order_by().visible_to(user)
            of_kind = of_kind.filter(any_of("pk", sorted(ids)))
            parts.append(of_kind.values_list(Value(place), "pk"))
        elif model is User and user.has_perm(permission("view", User)):
            found[model] = ids
    kinds = list(wanted)
    for place, pk in together(parts):
        found[kinds[place]].add(pk)
    return found


def rights_of(ids):
    """Return {id: names of rights} of those of some people who work here.

    In one query, to ask of many kinds whether one may see them.
    """
    held = {}
    rows = User.objects.active().filter(pk__in=ids).order_by()
    for pk, grants in rows.values_list("pk", "roles__grants"):
        held.setdefault(pk, set()).update(grants or ())
    return held


def relations(model):
    """Return {name: field} of the foreign keys of a kind that lead to records.

    A list of several kinds has no model of its own, and none.
    """
    if model is None:
        return {}
    return {
        field.name: field
        for field in model._meta.concrete_fields
        if field.many_to_one and issubclass(field.related_model, Record)
    }


def seen_from(records, user, names=None):
    """Return what `seen` says of all that some records of one kind refer to.

    Args:
        records: a list of records.
        user: the reader.
        names: the relations to look at, people among them; all to records if None.
    """
    wanted = defaultdict(set)
    for model in {type(record) for record in records}:
        fields = relations(model).values()
        if names is not None:
            fields = [model._meta.get_field(name) for name in names]
        for field in fields:
            of_kind = wanted[field.related_model]
            of_kind.update(
                getattr(record, field.attname)
                for record in records
                if type(record) is model
            )
    return seen(user, wanted)


def is_named(record, name, seen_ids):
    """Say whether a relation of a record is told by name.

    Args:
        record: the record that refers.
        name: the relation.
        seen_ids: what `seen` or `seen_from` says.
    """
    field = record._meta.get_field(name)
    if name in record.names_along or not issubclass(field.related_model, Record):
        return True
    return getattr(record, field.attname) in seen_ids.get(field.related_model, ())


def sort_key(model, path, user):
    """Return what rows are sorted by: a path, told only of related rows one may see.

    Args:
        model: the kind of the rows.
        path: a column, or `relation__column`.
        user: the reader; None where only the kind of order is asked for.
    """
    name, _, column = path.partition("__")
    field = relations(model).get(name)
    if field is None or not column:
        return F(path)
    others = field.related_model.objects.order_by()
    if user is None or others.visibility(user).is_everything:
        return F(path)
    target = others.visible_to(user).filter(pk=OuterRef(name))
    return Subquery(target.values(column)[:1])
