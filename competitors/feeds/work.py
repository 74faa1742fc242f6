"""The hourly reading of all sources, one in each slice; and of one at once."""

from django.utils.translation import gettext_lazy as _

from competitors.feeds.hosts import is_anybody_named
from competitors.feeds.reading import read
from competitors.models import NewsSource
from crm.jobs.background import background


def is_needed():
    """Say whether there is a source in use and a host that may be asked."""
    return is_anybody_named() and NewsSource.objects.filter(active=True).exists()


@background(
    _("Read the news of other sites"),
    permission="jobs.change_schedule",
    needed=is_needed,
)
def read_sources(context):
    """Read the next source; one that cannot be read does not hold up the others."""
    rows = NewsSource.objects.filter(active=True)
    if context.place is None:
        context.total = rows.count()
    source = rows.filter(pk__gt=context.place or 0).order_by("pk").first()
    if source is None:
        return None
    read(source)
    context.done += 1
    return source.pk


@background(_("Read the news of one site"), permission="competitors.change_newssource")
def read_source(context, source):
    """Read a source, in use or not."""
    found = NewsSource.objects.filter(pk=source).first()
    if found is not None:
        read(found)
