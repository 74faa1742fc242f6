"""How a person comes in: sessions, failures, and what one does about them."""

from django.http import Http404
from django.utils.translation import gettext as _

from crm.accounts import attempts
from crm.accounts.open_sessions import device_words, open_sessions_of
from crm.views.fresh import FreshPassword
from system.pages import ModelVerb
from system.people import administration
from system.people.views.administered import PeopleMixin

#: Failures and sessions that a person's page shows.
SHOWN = 20


def sessions_of(person):
    """Return [{pk, device, address, since, seen_at}] of where a person is signed in."""
    return [
        {
            "pk": session.pk,
            "device": device_words(session.device),
            "address": session.address,
            "since": session.since,
            "seen_at": session.seen_at,
        }
        for session in open_sessions_of(person)[:SHOWN]
    ]


def failures_of(person):
    """Return {rows, until}: the latest failures of a day, how long the lock lasts."""
    latest = list(attempts.failures(person.username, SHOWN))
    return {"rows": latest, "until": attempts.locked_until(latest)}


class UserSessions(PeopleMixin, ModelVerb):
    """End a session of somebody, or all of them, at once."""

    action = "change"

    def act(self, person):
        """End the one that is named, else all."""
        sessions, named = person.open_sessions.all(), self.request.POST.get("session")
        if named is not None:
            if not (named.isascii() and named.isdigit() and len(named) < 19):
                raise Http404
            sessions = sessions.filter(pk=named)
        administration.end_sessions(
            person, sessions, by=self.request.user, request=self.request
        )
        self.done = _("Signed out: %s") % person


class UserSecondFactor(FreshPassword, PeopleMixin, ModelVerb):
    """Remove the second factor of somebody who has lost it."""

    action = "change"

    def act(self, person):
        """Do it."""
        administration.remove_second_factor(
            person, by=self.request.user, request=self.request
        )


class UserUnlock(PeopleMixin, ModelVerb):
    """Let a person try to sign in again after many failures."""

    action = "change"

    def act(self, person):
        """Do it."""
        administration.unlock(person, by=self.request.user, request=self.request)
