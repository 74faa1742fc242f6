"""Which rows a bulk action is about: fixed once, with the versions that were seen."""

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import BooleanField, Case, Count, Value, When
from django.utils.translation import gettext as _

from crm.bulk.deeds import deed_of
from crm.bulk.models import BulkAction, BulkRow

#: Rows of one action; of more, half a company would change in one go.
MOST = 100_000
#: Long lists are looked through once.
PATIENCE = "SET LOCAL statement_timeout = '30s'"
FIXED = (
    "INSERT INTO bulk_bulkrow (bulk_id, label, object_id, seen, state, detail)"
    " SELECT %s, %s, found.id, found.version,"
    " CASE WHEN found.may THEN 'waiting' ELSE 'left_out' END, '' FROM ({}) AS found"
)


@transaction.atomic
def choose(rows, act, *, by, given=None):
    """Return a new action on rows; what `by` may not change is left out.

    Args:
        rows: of one kind, as the person sees them.
        act: one of `BulkAction.Act`.
        by: whose action it is.
        given: what is known already of what is to be done.

    Raises:
        ValidationError: there are too many of them, or none.
    """
    label = rows.model._meta.label_lower
    bulk = BulkAction.objects.create(
        person=by, label=label, act=act, given=given or {}, changed_by=by
    )
    may = deed_of(bulk, by).allowed()
    allowed = (
        Case(When(may, then=True), default=False, output_field=BooleanField())
        if may
        else Value(True)
    )
    found = rows.order_by().annotate(may=allowed).values("id", "version", "may")
    asked, values = found[: MOST + 1].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
        cursor.execute(FIXED.format(asked), [bulk.pk, label, *values])
        total = cursor.rowcount
    _refuse(total)
    BulkAction.objects.filter(pk=bulk.pk).update(total=total)
    bulk.refresh_from_db()
    return bulk


def _refuse(total):
    if not total:
        raise ValidationError(_("Nothing was chosen."))
    if total > MOST:
        raise ValidationError(
            _("More than %s records at once: narrow the conditions.") % f"{MOST:,}"
        )


def counts_of(bulk):
    """Return {(label, state): number} of the rows of an action."""
    rows = BulkRow.objects.filter(bulk=bulk).order_by()
    return {
        (label, state): number
        for label, state, number in rows.values_list("label", "state").annotate(
            number=Count("pk")
        )
    }
