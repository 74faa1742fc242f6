"""The verbs of administering people, and what must hold after each of them.

Somebody must always be left who can give everybody their rights, and nobody takes
that from themselves. It is checked after the change, one change at a time, so it
does not matter by which way the right is lost: role, person or the role's rights.
"""

from contextlib import contextmanager

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from crm.accounts import attempts, open_sessions
from crm.accounts.sign_in import TEMPORARY
from crm.guards.actor import acting
from crm.models import HistoryEntry, User
from system.leaving.lines import refuse_left
from system.leaving.models import Handover

#: Whoever holds both can give rights back to everybody.
ADMINISTRATION = ("crm.change_user", "crm.change_role")
#: Letters and digits that nobody confuses on paper.
LEGIBLE = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 14


def administrators():
    """Return the people who can sign in and give everybody their rights."""
    rows = User.objects.active().order_by()
    for right in ADMINISTRATION:
        rows = rows.filter(roles__grants__has_key=right)
    return rows.distinct()


def administered(by, action):
    """Return the people on whom `by` may do `action`.

    Whoever is no administrator cannot become one through the account of another.
    """
    reach = by.rights.reach(f"crm.{action}_user")
    if reach is None:
        return User.objects.none()
    rows = User.objects.filter(by.rights.owned_by(reach, "pk"))
    if action == "view" or by.has_perms(ADMINISTRATION):
        return rows
    return rows.exclude(pk__in=administrators().values("pk"))


@contextmanager
def keeping_administrators(by):
    """Undo the block if it leaves nobody in charge, or `by` no longer.

    Raises:
        ValidationError: it would have.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('administrators'))")
        before, stayed = _in_charge()
        yield
        left, stays = _in_charge()
        if (before and not left) or (stayed and not stays):
            raise ValidationError(
                _("The last active system administrator cannot be disabled or demoted.")
            )
        if by.pk in before - left:
            raise ValidationError(_("Nobody disables or demotes themselves."))


def _in_charge():
    """Return the ids of the administrators, and of those without a last day."""
    rows = dict(administrators().values_list("pk", "left_on"))
    return {*rows}, {pk for pk, last_day in rows.items() if last_day is None}


@transaction.atomic
def deactivate(person, *, by):
    """Let a person sign in no more; their sessions end with the next request.

    Raises:
        ValidationError: it is oneself, the last administrator, or done already; or
            something is still left with the person.
    """
    if person.pk == by.pk:
        raise ValidationError(_("Nobody disables or demotes themselves."))
    refuse_left(person)
    with keeping_administrators(by):
        _switch(person, by, active=False, verb="deactivated")
    open_sessions.end_all(person)


def reactivate(person, *, by):
    """Let a person sign in again.

    Raises:
        ValidationError: they can already.
    """
    _switch(person, by, active=True, verb="reactivated")
    stay(person)


def _switch(person, by, *, active, verb):
    with acting(by, verb=verb):
        rows = User.objects.filter(pk=person.pk, is_active=not active)
        if not rows.update(is_active=active):
            raise ValidationError(
                _("Somebody else has dealt with this in the meantime."),
                code="conflict",
            )
    person.is_active = active


def leave(person, day, *, by):
    """Note a person's last day here; None takes it back.

    A day to come ends access by itself, whatever is left then. One that is over would
    close the account now: that is refused as closing it is.

    Raises:
        ValidationError: the day is over, and something is still left with the person.
    """
    if day is not None and day < timezone.localdate():
        refuse_left(person)
    person.left_on = day
    with acting(by, verb="left" if day else "rejoined"):
        person.save(update_fields=["left_on"])
    if day is None:
        stay(person)


def stay(person):
    """Close no account that was to be closed once nothing is left with it."""
    Handover.objects.filter(leaver=person, is_closing=True).update(is_closing=False)


def unlock(person, *, by, request):
    """Let a person's name be tried again after many failures."""
    attempts.lift(person.username)
    HistoryEntry.record(by, "unlocked", subject=person, request=request)


def end_sessions(person, sessions, *, by, request):
    """End some of a person's sessions at once; their next request has to sign in.

    Raises:
        ValidationError: they are over already.
    """
    number = sessions.count()
    if not number:
        raise ValidationError(_("The session is over already."), code="conflict")
    HistoryEntry.record(
        by,
        "session_ended",
        subject=person,
        changes={"session": [number, 0]},
        request=request,
    )
    open_sessions.end(sessions)


def remove_second_factor(person, *, by, request):
    """Let a person sign in without the app they have lost, and set up another."""
    Authenticator.objects.filter(user=person).delete()
    HistoryEntry.record(by, "second_factor_removed", subject=person, request=request)


def random_password():
    """Return a password that is long enough never to be guessed."""
    return get_random_string(LENGTH, LEGIBLE)


def set_password(person, password, *, by, request):
    """Give a person a temporary password; whoever is signed in with the old one is out.

    A lock after many failures is lifted with it.
    """
    person.set_password(password)
    person.password_until = timezone.now() + TEMPORARY
    with acting(by, verb="password_set"):
        person.save(update_fields=["password", "password_until"])
    attempts.lift(person.username)
    open_sessions.end_all(person)
    HistoryEntry.record(by, "password_set", subject=person, request=request)
