"""Emptying the recycle bin of what is old: for good, and only what nothing needs."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.duplicates.models import Merge
from crm.guards.actor import acting
from crm.jobs.background import background
from crm.jobs.models import Schedule
from crm.kinds import business
from system.upkeep import RIGHT

#: Records that one slice looks at.
AT_ONCE = 25
#: After so many days, if no schedule says otherwise.
USUAL = 180


@background(_("Empty the recycle bin of what is old"), permission=RIGHT)
def purge(context):
    """Delete some records for good that have lain in the bin long enough.

    What was ever submitted for approval, and whatever other rows refer to, stays: see
    `purged`. Kinds that refer to others come first, and free those.
    """
    kinds = business()[::-1]
    place, after = context.place or (0, 0)
    context.total = len(kinds)
    ids = _old(kinds[place], after)
    for pk in ids:
        purged(kinds[place], pk, by=context.by)
    if len(ids) == AT_ONCE:
        return place, ids[-1]
    context.done = place + 1
    return (place + 1, 0) if place + 1 < len(kinds) else None


def _old(model, after):
    """Return the ids of the next records of a kind that have lain long enough."""
    since = timezone.now() - timedelta(days=Schedule.days_of(purge, USUAL))
    rows = model.everything.filter(deleted_at__lt=since, pk__gt=after).order_by("pk")
    rows = Merge.objects.left_out_of(rows)  # these may be wanted back
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def purged(model, pk, *, by):
    """Delete a record for good with its parts; return whether that was possible.

    Its history stays, and says that it was deleted for good.
    """
    rows = model.everything.exclude(deleted_at=None).filter(pk=pk)
    record = rows.select_for_update(of=("self",)).first()
    if record is None:
        return False
    try:
        with transaction.atomic(), acting(by, verb="purged"):
            record.delete()
    except (ProtectedError, RestrictedError, IntegrityError):
        return False
    return True
