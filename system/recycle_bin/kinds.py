"""What lies in the recycle bin for a person, of all kinds of records at once."""

from django.apps import apps
from django.db.models import CharField, F, Value

from crm.kinds import business
from crm.models import Record, User
from crm.permissions import permission


def kinds(user):
    """Return the models whose deleted rows a person may bring back."""
    return [
        model
        for model in business()
        if user.has_perm(permission("delete", model))
        or user.rights.registers(model) is not None
    ]


def deleted(model, user):
    """Return the deleted rows of a kind that the person may delete or register."""
    rows = model.everything.all()
    mine = rows.visible_to(user, "delete") | rows.visible_to(user, "register")
    return mine.exclude(deleted_at=None)


def together(querysets):
    """Return rows of several kinds as {of_kind, row_id, deleted_at}, in one query."""
    parts = [
        rows.order_by()
        .annotate(
            of_kind=Value(rows.model._meta.label_lower, output_field=CharField()),
            row_id=F("pk"),
        )
        .values("of_kind", "row_id", "deleted_at")
        for rows in querysets
    ]
    if not parts:
        return User.objects.none()
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


def loaded(rows):
    """Return the records of some rows of `together`, a query for each kind."""
    numbers = {}
    for row in rows:
        numbers.setdefault(row["of_kind"], []).append(row["row_id"])
    found = {}
    for label, pks in numbers.items():
        model = apps.get_model(label)
        records = model.everything.filter(pk__in=pks)
        for record in records.select_related("deleted_by", *_named_by(model)):
            found[label, record.pk] = record
    return [found[row["of_kind"], row["row_id"]] for row in rows]


def _named_by(model):
    """Return the relations to other records: their names are part of its own."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.is_relation and issubclass(field.related_model, Record)
    ]
