"""Which addresses may be asked: those of the hosts that the administrator names.

Nobody by default (`CRM_FEED_HOSTS`). Whoever may enter a source must not be able to
have the server ask what only the server can reach.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.encoding import iri_to_uri

from competitors.feeds.trouble import Trouble, Unread

PORTS = {"http": 80, "https": 443}
#: IPv4 addresses as networks of IPv6 alone write them (NAT64).
TRANSLATED = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class Target:
    """Where a feed is asked for.

    Attributes:
        is_literal: whether the administrator has named this very IP address.
    """

    scheme: str
    host: str
    port: int
    path: str
    is_literal: bool

    @property
    def name(self):
        """The host as a request names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url):
    """Return where an address leads.

    Raises:
        Unread: its host is not among those that may be asked.
    """
    try:
        parts = urlsplit(url)
        host, port = _host(parts.hostname), parts.port
    except ValueError as error:
        raise Unread(Trouble.NOT_NAMED) from error
    scheme = parts.scheme
    if scheme not in PORTS or parts.username is not None or not host:
        raise Unread(Trouble.NOT_NAMED)
    port, named = port or PORTS[scheme], _named()
    is_usual = port in PORTS.values() and (host, None) in named
    if not is_usual and (host, port) not in named:
        raise Unread(Trouble.NOT_NAMED)
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    return Target(scheme, host, port, iri_to_uri(path), is_literal=_is_address(host))


def is_anybody_named():
    """Say whether there is any host that may be asked."""
    return bool(_named())


def is_outside(address):
    """Say whether an IP address is one of the public network."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        within = (found.ipv4_mapped, found.sixtofour, *(found.teredo or ()))
        if found in TRANSLATED:
            within += (ip_address(int(found) & 0xFFFFFFFF),)
        if not all(is_outside(str(one)) for one in within if one is not None):
            return False
        if found.ipv4_mapped is not None:
            return True
    return found.is_global and not (
        found.is_multicast or found.is_reserved or found.is_unspecified
    )


def _named():
    """Return {(host, port or None)} as the setting names them."""
    found = set()
    for word in settings.CRM_FEED_HOSTS:
        try:
            parts = urlsplit(f"//{word}")
            found.add((_host(parts.hostname), parts.port))
        except ValueError:
            continue
    return found


def _host(name):
    """Return a host as two writings of it are compared."""
    name = (name or "").rstrip(".").lower()
    if _is_address(name):
        return str(ip_address(name))
    return name if name.isascii() else name.encode("idna").decode()


def _is_address(host):
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
