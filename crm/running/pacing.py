"""Nobody takes more than a share of the threads: who asks for much waits for it.

A search that takes seconds holds a thread and a core. Ten of one person's, sent at
once, would hold them all, and everybody else would stand still.
"""

from collections import Counter
from threading import Condition

from django.contrib.auth import SESSION_KEY
from django.shortcuts import render
from django.utils.translation import gettext as _

from crm.running import environment

#: Seconds that a request waits for an earlier one of the same person; it holds a
#: thread meanwhile. Several tabs opened at once are drawn within that time.
PATIENCE = 0.5
#: After so many seconds a browser may ask again.
AGAIN = 2


class PacingMiddleware:
    """Look things up in at most half a process's threads for one person at a time.

    What is to be saved is never refused: the form would be lost.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.most = max(1, environment.number("CRM_THREADS", 4) // 2)
        self.running, self.freed = Counter(), Condition()

    def __call__(self, request):
        """Answer, or say that earlier requests of this person are still running."""
        person = request.session.get(SESSION_KEY)
        if person is None or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        if not self._enters(person):
            return self._refuse(request)
        try:
            return self.get_response(request)
        finally:
            self._leaves(person)

    def _enters(self, person):
        with self.freed:
            free = self.freed.wait_for(
                lambda: self.running[person] < self.most, PATIENCE
            )
            self.running[person] += free
            return free

    def _leaves(self, person):
        with self.freed:
            self.running[person] -= 1
            if not self.running[person]:
                del self.running[person]
            self.freed.notify_all()

    @staticmethod
    def _refuse(request):
        said = _("Your earlier requests are still running. Wait a moment, try again.")
        answer = render(request, "429.html", {"reason": said}, status=429)
        answer.headers["Retry-After"] = AGAIN
        return answer
