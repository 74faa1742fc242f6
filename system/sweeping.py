"""What nobody asks for any more is removed: files of uploads, notices long read.

Only files that have lain still for an hour go, lest they be just being written.
"""

import re
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from competitors.feeds import reading
from crm import contents
from crm.accounts import open_sessions
from crm.bulk.models import BulkAction
from crm.guards.actor import acting
from crm.jobs.models import Cancellation, Job, Progress
from crm.kinds import kinds
from crm.models import Bookmark, Intake
from crm.notices.models import Letter, Notice, Reminded
from crm.papers.models import PaperRun
from crm.rights.permissions import memberships
from system.models import ImportRun

HOUR = 60 * 60
#: An import that nobody has gone on with for so long is given up.
ABANDONED = timedelta(days=1)
#: So long can one look up what one was told.
REMEMBERED = timedelta(days=90)
LATELY = timedelta(days=7)
A_YEAR = timedelta(days=400)
JOBS_AT_ONCE = 500
_DIGEST = re.compile("[0-9a-f]{64}")


def sweep():
    """Remove the files that nothing needs; return (how many, how many bytes).

    Needed are contents that a row or a decision on a contract speaks of, and all that
    belongs to an import under way; all of it while a backup is being made.
    """
    old = [path for path in _files() if _is_still(path)]
    with transaction.atomic():
        return _swept(old) if old and contents.may_go() else (0, 0)


def _swept(old):
    importing, spoken_of = _importing(), contents.spoken_of()
    count = size = 0
    for path in old:
        digest, _dot, rest = path.name.partition(".")
        if digest in importing or (not rest and digest in spoken_of):
            continue
        taken = path.stat().st_size
        if _is_still(path):  # nobody has handed in the same content meanwhile
            path.unlink(missing_ok=True)
            count, size = count + 1, size + taken
    return count, size


def forget_intake():
    """Drop the notes of what people handed in on earlier days."""
    Intake.objects.filter(at__lt=timezone.now() - 2 * ABANDONED).delete()


def forget_notices():
    """Drop old notices that their person has read, or was to get by mail alone."""
    since = timezone.now() - REMEMBERED
    over = Q(read_at__isnull=False) | Q(in_bell=False)
    Notice.objects.filter(over, at__lt=since).delete()
    Letter.objects.filter(day__lt=since.date()).delete()


def forget_reminded():
    """Drop the notes of what the clock told people more than a year ago."""
    Reminded.objects.filter(at__lt=timezone.now() - A_YEAR).delete()


def forget_sessions():
    """Drop the sessions that are over."""
    open_sessions.forget_over()


def forget_jobs():
    """Drop some of the jobs that are long over; return whether there are more.

    What the clock did, and did well, is looked up for a week, anything else as long as
    notices are.
    """
    now = timezone.now()
    by_clock = Q(person=None, status=Job.Status.DONE, finished_at__lt=now - LATELY)
    rows = Job.objects.filter(by_clock | Q(finished_at__lt=now - REMEMBERED))
    with acting(None):  # whoever has it done: not worth remembering job by job
        # Locked: one that is being done again just now is not over.
        rows = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
        ids = list(rows.order_by("pk").values_list("pk", "queued")[:JOBS_AT_ONCE])
        Cancellation.objects.filter(job__in=[pk for pk, _queued in ids]).delete()
        Progress.objects.filter(job__in=[pk for pk, _queued in ids]).delete()
        Job.objects.filter(pk__in=[pk for pk, _queued in ids]).delete()
        DBTaskResult.objects.filter(pk__in=[queued for _pk, queued in ids]).delete()
    return len(ids) == JOBS_AT_ONCE


def forget_bulk_actions():
    """Drop bulk actions that nobody confirmed, and those of long ago."""
    now, prepared = timezone.now(), BulkAction.Status.PREPARED
    given_up = Q(status=prepared, asked_at__lt=now - ABANDONED)
    BulkAction.objects.filter(given_up | Q(asked_at__lt=now - REMEMBERED)).delete()


def forget_called_off():
    """Delete calendar events of whose end other calendars have been told by now."""
    since = timezone.now() - REMEMBERED
    for model in kinds():
        for dated in getattr(model, "dated", ()):
            if dated.called_off:
                rows = model._default_manager.filter(
                    **{f"{dated.called_off}__lt": since}
                )
                rows.delete()


def forget_places():
    """Take those off teams who were to read on for some time only."""
    memberships().filter(until__lt=timezone.localdate()).delete()


def forget_papers():
    """Drop the papers of many records that their person has had time to fetch."""
    PaperRun.objects.filter(asked_at__lt=timezone.now() - 2 * ABANDONED).delete()


def forget_bookmarks():
    """Drop what people have seen long since, and what leads to rows that are gone."""
    Bookmark.objects.forget()


def forget_feed_entries():
    """Drop what other sites told and nobody took as news."""
    reading.forget()


#: What is forgotten, sort by sort.
OVER = (
    forget_intake,
    forget_notices,
    forget_reminded,
    forget_sessions,
    forget_jobs,
    forget_bulk_actions,
    forget_papers,
    forget_places,
    forget_called_off,
    forget_bookmarks,
    forget_feed_entries,
)


def _files():
    """Yield the files of the attachment store that it has written itself."""
    store = Path(settings.ATTACHMENTS)
    yield from (path for path in store.glob("incoming-*") if path.is_file())
    for path in store.glob("??/??/*"):
        if _DIGEST.match(path.name) and path.is_file():
            yield path


def _is_still(path):
    try:
        return time.time() - path.stat().st_mtime > HOUR
    except FileNotFoundError:
        return False


def _importing():
    """Return the contents of the imports that somebody may still go on with."""
    since = timezone.now() - ABANDONED
    finished = Q(state=ImportRun.State.FINISHED)
    going_on = ImportRun.objects.filter(~finished, created_at__gte=since)
    return set(going_on.values_list("sha256", flat=True))
