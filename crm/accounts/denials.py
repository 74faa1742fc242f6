"""What people were refused stands in the history: who, what, from where."""

import logging
import time
from collections import OrderedDict, deque

from django.db import DatabaseError, InterfaceError

from crm.models import HistoryEntry
from crm.running.logging import SECRET
from crm.text import single_line

log = logging.getLogger(__name__)

REFUSALS = frozenset((403, 404, 429))
#: In a minute, of one person or address and in one process: whoever tries doors by
#: the thousand must not fill the history. The log has a line for each of them.
MOST_NOTED, MINUTE = 30, 60
MOST_KNOWN = 1000


class DenialMiddleware:
    """Notes what a signed-in person may not do or see, and attempts that a limit stops.

    A row that may not be seen and one that is missing are noted alike, or the time
    that it takes would tell them apart.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.noted = OrderedDict()

    def __call__(self, request):
        """Answer; a note that cannot be written changes nothing."""
        response = self.get_response(request)
        if response.status_code in REFUSALS and request.resolver_match is not None:
            self._note(request, response.status_code)
        return response

    def _note(self, request, status):
        person = request.user if request.user.is_authenticated else None
        if person is None and status != 429:
            return
        who = person.pk if person else request.META.get("REMOTE_ADDR", "")
        if not self._has_room(who):
            return
        path = single_line(request.path)  # no address is too odd to be noted
        title = SECRET.sub(r"\1…", f"{status} {request.method} {path}")
        try:
            HistoryEntry.record(person, "refused", title=title, request=request)
        except (DatabaseError, InterfaceError):
            log.exception("A refusal could not be noted")

    def _has_room(self, who):
        """Say whether one more refusal of somebody is noted in this minute."""
        times, now = self.noted.setdefault(who, deque()), time.monotonic()
        self.noted.move_to_end(who)
        if len(self.noted) > MOST_KNOWN:
            self.noted.popitem(last=False)
        while times and now - times[0] > MINUTE:
            times.popleft()
        if len(times) >= MOST_NOTED:
            return False
        times.append(now)
        return True
