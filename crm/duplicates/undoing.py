"""Taking a merge back: what was not touched since goes back, what was stays."""

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.duplicates import moving
from crm.duplicates.matching import look_at_rows
from crm.duplicates.models import Pair
from crm.guards.actor import acting
from crm.guards.refusals import explained
from crm.models import User

VERB = "unmerged"


def undo(merge, *, by, advance=moving.unheard):
    """Take a merge back; return [{model, row}] of what stays where it is.

    Args:
        merge: the `Merge`, locked.
        by: who takes it back.
        advance: is told how many rows have moved, each time.

    Raises:
        PermissionDenied: the person may not change the one row, or delete the others.
        ValidationError: it is taken back already, or too late, or something stands in
            the way.
    """
    model, pks = merge.model, [merge.winner_id, *merge.losers]
    rows = model.everything.filter(pk__in=pks).order_by("pk").select_related(None)
    found = {r.pk: r for r in rows.select_for_update(of=("self",), no_key=True)}
    winner = found[merge.winner_id]
    _refuse(merge, winner, by)
    try:
        with acting(by, verb=VERB):
            _undone(merge, winner, by, advance)
            connection.check_constraints()
    except IntegrityError as error:
        raise explained(error, model) from error
    look_at_rows(model, pks)
    return merge.kept


def refuse_to_undo(merge, by):
    """Refuse what cannot be taken back, or not by this person: as `undo` does."""
    _refuse(merge, merge.model.everything.get(pk=merge.winner_id), by)


def _refuse(merge, winner, by):
    if merge.undone_at is not None:
        raise _conflict(_("This merge has been taken back already."))
    if not merge.can_be_undone:
        raise _conflict(_("A merge can be taken back within 30 days."))
    if winner.deleted_at is not None:
        raise _conflict(
            _("“%s” lies in the recycle bin or was merged itself since.") % winner
        )
    losers = type(winner).everything.filter(pk__in=merge.losers)
    if not winner.allowed(by, "change") or (
        losers.visible_to(by, "delete").count() != len(merge.losers)
    ):
        raise PermissionDenied


def _conflict(words):
    return ValidationError(words, code="conflict")


def _undone(merge, winner, by, advance):
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.save(update_fields=["undone_at", "undone_by"])
    kept = _fields_back(merge, winner)
    losers = type(winner).everything.filter(pk__in=merge.losers)
    losers.update(deleted_at=None, deleted_by=None)
    _give_on(losers, winner)
    moved = [one for one in merge.moved if "took" not in one]
    same = [_untouched(merge, one) for one in moved]  # before any of them goes
    for one, pks in zip(moved, same, strict=True):
        kept += _rows_back(one, pks, advance)
    for one in merge.moved:
        kept += _text_back(**one["took"]) if "took" in one else []
    merge.kept = kept
    merge.save(update_fields=["kept"])
    pairs = Pair.objects.naming(type(winner), *merge.losers)
    ids = [winner.pk, *merge.losers]
    pairs.filter(low_id__in=ids, high_id__in=ids, state=Pair.State.MERGED).update(
        state=Pair.State.OPEN, decided_by=None, decided_at=None
    )


def _fields_back(merge, winner):
    """Give the row back what it said; return what was changed since."""
    back, kept = {}, []
    stays = _stay(merge, winner)
    for name, (before, after) in merge.fields.items():
        if moving.plain(winner, name) == after and name not in stays:
            back[name] = before
        else:
            kept.append({"model": merge.kind, "row": winner.pk, "field": name})
    _write(winner, back)
    return kept


def _stay(merge, winner):
    """Return the columns that stay as they are whatever was changed since.

    An owner who cannot have the row any more does not come back; what went along with
    a column goes back with it alone, and nobody comes back only with that.
    """
    stays = set()
    for name, along in {"owner_id": (), **moving.along(winner)}.items():
        before, after = merge.fields.get(name, (None, None))
        lacks = before is None and not {*along} & {*merge.fields}
        is_blind = name == "owner_id" and before and _is_blind(before, winner)
        if lacks or is_blind or moving.plain(winner, name) != after:
            stays |= {name, *along}
    return stays


def _is_blind(person, row):
    """Say whether somebody has left, or may not see rows of its kind any more."""
    return not User.objects.seeing(type(row)).filter(pk=person).exists()


def _give_on(rows, winner):
    """Let the winner's owner have what belonged to who cannot have it any more.

    Raises:
        ValidationError: they cannot have it either.
    """
    if any(field.name == "owner" for field in rows.model._meta.concrete_fields):
        able = User.objects.seeing(rows.model)
        owned = rows.exclude(owner=None)  # nobody's stays where it is
        lost = owned.exclude(owner__in=able.values("pk"))
        if not able.filter(pk=winner.owner_id).exists() and lost.exists():
            raise ValidationError(
                _("The owner of “%s” has left, or may not see all of it: transfer it.")
                % winner,
                code="conflict",
            )
        lost.update(owner=winner.owner_id)


def _write(row, values):
    """Write columns that JSON kept."""
    fields = {field.attname: field for field in row._meta.concrete_fields}
    for name, value in values.items():
        setattr(row, name, fields[name].to_python(value))
    if values:
        row.save(update_fields=[fields[name].name for name in values])


def _text_back(model, row, before, after):
    """Take out of a row what it had taken over; return it if it was touched."""
    kind = apps.get_model(model)
    rows = kind._base_manager.filter(pk=row).order_by()
    found = rows.select_for_update(of=("self",), no_key=True).first()
    if found is None or any(moving.plain(found, n) != after[n] for n in after):
        return [{"model": model, "row": row}]
    _write(found, before)
    return []


def _untouched(merge, moved):
    """Return the ids of those moved rows that are as the merge has left them."""
    kind = apps.get_model(moved["model"])
    asked = dict(moved["rows"])
    rows = kind._base_manager.filter(
        **{moved["field"]: merge.winner_id, "pk__in": list(asked)}
    )
    rows = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
    there = list(rows.values_list("pk", flat=True))
    waits = getattr(kind, "merge_waits", None)
    if waits:  # somebody is to decide on them
        there = list(rows.exclude(waits).values_list("pk", flat=True))
    return [pk for pk, now in moving.versions(kind, there) if now == asked[pk]]


def _rows_back(moved, same, advance):
    """Let untouched rows hang where they hung; return the others."""
    kind = apps.get_model(moved["model"])
    for pks in moving.batches(same):
        link = kind._meta.get_field(moved["field"])
        moving.redirect(link, pks, moved["from"], moved["set"])
        advance(len(pks))
    others = {pk for pk, _version in moved["rows"]} - set(same)
    return [{"model": moved["model"], "row": pk} for pk in sorted(others)]
