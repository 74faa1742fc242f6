"""Looking through all that there is for duplicates, a slice at a time."""

from datetime import datetime

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.duplicates.matching import look_at_rows
from crm.duplicates.models import mergeable
from crm.duplicates.traits import EDITION
from crm.jobs.background import background
from crm.jobs.models import Job

#: Rows of one slice.
AT_ONCE = 500


@background(_("Look for duplicates"))
def scan(context, everything=False):
    """Look at the rows of every kind in the order of their ids.

    Each is compared with those before it. Rows that nobody has written since the last
    scan began have been looked at, unless everything is asked for.
    """
    place = context.place or _begin(everything)
    kinds = mergeable()
    model = kinds[place["kind"]]
    rows = _rows(model, place["since"])
    context.total = place["total"]
    pks = list(
        rows.filter(pk__gt=place["after"]).values_list("pk", flat=True)[:AT_ONCE]
    )
    if pks:
        look_at_rows(model, pks, older_alone=place["since"] is None)
        context.done += len(pks)
        return place | {"after": pks[-1]}
    if place["kind"] + 1 == len(kinds):
        return None
    return place | {"kind": place["kind"] + 1, "after": 0}


def _begin(everything):
    """Return where a scan begins: kind, row, since when rows count, how many."""
    since = None if everything else _last()
    since = since and since.isoformat()
    total = sum(_rows(model, since).count() for model in mergeable())
    return {
        "kind": 0,
        "after": 0,
        "since": since,
        "total": total,
        "edition": EDITION,
    }


def _last():
    """Return when the last scan by these traits began that came to its end, or None."""
    done = Job.objects.filter(
        task_path=scan.module_path, status=Job.Status.DONE, place__edition=EDITION
    )
    return done.aggregate(last=Max("started_at"))["last"]


def _rows(model, since):
    """Return the live rows that were written since a moment, all if it is None."""
    rows = model.objects.order_by("pk")
    if since is None:
        return rows
    moment = min(datetime.fromisoformat(since), timezone.now())
    return rows.filter(changed_at__gte=moment)
