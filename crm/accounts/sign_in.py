"""Sign-in: who may, how often one may try, what of it goes into the history."""

import time
from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import password_changed, password_reset
from allauth.core import context
from django.conf import settings
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.dispatch import receiver
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from crm.accounts import attempts, open_sessions
from crm.accounts.devices import device_of, remember
from crm.accounts.languages import speak, spoken
from crm.addresses import page_to_open
from crm.guards.actor import acting
from crm.models import HistoryEntry, OpenSession, User

#: How long a password that an administrator has set is good for.
TEMPORARY = timedelta(days=7)


class AccountAdapter(DefaultAccountAdapter):
    """People are entered by the system administrator; nobody signs up."""

    def is_open_for_signup(self, request):
        """Refuse every sign-up."""
        return False

    def is_reauthentication_required(self, *, app):
        """Ask for the password again only if it was not typed lately."""
        return not is_fresh(context.request)

    def set_password(self, user, password):
        """Write the new password of a person, and nothing else of them."""
        user.set_password(password)
        user.password_until = None
        with acting(user, verb="password_set"):
            user.save(update_fields=["password", "password_until"])

    def get_password_change_redirect_url(self, request):
        """Lead home, not to the form again as if nothing had happened."""
        return reverse("home")

    def is_safe_url(self, url):
        """Say whether an address to go on to is one of ours: a path, no host."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def pre_authenticate(self, request, **credentials):
        """Refuse an attempt too many, before any hash is made."""
        if not attempts.may_try(*_attempt(request, credentials)[:3]):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request, **credentials):
        """Count a failure."""
        name, address, device, person = _attempt(request, credentials)
        known = person is not None
        if attempts.failed(name, address, device, known=known):
            raise self.validation_error("too_many_login_attempts")

    def pre_login(self, request, user, **options):
        """Let nobody in on a temporary password whose time is over."""
        if user.is_password_over:
            return render(request, "account/password_over.html", status=403)
        return super().pre_login(request, user, **options)

    def post_login(self, request, user, **options):
        """Know this device the next time; go on in the language of the person.

        Where one is led is a page, whatever was typed into the address of signing in.

        What was chosen in this browser is theirs from now on; where nothing was, it
        speaks as they were spoken to before.
        """
        response = super().post_login(request, user, **options)
        if "Location" in response.headers:
            response.headers["Location"] = page_to_open(response.headers["Location"])
        remember(request, response, user)
        if chosen := spoken(request):
            user.speak(chosen)
        else:
            speak(response, user.language)
        return response


def is_fresh(request):
    """Say whether this session's person has proved who they are lately."""
    records = get_authentication_records(request, request.user)
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return any(record.get("at", 0) > since for record in records)


def _attempt(request, credentials):
    """Return (name, address, device, person) of an attempt to sign in."""
    name = str(credentials.get("username") or credentials.get("login") or "")
    person = User.objects.named(name).first()
    address = request.META.get("REMOTE_ADDR", "")
    return name, address, device_of(request, person), person


@receiver(user_logged_in, dispatch_uid="crm.accounts.signed_in")
def signed_in(request, user, **_signal):
    """Note a sign-in, and where; forget what was mistyped before."""
    HistoryEntry.record(user, "signed_in", subject=user, request=request)
    open_sessions.opened(request, user)
    address = request.META.get("REMOTE_ADDR", "")
    attempts.succeeded(user.username, address, device_of(request, user))


@receiver(user_logged_out, dispatch_uid="crm.accounts.signed_out")
def signed_out(request, user, **_signal):
    """Note a sign-out."""
    if user is not None:
        HistoryEntry.record(user, "signed_out", subject=user, request=request)
        key = request.session.session_key
        OpenSession.objects.filter(session_key=key).delete()


@receiver(user_login_failed, dispatch_uid="crm.accounts.sign_in_failed")
def sign_in_failed(credentials, request=None, **_signal):
    """Note a failed sign-in under the name that was tried."""
    name = str(credentials.get("username") or credentials.get("login") or "")
    HistoryEntry.record(None, "sign_in_failed", title=name[:150], request=request)


@receiver(password_changed, dispatch_uid="crm.accounts.password_changed")
@receiver(password_reset, dispatch_uid="crm.accounts.password_reset")
def password_set(request, user, **_signal):
    """Note that somebody chose another password; all other sessions end."""
    HistoryEntry.record(user, "password_set", subject=user, request=request)
    attempts.lift(user.username)
    open_sessions.end_all(user, but=request.session.session_key)
