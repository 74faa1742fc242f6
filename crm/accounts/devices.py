"""The devices from which somebody has signed in before, known by a signed cookie."""

import secrets

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

SALT = "crm.devices"
LASTING = 180 * 24 * 60 * 60  # seconds
MOST = 8


def device_of(request, person):
    """Return the id by which this device is known to the person, or ""."""
    if person is None:
        return ""
    kept = _kept(request).get(str(person.pk))
    if not isinstance(kept, list) or kept[1:] != [_of_password(person)]:
        return ""
    return str(kept[0])[:32]


def remember(request, response, person):
    """Let this device be known to the person who has just signed in."""
    kept = _kept(request)
    number = device_of(request, person) or secrets.token_hex(8)
    kept.pop(str(person.pk), None)
    kept[str(person.pk)] = [number, _of_password(person)]
    newest = dict(list(kept.items())[-MOST:])
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(newest, salt=SALT),
        max_age=LASTING,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _kept(request):
    """Return {person: [device, of the password]} of the cookie; {} if it is no good."""
    cookie = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    try:
        found = signing.loads(cookie, salt=SALT, max_age=LASTING)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def _of_password(person):
    """Return what changes with the password: then no device is known any more."""
    return salted_hmac(SALT, person.password).hexdigest()[:16]
