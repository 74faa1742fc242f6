"""What the front says by itself: no machine answers, or what is sent is too large."""

import http.client
import os
import ssl

import pytest

from tests.machines import SITE, front, missing
from tests.machines.place import Place

pytestmark = [
    pytest.mark.installation,
    pytest.mark.skipif(
        bool(missing()) and not os.environ.get("CI"),
        reason=f"not installed: {', '.join(missing())}",
    ),
]

MB = 1024 * 1024


@pytest.fixture(scope="module")
def place():
    """Return a front behind which nobody listens."""
    found = Place()
    try:
        front.start_nginx(found)
        yield found
    finally:
        found.stop()


def answer(place, method, path, body=None):
    """Return status, headers and words of an answer of the front."""
    trusting = ssl.create_default_context(cafile=place.home / "nginx/fullchain.pem")
    trusting.check_hostname = False  # it is asked by its number
    connection = http.client.HTTPSConnection(
        "127.0.0.1", place.ports["front"], context=trusting, timeout=30
    )
    try:
        connection.putrequest(method, path, skip_host=True)
        connection.putheader("Host", SITE)
        if body:
            connection.putheader("Content-Length", str(body))
        connection.endheaders()
        given = connection.getresponse()
        return given.status, given.headers, given.read().decode()
    finally:
        connection.close()


def test_where_no_machine_answers_people_read_why_in_their_language(place):
    for path in ("/", "/customers/7/edit/", "/static/css/base.css"):
        status, headers, words = answer(place, "GET", path)
        assert status == 502
        assert headers["Cache-Control"] == "no-store"
        assert "系统暂时无法访问" in words
        assert "not reachable at the moment" in words


def test_what_is_too_large_is_refused_in_words(place):
    status, _headers, words = answer(place, "POST", "/customers/", body=65 * MB)
    assert status == 413
    assert "没有保存任何内容" in words


def test_these_pages_are_no_addresses_of_their_own(place):
    for path in ("/away.html", "/too_large.html"):
        assert answer(place, "GET", path)[0] == 404
