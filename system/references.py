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


def used_by(row, user, *, besides=()):
    """Return [{label, count, url}] of what refers to a row, the recycle bin included.

    Args:
        row: the row somebody wants to delete.
        user: the reader; a link leads only to lists that they may open.
        besides: models that are told of in another way.

    What PostgreSQL does not hold to hinders nobody: it stays without the row.
    """
    fields = [
        field
        for field in references(type(row))
        if field.model not in besides and field.db_constraint
    ]
    if not fields:
        return []
    counts = [
        Counted(field.model._base_manager.filter(**{field.name: row}))
        for field in fields
    ]
    own = type(row)._base_manager.filter(pk=row.pk).order_by()
    numbers = own.values_list(*counts).get()
    return [
        {
            "label": _holder(field)._meta.verbose_name_plural,
            "count": capped(number),
            "url": _list_url(field, row, user),
        }
        for field, number in zip(fields, numbers, strict=True)
        if number
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
