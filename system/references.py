"""What refers to a row: found by looking at the models, so that none is forgotten."""

from django.apps import apps
from django.db.models import Count, F, Subquery

from crm.models import Record, User
from crm.queries.figures import Counted, capped
from crm.rights.permissions import permission


def references(model):
    """Return every foreign key that leads to a model.

    Those that nothing is reached back through count too, and those of the tables
    behind many-to-many fields.
    """
    relations = model._meta.get_fields(include_hidden=True)
    return [r.field for r in relations if r.auto_created and r.one_to_many]


def used_by(row, user, *, besides=(), parts=()):
    """Return [{label, count, url}] of what refers to a row, the recycle bin included.

    Args:
        row: the row somebody wants to delete.
        user: the reader; a link leads only to lists that they may open.
        besides: models that are told of in another way.
        parts: models of lines that belong to the row and go along: what refers to them
            refers to it.

    What PostgreSQL does not hold to hinders nobody: it stays without the row.
    """
    ways = [
        way
        for way in _ways_to(type(row), parts)
        if way[0].model not in (*besides, *parts) and way[0].db_constraint
    ]
    if not ways:
        return []
    counts = [
        Counted(field.model._base_manager.filter(**{path: row})) for field, path in ways
    ]
    own = type(row)._base_manager.filter(pk=row.pk).order_by()
    numbers = own.values_list(*counts).get()
    return [
        {
            "label": _holder(field)._meta.verbose_name_plural,
            "count": capped(number),
            "url": _list_url(field, row, user) if path == field.name else None,
        }
        for (field, path), number in zip(ways, numbers, strict=True)
        if number
    ]


def _ways_to(model, parts):
    """Return [(foreign key, path to a row of the model)], by way of its parts too."""
    direct = references(model)
    return [(field, field.name) for field in direct] + [
        (field, f"{field.name}__{line.name}")
        for line in direct
        if line.model in parts
        for field in references(line.model)
    ]


def _holder(field):
    """Return the model whose row refers: of a many-to-many table, its owner."""
    return field.model._meta.auto_created or field.model


def _list_url(field, row, user):
    model = field.model
    readable = issubclass(model, Record) and user.has_perm(permission("view", model))
    return f"{model.page('list')}?{field.name}={row.pk}" if readable else None


def owned(person, reader):
    """Return [{label, count, url}] of the live records that a person owns.

    All kinds in one query; a link leads only to lists that the reader may open.
    """
    models = [model for model in apps.get_models() if issubclass(model, Record)]
    counts = {
        model._meta.label_lower.replace(".", "_"): Subquery(
            model.objects.filter(owner=person.pk)
            .order_by()
            .annotate(whose=F("owner"))
            .values("whose")
            .annotate(n=Count("pk"))
            .values("n")
        )
        for model in models
    }
    row = User.objects.filter(pk=person.pk).order_by().values(**counts).get()
    found = []
    for model in models:
        count = row[model._meta.label_lower.replace(".", "_")]
        if count:
            readable = reader.has_perm(permission("view", model))
            url = f"{model.page('list')}?owner={person.pk}"
            found.append(
                {
                    "label": model._meta.verbose_name_plural,
                    "count": count,
                    "url": url if readable else None,
                }
            )
    return found
