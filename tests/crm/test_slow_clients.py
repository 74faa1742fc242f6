"""Whoever is slow waits for himself only: the bare server goes on for all others."""

import re
import socket
import time
import urllib.request
import uuid
from contextlib import ExitStack
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import pytest

from contracts.views.listed import MOST
from crm.demo import PASSWORD
from tests.crm.test_serve import installed, stop

pytestmark = pytest.mark.installation

#: Seconds: more than an answer takes on a busy machine, less than a slow client may.
SOON = 8
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
LARGE = 15_000_000


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return an installation that serves."""
    with installed(tmp_path_factory.mktemp("slow")) as installation:
        process = installation.up()
        yield installation
        stop(process)


def connected(place, sent="", room=None):
    """Return a connection on which something was sent; `room` for what comes back."""
    connection = socket.socket()
    if room:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    connection.connect(("127.0.0.1", place.port))
    connection.sendall(sent.encode())
    return connection


def longest(place, times=6):
    """Return how long the slowest of some answers took."""
    taken = []
    for _ in range(times):
        began = time.monotonic()
        assert place.get("/health/").read() == b"ok"
        taken.append(time.monotonic() - began)
    return max(taken)


def answer(connection):
    """Return all that comes on a connection until it is closed."""
    connection.settimeout(30)
    found = b""
    while piece := connection.recv(65536):
        found += piece
    return found


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "GET /lo",
        "GET /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: ",
        f"POST /login/ HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n{FORM}\r\na",
        "POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Transfer-Encoding: chunked\r\n{FORM}\r\n5\r\nlo",
        "POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 90000000\r\n"
        f"Expect: 100-continue\r\n{FORM}\r\n",
    ],
    ids=["silent", "half line", "half head", "half body", "half pieces", "promised"],
)
def test_fifty_who_say_half_of_it_hold_nobody_up(place, sent):
    with ExitStack() as open_:
        for _ in range(50):
            open_.enter_context(connected(place, sent))
        time.sleep(0.3)
        assert longest(place) < SOON


class SignedIn:
    """A person's browser on the running server."""

    def __init__(self, place, username):
        self.base, self.jar = f"http://127.0.0.1:{place.port}", CookieJar()
        handler = urllib.request.HTTPCookieProcessor(self.jar)
        self.opener = urllib.request.build_opener(handler)
        self.token = self.token_on("/login/")
        self.post("/login/", {"login": username, "password": PASSWORD})

    def token_on(self, path):
        """Return the token that a page's forms carry."""
        page = self.opener.open(self.base + path, timeout=30).read().decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        return found[1] if found else self.token

    def post(self, path, fields):
        """Send a form."""
        data = urlencode(fields | {"csrfmiddlewaretoken": self.token}).encode()
        return self.opener.open(self.base + path, data, timeout=30)

    def upload(self, path, name, content, **fields):
        """Hand in a file."""
        mark = uuid.uuid4().hex
        fields |= {"csrfmiddlewaretoken": self.token}
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n'
            f"{value}\r\n"
            for key, value in fields.items()
        ]
        parts.append(
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n'
        )
        data = "".join(parts).encode() + content + f"\r\n--{mark}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        address = self.base + path
        request = urllib.request.Request(address, data, kind)  # noqa: S310 - our own
        return self.opener.open(request, timeout=60)

    @property
    def cookies(self):
        """The cookies as a header."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)


def test_ten_downloads_that_nobody_reads_hold_nobody_up(place):
    zhang = SignedIn(place, "sales")
    ((pk, version),) = place.rows(
        "SELECT c.id, c.version FROM customers_customer c JOIN crm_user u"
        " ON u.id = c.owner_id WHERE u.username = 'sales' AND c.deleted_at IS NULL"
        " AND c.registration = 'registered' ORDER BY c.id LIMIT 1"
    )
    zhang.token = zhang.token_on(f"/customers/{pk}/edit/")
    content = b"%PDF-1.4 " + bytes(LARGE)
    base = f"/customers/{pk}/attachments/"
    zhang.upload(base, "a.pdf", content, version=version)
    ((file,),) = place.rows("SELECT max(id) FROM customers_customerattachment")
    asked = (
        f"GET {base}{file}/ HTTP/1.1\r\nHost: 127.0.0.1:{place.port}\r\n"
        f"Cookie: {zhang.cookies}\r\nConnection: close\r\n\r\n"
    )
    with ExitStack() as open_:
        stalled = [
            open_.enter_context(connected(place, asked, room=4096)) for _ in range(10)
        ]
        time.sleep(2)
        assert longest(place) < SOON
        # Whoever goes on reading after all gets the whole of it.
        head, _blank, body = answer(stalled[0]).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        assert body == content


def test_a_request_that_comes_letter_by_letter_is_answered(place):
    text = f"GET /health/ HTTP/1.1\r\nHost: 127.0.0.1:{place.port}\r\n"
    text += "Connection: close\r\n\r\n"
    with connected(place) as connection:
        for letter in text:
            connection.sendall(letter.encode())
        assert answer(connection).endswith(b"\r\n\r\nok")


def test_a_connection_that_is_kept_serves_one_request_after_another(place):
    one = f"GET /health/ HTTP/1.1\r\nHost: 127.0.0.1:{place.port}\r\n\r\n"
    last = one.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
    with connected(place, one) as connection:
        time.sleep(0.5)
        connection.sendall((one + last).encode())
        assert answer(connection).count(b"HTTP/1.1 200") == 3


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("GET /login/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"400"),
        ("GET /login/ HTTP/1.1\r\nAccept: */*\r\n\r\n", b"400"),
        ("GET /login/ HTTP/1.1\r\nHost: 127.0.0.1:99999\r\n\r\n", b"400"),
        (
            "POST / HTTP/1.1\r\nContent-Length: 1\r\n"
            "Transfer-Encoding: chunked\r\n\r\n",
            b"400",
        ),
        (f"GET /{'a' * 9000} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"414"),
        (f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: {'a' * 9000}\r\n\r\n", b"431"),
        (
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999999999\r\n\r\n",
            b"413",
        ),
    ],
    ids=[
        "two hosts",
        "no host",
        "no such port",
        "two lengths",
        "long line",
        "long head",
        "large body",
    ],
)
def test_what_the_server_itself_refuses_carries_headers_too(place, sent, status):
    with connected(place, sent) as connection:
        head, _blank, body = answer(connection).partition(b"\r\n\r\n")
    assert head.split()[1] == status
    assert b"Content-Type: text/plain; charset=utf-8" in head
    assert b"Content-Security-Policy: default-src 'none'" in head
    assert b"X-Content-Type-Options: nosniff" in head
    assert b"gunicorn" not in head + body


def test_the_longest_contract_asks_what_its_lines_cost(place):
    zhang = SignedIn(place, "sales")
    lines = [("product", 1_000_000 + n) for n in range(MOST)]
    pairs = [pair for line in lines for pair in (line, ("quantity", "1000.000"))]
    query = urlencode([("customer", 1), ("signed_on", "2026-11-28"), *pairs])
    address = f"{zhang.base}/contracts/prices/?{query}"
    assert zhang.opener.open(address, timeout=30).status == 200
