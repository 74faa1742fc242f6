"""Who merges, and takes that back: the request that asks, or a job where it is long.

A job does it as the request would: whole, in one transaction. Killed, it has done
nothing and is taken up again; meanwhile it says how far it is.
"""

from functools import partial

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.duplicates import merging, moving
from crm.duplicates.models import Merge
from crm.duplicates.undoing import refuse_to_undo, undo
from crm.jobs.asking import ask
from crm.jobs.background import background
from crm.jobs.models import Job

#: So many rows move while somebody waits.
AT_ONCE = 200


def merge(pair, winner, losers, *, by, choices):
    """Make rows one, or have that done; return the job, None if it is done.

    Args:
        pair: the `Pair` that was looked at.
        winner, losers, by, choices: as `merging.merge` takes them.

    Raises:
        PermissionDenied, ValidationError: as that does.
    """
    if moving.weight(type(winner), [row.pk for row in losers]) <= AT_ONCE:
        merging.merge(winner, losers, by=by, choices=choices)
        return None
    merging.refuse(winner, losers, by)
    return _asked(
        carry_out,
        _key(pair),
        by,
        kind=winner._meta.label_lower,
        winner=winner.pk,
        losers=[row.pk for row in losers],
        choices=choices,
        versions=[[row.pk, row.version] for row in (winner, *losers)],
    )


def take_back(done, *, by):
    """Take a merge back, or have that done; return (the job, None), or (None, kept).

    Args:
        done: the `Merge`, locked.
        by: who takes it back.

    Raises:
        PermissionDenied, ValidationError: as `undoing.undo` does.
    """
    if done.weight <= AT_ONCE:
        return None, undo(done, by=by)
    refuse_to_undo(done, by)
    return _asked(take_apart, _key(done), by, pk=done.pk), None


def job_of(subject):
    """Return the job that merges a `Pair` or takes a `Merge` back, None without one."""
    return Job.objects.unfinished().filter(key__startswith=_key(subject)).first()


def _key(subject):
    return f"{subject._meta.model_name}-{subject.pk}-"


def _asked(work, key, by, **given):
    """Ask for it once at a time; what failed may be asked for again."""
    jobs = Job.objects.filter(key__startswith=key)
    if job := jobs.unfinished().first():
        raise ValidationError(
            _("This is being done in the background already.")
            if job.person_id == by.pk
            else _("Somebody else is having this done already."),
            code="conflict",
        )
    last = jobs.order_by("-pk").values_list("pk", flat=True).first()
    return ask(work, by=by, key=f"{key}{last or 0}", **given)


@background(gettext_lazy("Merge records"))
def carry_out(context, kind, winner, losers, choices, versions):
    """Merge what was seen, all at once."""
    model, pks = apps.get_model(kind), [winner, *losers]
    seen = model.objects.visible_to(context.by).filter(pk__in=pks)
    rows = merging.locked(model, set(seen.values_list("pk", flat=True)))
    if [[pk, rows[pk].version] for pk in pks if pk in rows] != versions:
        raise ValidationError(
            _("One of these was changed meanwhile: look at them again.")
        )
    context.total = moving.weight(model, losers)
    merging.merge(
        rows.pop(winner),
        [rows[pk] for pk in losers],
        by=context.by,
        choices=choices,
        advance=partial(_advance, context),
    )
    context.done = context.total


@background(gettext_lazy("Take a merge back"))
def take_apart(context, pk):
    """Take a merge back, all at once."""
    merges = Merge.objects.select_for_update(of=("self",), no_key=True)
    done = merges.filter(
        pk=pk, pk__in=Merge.objects.visible_to(context.by).order_by().values("pk")
    ).first()
    if done is None:
        raise ValidationError(_("One of these is not there any more."))
    context.total = done.weight
    undo(done, by=context.by, advance=partial(_advance, context))
    context.done = context.total


def _advance(context, number):
    context.done = min(context.done + number, context.total)
