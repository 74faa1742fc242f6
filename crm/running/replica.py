"""Reads that a streaming replica may answer: those of pages that only show.

Only where DATABASE_REPLICA_URL is set. A view says `reads_from_replica` (lists,
records, workbench, search, options, history), and then

* people, rights and sessions still come from the primary, whatever the page: a role
  taken away is gone on the very next request;
* whoever has written reads from the replica again when it has come as far as that
  write: the position in PostgreSQL's log is remembered in a signed cookie;
* a replica more than a quarter of a minute behind, or away, is not asked, and a page
  that it breaks off is made again from the primary.
"""

import re
import time
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.core import signing
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, InterfaceError, OperationalError, connections

PRIMARY, REPLICA = "default", "replica"
#: Who is who and may do what; what sign-in needs. Models of higher floors say
#: `always_primary` themselves.
ALWAYS_PRIMARY = frozenset(
    (
        "crm.user",
        "crm.role",
        "crm.roleassignment",
        "crm.department",
        "crm.deputy",
        "sessions.session",
        "django_cache.cacheentry",
    )
)
SAFE = frozenset(("GET", "HEAD"))
MINUTE = 60  # a position is remembered for longer than a replica may be behind
STEP = 5  # seconds between two looks at how far the primary is
PAUSE = 5  # seconds for which a replica that failed is left alone
POSITION = re.compile("[0-9A-F]{1,8}/[0-9A-F]{1,8}")
FARTHEST = "FFFFFFFF/FFFFFFFF"
TIMED_OUT = "57014"  # the statement took too long, and would on the primary

_reading = ContextVar("reading", default=False)
_wrote = ContextVar("wrote", default=False)


def reads_from_replica(view):
    """Mark a view function: it only shows, and may be a little behind."""
    view.reads_from_replica = True
    return view


def is_always_primary(model):
    """Say whether the rows of a model are never read from a replica."""
    listed = model._meta.label_lower in ALWAYS_PRIMARY
    return listed or getattr(model, "always_primary", False)


class Router:
    """Sends Django's queries to the replica while such a page is made."""

    def db_for_read(self, model, **hints):
        """Return where to read; rows of the replica never lead others there."""
        replica = _reading.get() and not is_always_primary(model)
        return REPLICA if replica else PRIMARY

    def db_for_write(self, model, **hints):
        """Return the primary, and note that something is written."""
        _wrote.set(True)
        return PRIMARY

    def allow_relation(self, first, second, **hints):
        """Let rows of both speak of each other: they are the same rows."""
        return True

    def allow_migrate(self, alias, app_label, **hints):
        """Change the schema of the primary only."""
        return alias == PRIMARY


class ReplicaMiddleware:
    """Decides for each request where it reads. Stands last: it calls the view."""

    def __init__(self, get_response):
        if REPLICA not in settings.DATABASES:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.tide = Tide()
        self.away_until = 0.0

    def __call__(self, request):
        """Pass the request on; remember how far the log was after a write."""
        _wrote.set(False)
        response = self.get_response(request)
        if request.method not in SAFE or _wrote.get():
            remember(response)
        return response

    def process_view(self, request, view, args, kwargs):
        """Make a page from the replica; return None to have the primary make it."""
        shows = getattr(view, "view_class", view)
        if request.method not in SAFE or not getattr(
            shows, "reads_from_replica", False
        ):
            return None
        if not self._is_near(request):
            return None
        try:
            with reading():
                response = view(request, *args, **kwargs)
                # Templates read as well, and Django would draw them later.
                return response.render() if hasattr(response, "render") else response
        except (OperationalError, InterfaceError) as error:
            if getattr(error.__cause__, "pgcode", None) == TIMED_OUT:
                raise
            self._leave_alone()
            return None

    def _is_near(self, request):
        """Say whether the replica has what this person must see."""
        if time.monotonic() < self.away_until:
            return False
        wanted = max(self.tide.bound(), remembered(request), key=number)
        try:
            with connections[REPLICA].cursor() as cursor:
                cursor.execute(
                    "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [wanted]
                )
                return cursor.fetchone()[0] is True
        except DatabaseError:
            self._leave_alone()
            return False

    def _leave_alone(self):
        connections[REPLICA].close()
        self.away_until = time.monotonic() + PAUSE


class Tide:
    """How far a replica must be: where the primary was 5 to 15 seconds ago.

    Measured in the primary's own log, so neither clocks nor idle hours deceive it.
    """

    def __init__(self):
        """Know nothing yet."""
        self.marks = (float("-inf"), "0/0", "0/0")

    def bound(self):
        """Return the position; ask the primary when the last look is old."""
        taken, newest, older = self.marks
        now = time.monotonic()
        if now - taken > STEP:
            fresh = position()
            older = newest if now - taken < 2 * STEP else fresh
            self.marks = (now, fresh, older)
        return older


@contextmanager
def reading():
    """Let the block read from the replica."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def position():
    """Return how far the primary's log is, what is not yet on its disk included."""
    with connections[PRIMARY].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
        return cursor.fetchone()[0]


def number(place):
    """Return a position in the log ("16/B374D848") as a number."""
    high, low = place.split("/")
    return int(high, 16) << 32 | int(low, 16)


def remember(response):
    """Give the browser the position after which it must read."""
    try:
        place = position()
    except DatabaseError:
        place = FARTHEST
    response.set_cookie(
        settings.POSITION_COOKIE_NAME,
        signing.TimestampSigner(salt=__name__).sign(place),
        max_age=MINUTE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def remembered(request):
    """Return the position that the browser brings, if we gave it and lately."""
    given = request.COOKIES.get(settings.POSITION_COOKIE_NAME, "")
    try:
        place = signing.TimestampSigner(salt=__name__).unsign(given, max_age=MINUTE)
    except signing.BadSignature:
        return "0/0"
    return place if POSITION.fullmatch(place) else "0/0"
