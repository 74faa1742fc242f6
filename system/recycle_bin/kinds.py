"""What lies in the recycle bin for a person, of all kinds of records at once."""

from django.apps import apps
from django.db.models import CharField, F, Value

from crm.duplicates.models import Merge
from crm.kinds import business
from crm.lists.mixed import read_mixed
from crm.models import User
from crm.queries.ids import any_of
from crm.queries.unions import together
from crm.rights.permissions import permission


def restorable_kinds(user):
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
    # What was merged comes back by taking that back.
    return Merge.objects.left_out_of(mine.exclude(deleted_at=None))


def bin_rows(querysets):
    """Return rows of several kinds as {of_kind, row_id, deleted_at}, in one query."""
    parts = [
        rows.annotate(
            of_kind=Value(rows.model._meta.label_lower, output_field=CharField()),
            row_id=F("pk"),
        ).values("of_kind", "row_id", "deleted_at")
        for rows in querysets
    ]
    return together(parts) if parts else User.objects.none()


def loaded(rows):
    """Return the records of some rows of `bin_rows`; no query for each kind."""
    numbers = {}
    for row in rows:
        numbers.setdefault(row["of_kind"], []).append(row["row_id"])
    found = read_mixed(
        [
            apps.get_model(label).everything.filter(any_of("pk", pks))
            for label, pks in numbers.items()
        ],
        people=("deleted_by",),
    )
    return [found[row["of_kind"], row["row_id"]] for row in rows]
