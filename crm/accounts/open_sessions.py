"""Where people are signed in: noted as they work, listed for them, ended by them.

A session lasts as long as somebody works in it: it ends CRM_SESSION_IDLE_MINUTES after
the last request, and never in mid-sentence.
"""

import time
from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from crm.models import OpenSession

#: A session is noted as seen no more often than this.
STEP = 60  # seconds
MOST_REMEMBERED = 10_000
_seen = {}


def idle_time():
    """Return how long a session lasts without a request."""
    return timedelta(minutes=settings.CRM_SESSION_IDLE_MINUTES)


class SeenMiddleware:
    """Let a session last while somebody works in it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Pass the request on; it is noted once its person is known."""
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Note that the session of a page for people is in use."""
        if getattr(view, "login_required", True) and request.user.is_authenticated:
            _note(request, request.user)


def opened(request, person):
    """Note a session that has just begun; sweep those that are over."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    person.open_sessions.exclude(session_key__in=_live_keys()).delete()
    _note(request, person)


def _note(request, person):
    key, now = request.session.session_key, time.monotonic()
    step = min(STEP, idle_time().total_seconds() / 4)
    if key is None or now - _seen.get(key, -step) < step:
        return
    if len(_seen) >= MOST_REMEMBERED:
        _seen.clear()
    _seen[key] = now
    moment = timezone.now()
    Session.objects.filter(pk=key).update(expire_date=moment + idle_time())
    noted = OpenSession(
        person_id=person.pk,
        session_key=key,
        device=request.META.get("HTTP_USER_AGENT", "")[:300].replace("\0", ""),
        address=request.META.get("REMOTE_ADDR", "")[:45],
        seen_at=moment,
    )
    OpenSession.objects.bulk_create(
        [noted],
        update_conflicts=True,
        unique_fields=["session_key"],
        update_fields=["device", "address", "seen_at"],
    )


def renew(request):
    """Give a session another id: one that was stolen before is worth nothing."""
    old = request.session.session_key
    request.session.cycle_key()
    renamed = OpenSession.objects.filter(session_key=old)
    renamed.update(session_key=request.session.session_key)


def open_sessions_of(person):
    """Return the sessions in which a person is signed in now, the latest first."""
    return person.open_sessions.filter(session_key__in=_live_keys())


def end(sessions):
    """End some open sessions: their next request has to sign in."""
    keys = list(sessions.values_list("session_key", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    OpenSession.objects.filter(session_key__in=keys).delete()


def end_all(person, *, but=None):
    """End every session of a person, except the one with a certain id."""
    end(person.open_sessions.exclude(session_key=but))


def forget_over():
    """Drop what is kept of sessions that have ended by themselves."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    yesterday = timezone.now() - timedelta(days=1)
    over = OpenSession.objects.filter(seen_at__lt=yesterday)
    over.exclude(session_key__in=Session.objects.values("pk")).delete()


def device_words(agent):
    """Return browser and system of a User-Agent in words: "Chrome · Windows"."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return " · ".join(filter(None, (browser, system))) or agent[:60]


#: The first sign that occurs counts: Edge says Chrome too, and Chrome says Safari.
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def _live_keys():
    return Session.objects.filter(expire_date__gt=timezone.now()).values("pk")
