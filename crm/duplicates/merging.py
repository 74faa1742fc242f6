"""合并: some rows become one of them, and everything that hangs on them goes to it."""

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.duplicates import moving
from crm.duplicates.matching import look_at
from crm.duplicates.models import Merge, Pair
from crm.duplicates.moving import unheard
from crm.guards.actor import acting
from crm.guards.refusals import explained
from crm.models.groups import asked
from crm.notices.sending import notify

#: More rows are not brought together at once: nobody can look at them side by side.
MOST = 6
VERB = "merged"


def locked(model, pks):
    """Return {pk: row} of the live ones among some rows, locked in one order.

    Nobody comes to refer to them meanwhile: whoever is adding what hangs on one of
    them has added it when that moves, and whoever comes later finds it gone.
    """
    rows = model.objects.filter(pk__in=pks).order_by("pk").select_related(None)
    return {row.pk: row for row in rows.select_for_update(of=("self",))}


def refuse(winner, losers, by):
    """Refuse what may not, or cannot, become one.

    Args:
        winner: the row that is kept.
        losers: the others.
        by: who wants that.

    Raises:
        PermissionDenied: the person may not change the one, or delete the others.
        ValidationError: why they cannot become one at present.
    """
    if not winner.allowed(by, "change") or not all(
        {"change", "delete"} <= row.allowed(by, "change", "delete") for row in losers
    ):
        raise PermissionDenied
    if not losers or winner in losers or len(losers) >= MOST:
        raise ValidationError(_("Choose which one is kept, and what goes into it."))
    if not winner.is_registered and any(row.is_registered for row in losers):
        raise ValidationError(
            _("What stands in the books cannot go into what does not. Keep “%s”.")
            % next(row for row in losers if row.is_registered)
        )
    pks = [row.pk for row in (winner, *losers)]
    moving.refuse_waiting(type(winner), pks)


def merge(winner, losers, *, by, choices=None, advance=unheard):
    """Make some rows one; return the `Merge`.

    All of them are locked (`locked`) and as the person has seen them.

    Args:
        winner: the row that is kept.
        losers: the others; they go to the recycle bin, their addresses lead to it.
        by: who merges.
        choices: {field: the row whose value is kept}; what is left out stays.
        advance: is told how many rows have moved, each time.

    Raises:
        PermissionDenied, ValidationError: as `refuse`, or what PostgreSQL says.
    """
    refuse(winner, losers, by)
    try:
        with acting(by, verb=VERB):
            done = _merged(winner, losers, by, choices or {}, advance)
            connection.check_constraints()
    except IntegrityError as error:
        raise explained(error, type(winner)) from error
    winner.refresh_from_db()
    look_at(winner)
    for person in {row.owner_id for row in (winner, *losers)}:
        notify(person, "merged", winner, by=by)
    return done


def _merged(winner, losers, by, choices, advance):
    model, pks = type(winner), [row.pk for row in losers]
    values = _chosen(winner, losers, choices)
    done = Merge.objects.create(
        kind=model._meta.label_lower,
        winner_id=winner.pk,
        losers=pks,
        went_in=[str(row) for row in losers],
        by=by,
    )
    moved, changed = [], []
    for loser in losers:
        went, took = moving.move(loser, winner, advance)
        moved, changed = moved + went, changed + took
    gone = model.objects.filter(pk__in=pks)
    gone.update(deleted_at=timezone.now(), deleted_by=by)
    done.fields = _kept(winner, values)
    for one in moved:  # as they are now that all has moved
        one["rows"] = moving.versions(apps.get_model(one["model"]), one["rows"])
    done.moved = [*moved, *({"took": one} for one in changed)]
    done.save(update_fields=["fields", "moved"])
    _decide(model, winner, pks, by)
    return done


def _chosen(winner, losers, choices):
    """Return {column: value} of what the row that is kept is to say."""
    rows, values = {row.pk: row for row in (winner, *losers)}, {}
    for name in asked(type(winner)):
        field = winner._meta.get_field(name)
        source = rows.get(choices.get(name), winner)
        if field.many_to_many:
            continue
        value = getattr(source, field.attname)
        if field.related_model is type(winner) and value in rows:
            value = None  # one of these is what it belonged to: now that is itself
        elif value is None and not field.blank:
            value = getattr(winner, field.attname)  # whose it is: nobody's is no choice
        values[field.attname] = value
    return values


def _kept(winner, values):
    """Give the row the chosen values; return {column: [before, after]} as JSON."""
    winner.refresh_from_db()
    along = {n: moving.plain(winner, n) for n in sum(moving.along(winner).values(), ())}
    before = {name: moving.plain(winner, name) for name in values}
    for name, value in values.items():
        setattr(winner, name, value)
        if value != before[name]:
            for other in moving.along(winner).get(name, ()):
                setattr(winner, other, None)  # as PostgreSQL does
    after = {name: moving.plain(winner, name) for name in values}
    changed = [name for name in values if before[name] != after[name]]
    if changed:
        fields = {winner._meta.get_field(_field(winner, n)).name for n in changed}
        others = {field.name for field in winner._meta.concrete_fields} - fields
        winner.full_clean(exclude=others, validate_unique=False)
        winner.save(update_fields=sorted(fields))
        winner.refresh_from_db()
    changed += [name for name in along if moving.plain(winner, name) != along[name]]
    before |= along
    return {name: [before[name], moving.plain(winner, name)] for name in changed}


def _field(row, attname):
    return next(f.name for f in row._meta.concrete_fields if f.attname == attname)


def _decide(model, winner, losers, by):
    """The pairs among the rows are decided; what is not the same stays so."""
    ids = [winner.pk, *losers]
    pairs = Pair.objects.filter(
        kind=model._meta.label_lower, low_id__in=ids, high_id__in=ids
    )
    pairs.update(state=Pair.State.MERGED, decided_by=by, decided_at=Now())
    refused = Pair.objects.naming(model, *losers).filter(state=Pair.State.DISMISSED)
    others = {
        (pair.high_id if pair.low_id in losers else pair.low_id, pair)
        for pair in refused
    }
    Pair.objects.bulk_create(
        [
            Pair(
                kind=pair.kind,
                low_id=min(winner.pk, other),
                high_id=max(winner.pk, other),
                score=pair.score,
                reasons=pair.reasons,
                state=Pair.State.DISMISSED,
                decided_by_id=pair.decided_by_id,
                decided_at=pair.decided_at,
            )
            for other, pair in others
            if other not in ids
        ],
        ignore_conflicts=True,
    )
