"""The second factor: a code of an app, kept so that a dump betrays none."""

import base64

from allauth.mfa import signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.dispatch import receiver
from django.utils.crypto import salted_hmac

from crm.models import HistoryEntry

SALT = "crm.second_factor"


class Adapter(DefaultMFAAdapter):
    """Secrets lie encrypted, by a key that follows from SECRET_KEY."""

    def encrypt(self, text):
        """Return a secret as it is stored."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        """Return a stored secret; one of another key becomes one that nobody knows."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return generate_totp_secret()

    def get_totp_label(self, user):
        """Return the name that the app shows."""
        return user.username

    def get_totp_issuer(self):
        """Return whose code it is."""
        return settings.MFA_TOTP_ISSUER


def _cipher():
    key = salted_hmac(SALT, "key", secret=settings.SECRET_KEY, algorithm="sha256")
    return Fernet(base64.urlsafe_b64encode(key.digest()))


@receiver(signals.authenticator_added, dispatch_uid="crm.second_factor.added")
def added(request, user, authenticator, **_signal):
    """Note that somebody has set up an app; its recovery codes come with it."""
    _note(request, user, authenticator, "second_factor_added")


@receiver(signals.authenticator_removed, dispatch_uid="crm.second_factor.removed")
def removed(request, user, authenticator, **_signal):
    """Note that somebody has given up their app."""
    _note(request, user, authenticator, "second_factor_removed")


def _note(request, user, authenticator, verb):
    if authenticator.type == authenticator.Type.TOTP:
        HistoryEntry.record(user, verb, subject=user, request=request)
