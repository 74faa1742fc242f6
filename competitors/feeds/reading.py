"""Reading a source: what is new of what it tells waits to be taken."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from competitors.feeds.fetching import fetch
from competitors.feeds.parsing import parse
from competitors.feeds.trouble import Unread
from competitors.models import FeedEntry, NewsSource

#: Entries of a feed that are looked at, the newest; and those of it that may wait.
AT_ONCE, MOST_WAITING = 200, 1_000
#: What is older, or has waited longer, is no news any more.
FRESH = timedelta(days=60)
#: So long it is known what was decided upon, lest a feed tell it anew.
KNOWN = timedelta(days=400)
Waiting = FeedEntry.State.WAITING


def read(source):
    """Ask a source for what is new; note it, or what was in the way.

    Nothing is locked while its site is waited for.
    """
    noted = {"last_read_at": timezone.now(), "last_error": "", "last_status": None}
    found = None
    try:
        answer = fetch(source.url, etag=source.etag, modified=source.modified)
        if answer.body is not None:
            found = parse(answer.body, charset=answer.charset, url=answer.url)
            noted |= {
                "etag": _mark("etag", answer.etag),
                "modified": _mark("modified", answer.modified),
            }
    except Unread as unread:
        noted |= {"last_error": unread.reason, "last_status": unread.status}
    with transaction.atomic():
        same = NewsSource.objects.filter(pk=source.pk, url=source.url)
        if same.select_for_update(no_key=True).exists():
            same.update(**noted)
            if found:
                _keep(source, found)


def _mark(column, text):
    """Return what a site marks its answer by, if it can be kept and said again."""
    longest = NewsSource._meta.get_field(column).max_length
    return text if text.isprintable() and len(text) <= longest else ""


def _keep(source, found):
    """Let the newest wait that are not known yet; the first of a name counts."""
    today = timezone.localdate()
    dated = {item.guid: (item.day or today, item) for item in reversed(found)}
    fresh = [one for one in reversed(dated.values()) if one[0] >= today - FRESH]
    newest = sorted(fresh, key=lambda one: one[0], reverse=True)[:AT_ONCE]
    known = source.entries.filter(guid__in=[item.guid for _day, item in newest])
    known = set(known.values_list("guid", flat=True))
    room = MOST_WAITING - source.entries.filter(state=Waiting).count()
    new = [(day, item) for day, item in newest if item.guid not in known]
    FeedEntry.objects.bulk_create(
        (
            FeedEntry(
                source=source,
                guid=item.guid,
                title=item.title,
                link=item.link,
                summary=item.summary,
                published_on=day,
            )
            for day, item in reversed(new[: max(room, 0)])
        ),
        ignore_conflicts=True,
    )


def forget():
    """Drop what nobody took in time, and in the end what was decided upon."""
    now = timezone.now()
    FeedEntry.objects.filter(state=Waiting, found_at__lt=now - FRESH).delete()
    FeedEntry.objects.filter(found_at__lt=now - KNOWN).delete()
