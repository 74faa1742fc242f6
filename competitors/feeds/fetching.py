"""Asking another site for a feed: never one inside, never for long, never for much.

The name is resolved once, every address that it has is checked, and the connection
goes to the checked one: who answers for the name cannot send us elsewhere between the
two. Nothing of the environment (proxies) and nothing kept (cookies) takes part.
"""

import contextlib
import socket
import ssl
import zlib
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from time import monotonic
from urllib.parse import urljoin

from competitors.feeds.hosts import is_outside, target_of
from competitors.feeds.trouble import Trouble, Unread

#: Seconds.
TO_CONNECT, IN_ALL = 10, 30
MOST_BYTES = 2_000_000
MOST_REDIRECTS = 3
PIECE = 65_536
OK, NOT_MODIFIED = 200, 304
REDIRECTS = {301, 302, 303, 307, 308}
#: How zlib is to be told what it unpacks.
PACKED = {"gzip": 31, "x-gzip": 31, "deflate": 15}
ACCEPTED = "application/rss+xml, application/atom+xml, application/xml, text/xml"


@dataclass(frozen=True)
class Answer:
    """What a site answered; without `body` nothing has changed since the last time."""

    url: str
    body: bytes | None = None
    charset: str = ""
    etag: str = ""
    modified: str = ""


class _Hurried:
    """A connection whose every reading ends by the same moment."""

    until = float("inf")

    def recv_into(self, *args, **options):
        """Read what comes in the time that is left."""
        left = self.until - monotonic()
        if left <= 0:
            raise TimeoutError
        self.settimeout(min(left, TO_CONNECT))
        return super().recv_into(*args, **options)


class _Plain(_Hurried, socket.socket):
    """One without TLS."""


class _Safe(_Hurried, ssl.SSLSocket):
    """One with TLS."""


def fetch(url, *, etag="", modified=""):
    """Return the Answer of a site.

    Args:
        url: where its feed stands.
        etag, modified: of what was read the last time.

    Raises:
        Unread: it may not be asked, or does not answer as it should.
    """
    until = monotonic() + IN_ALL
    for _turn in range(MOST_REDIRECTS + 1):
        try:
            answer, leads_to = _asked(url, until, etag, modified)
        except TimeoutError as error:
            raise Unread(Trouble.LATE) from error
        except ssl.SSLError as error:
            raise Unread(Trouble.UNSAFE) from error
        except (OSError, HTTPException, ValueError) as error:
            raise Unread(Trouble.UNREACHABLE) from error
        if answer is not None:
            return answer
        url = leads_to
    raise Unread(Trouble.REDIRECTS)


def _asked(url, until, etag, modified):
    """Return the Answer, or None and where it leads on."""
    target = target_of(url)
    with contextlib.closing(_connected(target, until)) as wire:
        connection = HTTPConnection(target.host, target.port)
        connection.sock = wire
        connection.putrequest(
            "GET", target.path, skip_host=True, skip_accept_encoding=True
        )
        for name, value in (
            ("Host", target.name),
            ("User-Agent", "CRM news reader"),
            ("Accept", ACCEPTED),
            ("Accept-Encoding", "gzip"),
            ("Connection", "close"),
            ("If-None-Match", etag),
            ("If-Modified-Since", modified),
        ):
            if value:
                connection.putheader(name, value)
        connection.endheaders()
        with connection.getresponse() as response:
            return _read(response, url)


def _connected(target, until):
    """Return a connection to one of the addresses of a host, all of them checked."""
    addresses = _addresses(target)
    for number, (family, address) in enumerate(addresses, start=1):
        wire = _Plain(family, socket.SOCK_STREAM)
        try:
            wire.settimeout(max(0.01, min(TO_CONNECT, until - monotonic())))
            wire.connect(address)
            if target.scheme == "https":
                wire = _secured(wire, target.host)
            wire.until = until
        except OSError:
            wire.close()
            if number == len(addresses):
                raise
        else:
            return wire
    raise Unread(Trouble.UNKNOWN)


def _secured(wire, host):
    context = ssl.create_default_context()
    context.sslsocket_class = _Safe
    return context.wrap_socket(wire, server_hostname=host)


def _addresses(target):
    """Return [(family, address)] of a host."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise Unread(Trouble.UNKNOWN) from error
    addresses = [(family, address) for family, _type, _proto, _name, address in found]
    if not target.is_literal and not all(is_outside(a[0]) for _family, a in addresses):
        raise Unread(Trouble.INSIDE)
    return addresses


def _read(response, url):
    """Return the Answer that a response is, or None and where it leads on."""
    if response.status == NOT_MODIFIED:
        return Answer(url), None
    if response.status in REDIRECTS:
        return None, urljoin(url, response.headers.get("Location", ""))
    if response.status != OK:
        raise Unread(Trouble.STATUS, response.status)
    headers = response.headers
    return Answer(
        url,
        _body(response),
        headers.get_content_charset(""),
        headers.get("ETag", ""),
        headers.get("Last-Modified", ""),
    ), None


def _body(response):
    """Return what a response says, unpacked."""
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    if packing not in {"", "identity", *PACKED}:
        raise Unread(Trouble.NO_FEED)
    unpack = _unpacking(PACKED[packing]) if packing in PACKED else None
    pieces, size, sent = [], 0, 0
    while piece := response.read1(PIECE):
        sent += len(piece)
        piece = unpack(piece) if unpack else piece
        size += len(piece)
        if max(size, sent) > MOST_BYTES:
            raise Unread(Trouble.TOO_LARGE)
        pieces.append(piece)
    return b"".join(pieces)


def _unpacking(kind):
    """Return a function that unpacks pieces, none to more than a feed may be."""
    unpacker = zlib.decompressobj(kind)

    def unpack(piece):
        try:
            return unpacker.decompress(piece, MOST_BYTES + 1)
        except zlib.error as error:
            raise Unread(Trouble.NO_FEED) from error

    return unpack
