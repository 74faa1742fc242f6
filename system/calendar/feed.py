"""A person's calendar for other programs: read by a private address, made on request.

Who has the address is the person, as far as this page goes: it shows what the person
may see at that moment, and nothing any more once the account has ended.
"""

import secrets
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from crm.accounts.attempts import place
from crm.jobs.working_days import days_off_and_on
from crm.models import User
from system.calendar.icalendar import calendar, event
from system.calendar.models import CalendarFeed
from system.calendar.occurrences import between

#: What a feed tells of: a month back, half a year ahead.
BACK, AHEAD = timedelta(days=31), timedelta(days=183)
#: What was called off is told for so long.
REMEMBERED = timedelta(days=30)
#: How often an address is read in an hour, and how many wrong ones somebody may try.
READ, TRIED, HOUR = 60, 30, 60 * 60


@login_not_required
@require_safe
@never_cache
def feed(request, token):
    """Answer with the calendar of whoever's address it is, 404 if it is nobody's."""
    digest = digest_of(token)
    visitor = place(request.META.get("REMOTE_ADDR", ""))
    known = CalendarFeed.objects.filter(digest=digest).values_list("person", flat=True)
    person = User.objects.with_grants().filter(pk__in=known).first()
    if not _is_allowed(*((digest, READ) if person else (visitor, TRIED))):
        return HttpResponse(status=429, headers={"Retry-After": str(HOUR)})
    if person is None or not person.works_here:
        raise Http404
    with translation.override(settings.LANGUAGE_CODE):
        text = _written(person, request.build_absolute_uri)
    named = {"Content-Disposition": 'inline; filename="calendar.ics"'}
    return HttpResponse(text, "text/calendar; charset=utf-8", headers=named)


def digest_of(token):
    """Return what is kept of an address."""
    return sha256(token.encode()).hexdigest()


def _is_allowed(key, most):
    """Say whether somebody may ask once more in this hour."""
    hour = int(timezone.now().timestamp()) // HOUR
    name = f"calendar-feed-{key}-{hour}"
    if cache.add(name, 1, HOUR):
        return True
    try:
        return cache.incr(name) <= most
    except ValueError:  # forgotten just now
        return True


def _written(person, address_of):
    now = timezone.now()
    today = timezone.localdate(now)
    days = (today - BACK, today + AHEAD)
    known = days_off_and_on(*days)
    found = between(person, [person.pk], days, known, called_off_since=now - REMEMBERED)
    name = pgettext("calendar feed", "Calendar of %s") % person
    return calendar(name, (_event(one, address_of) for one in found.occurrences))


def _event(one, address_of):
    """Return the lines of an occurrence.

    What its row is called is told to who may see the row now, and to nobody else.
    """
    is_whole = one.begins_at is None
    year = f".{one.first.year}" if one.dated.yearly else ""
    host = settings.ALLOWED_HOSTS[0] if settings.PUBLIC else "crm.localhost"
    label = f"{one.dated.label}{pgettext('after a name', ': ')}"
    summary = f"{label}{one.title}" if one.dated.is_named else one.title
    return event(
        f"{one.source}.{one.pk}{year}@{host.lstrip('.')}",
        summary,
        one.first if is_whole else one.begins_at,
        one.last if is_whole else one.ends_at,
        sequence=one.version,
        changed_at=one.changed_at,
        url="" if one.is_called_off else address_of(one.url),
        place=one.place,
        is_cancelled=one.is_called_off,
        reminds=one.reminds,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def feed_settings(request):
    """Make, renew or end the address of one's own calendar; it is shown once."""
    if request.method != "POST":
        return _page(request)
    if "end" in request.POST:
        CalendarFeed.objects.filter(person=request.user).delete()
        messages.success(request, _("The address is no longer valid."))
        return redirect("calendar_feed_settings")
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(
        person=request.user,
        defaults={"digest": digest_of(token), "made_at": timezone.now()},
    )
    path = reverse("calendar_feed", args=[token])
    return _page(request, request.build_absolute_uri(path))


def _page(request, address=""):
    context = {
        "title": _("Calendar in other programs"),
        "feed": CalendarFeed.objects.filter(person=request.user).first(),
        "address": address,
    }
    return render(request, "calendar/feed.html", context)
