"""Sign-in: who may open an account, and what of it goes into the history."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed, password_reset
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.dispatch import receiver
from django.utils.http import url_has_allowed_host_and_scheme

from crm.history import acting
from crm.models import HistoryEntry


class AccountAdapter(DefaultAccountAdapter):
    """People are entered by the system administrator; nobody signs up."""

    def is_open_for_signup(self, request):
        """Refuse every sign-up."""
        return False

    def set_password(self, user, password):
        """Write the new password of a person, and nothing else of them."""
        user.set_password(password)
        with acting(user, verb="password_set"):
            user.save(update_fields=["password"])

    def is_safe_url(self, url):
        """Say whether an address to go on to is one of ours: a path, no host."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)


@receiver(user_logged_in, dispatch_uid="crm.accounts.signed_in")
def signed_in(request, user, **_signal):
    """Note a sign-in."""
    HistoryEntry.record(user, "signed_in", subject=user, request=request)


@receiver(user_logged_out, dispatch_uid="crm.accounts.signed_out")
def signed_out(request, user, **_signal):
    """Note a sign-out."""
    if user is not None:
        HistoryEntry.record(user, "signed_out", subject=user, request=request)


@receiver(user_login_failed, dispatch_uid="crm.accounts.sign_in_failed")
def sign_in_failed(credentials, request=None, **_signal):
    """Note a failed sign-in under the name that was tried."""
    name = str(credentials.get("username") or credentials.get("login") or "")
    HistoryEntry.record(None, "sign_in_failed", title=name[:150], request=request)


@receiver(password_changed, dispatch_uid="crm.accounts.password_changed")
@receiver(password_reset, dispatch_uid="crm.accounts.password_reset")
def password_set(request, user, **_signal):
    """Note that somebody chose another password."""
    HistoryEntry.record(user, "password_set", subject=user, request=request)
