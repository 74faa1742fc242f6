"""How often one may try to sign in.

What stops guessing must not lock out whoever sits beside the guesser:

- ten failures for one name in a quarter of an hour close that name, known or not, to
  every device that has never signed in as that person; a device that has counts by
  itself. An administrator lifts it, a new password too.
- failures for invented names close nothing; beyond thirty from one address every
  failure there hears that there were too many, and the right password still opens.
- many real names from one address (one password tried on everybody), or hundreds of
  attempts a minute, are paced: one attempt in three seconds, before any hash is made.
"""

import ipaddress
import unicodedata
from datetime import timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from crm.models import FailedSignIn

WINDOW = timedelta(minutes=15)
OF_NAME = 10
OF_ADDRESS = 30
OF_MINUTE = 300
PACE = timedelta(seconds=3)
KEPT = timedelta(days=1)


def folded(name):
    """Return a name as it is counted, in whatever letters somebody writes it."""
    return unicodedata.normalize("NFKC", str(name)[:150]).strip().casefold()[:150]


def place(address):
    """Return what of an address counts: of IPv6 only the network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False).network_address)


def may_try(name, address, device):
    """Say whether an attempt is heard at all.

    Args:
        name: the name that was typed.
        address: where it comes from.
        device: the id by which the person's device is known, or "".
    """
    now = timezone.now()
    here = Q(address=place(address), device="")
    this = Q(name=folded(name), device=device)
    recent = FailedSignIn.objects.filter(this | here, at__gt=now - WINDOW)
    seen = recent.aggregate(
        of_name=Count("pk", filter=this),
        names=Count("name", filter=here & Q(known=True), distinct=True),
        minute=Count("pk", filter=here & Q(at__gt=now - timedelta(minutes=1))),
        last=Max("at", filter=here),
    )
    if seen["of_name"] >= OF_NAME:
        return False
    if device or (seen["names"] < OF_ADDRESS and seen["minute"] < OF_MINUTE):
        return True
    return seen["last"] < now - PACE


def failed(name, address, device, *, known):
    """Note a failure; return whether there were too many for invented names here."""
    now = timezone.now()
    FailedSignIn.objects.filter(at__lt=now - KEPT).delete()
    FailedSignIn.objects.create(
        name=folded(name), address=place(address), device=device, known=known
    )
    invented = FailedSignIn.objects.filter(
        address=place(address), device="", known=False, at__gt=now - WINDOW
    )
    return not device and invented.count() > OF_ADDRESS


def succeeded(name, address, device):
    """Forget what the person mistyped here; attempts from elsewhere go on counting."""
    mine = Q(address=place(address), device="")
    if device:
        mine |= Q(device=device)
    FailedSignIn.objects.filter(mine, name=folded(name)).delete()


def all_locked():
    """Return the names that are closed to unknown devices now, as a query."""
    recent = FailedSignIn.objects.filter(device="", at__gt=timezone.now() - WINDOW)
    counted = recent.order_by().values("name").annotate(n=Count("pk"))
    return counted.filter(n__gte=OF_NAME).values_list("name", flat=True)


def is_locked(name):
    """Say whether a name is closed to unknown devices now."""
    return all_locked().filter(name=folded(name)).exists()


def failures(name, most):
    """Return the latest failures for a name within a day, at most so many of them."""
    recent = FailedSignIn.objects.filter(
        name=folded(name), at__gt=timezone.now() - KEPT
    )
    return recent.order_by("-at", "-pk")[:most]


def locked_until(latest):
    """Return until when a name is closed to unknown devices, or None.

    Args:
        latest: its failures, the latest first; `OF_NAME` of them decide.
    """
    unknown = [one.at for one in latest if not one.device]
    if len(unknown) < OF_NAME:
        return None
    until = unknown[OF_NAME - 1] + WINDOW
    return until if until > timezone.now() else None


def lift(name):
    """Let a name be tried again."""
    FailedSignIn.objects.filter(name=folded(name)).delete()
