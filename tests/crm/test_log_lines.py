"""What the log says of a request, and what the history says of refusals."""

import json
import logging

import pytest

from crm.accounts.denials import MOST_NOTED
from crm.models import HistoryEntry
from crm.running.logging import JsonFormatter
from tests.factories import a_customer
from tests.pages import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(caplog):
    """Return a function that gives the lines written so far, as the server writes."""
    written = []
    keep = logging.Handler()
    keep.emit = lambda record: written.append(JsonFormatter().format(record))
    loggers = [logging.getLogger(name) for name in ("django", "crm")]
    for logger in loggers:
        logger.addHandler(keep)
    yield lambda: [json.loads(line) for line in written]
    for logger in loggers:
        logger.removeHandler(keep)


def refusals():
    """Return what the history says of refusals, the oldest first."""
    entries = HistoryEntry.objects.filter(verb="refused").order_by("pk")
    return list(entries.values_list("actor_name", "title"))


def test_a_line_names_request_person_and_place(zhang, sign_in, lines):
    customer = a_customer(zhang)
    browser, url = sign_in(zhang), f"/customers/{customer.pk}/edit/"
    answer = browser.post(url, form_of(browser, url) | {"version": "0"})
    assert answer.status_code == 409
    (line,) = lines()
    assert line["request"] == answer.headers["X-Request-ID"]
    assert line["line"] == f"POST {url}"
    assert (line["person"], line["status"]) == (zhang.username, 409)
    assert line["address"] == "127.0.0.1"


@pytest.mark.parametrize("status", [404, 422, 405])
def test_every_refusal_has_its_number(zhang, sign_in, lines, status):
    browser = sign_in(zhang)
    address = {404: "/customers/999/", 422: "/customers/add/", 405: "/logout/"}[status]
    answer = browser.post(address) if status == 422 else browser.get(address)
    assert answer.status_code == status
    assert lines()[-1]["request"] == answer.headers["X-Request-ID"]


def test_what_opens_an_account_is_not_in_the_log(client, lines):
    client.handler.enforce_csrf_checks = True
    answer = client.post("/password/reset/key/1-secretsecret/", {"password1": "x"})
    assert answer.status_code == 403
    assert lines()
    assert "secretsecret" not in json.dumps(lines())


def test_what_somebody_may_not_see_or_do_is_noted(zhang, wang, sign_in):
    hidden = a_customer(wang)
    browser = sign_in(zhang)
    assert browser.get(hidden.get_absolute_url()).status_code == 404
    assert browser.get("/system/log/").status_code == 403
    assert refusals() == [
        (str(zhang), f"404 GET {hidden.get_absolute_url()}"),
        (str(zhang), "403 GET /system/log/"),
    ]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/system/log/", 403),
        ("get", "/customers/999/", 404),
        ("get", "/nowhere/", 404),
        ("get", "/customers/?page=x&q=%00", 200),
        ("post", "/customers/add/", 422),
        ("get", "/logout/", 405),
    ],
)
def test_a_refusal_is_one_line_without_a_trace(
    method, path, status, zhang, sign_in, lines
):
    answer = getattr(sign_in(zhang), method)(path)
    assert answer.status_code == status
    assert len(lines()) == (status != 200)
    assert all(line["status"] == status and "trace" not in line for line in lines())


def test_a_fault_of_ours_says_where_it_happened(lines):
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        logging.getLogger("django.request").error(
            "Internal Server Error", exc_info=True, extra={"status_code": 500}
        )
    assert "RuntimeError: broken" in lines()[-1]["trace"]


def test_addresses_that_lead_nowhere_are_not_noted(zhang, sign_in):
    sign_in(zhang).get("/nowhere/")
    assert refusals() == []


def test_whoever_tries_doors_by_the_thousand_does_not_fill_the_history(zhang, sign_in):
    browser = sign_in(zhang)
    for number in range(MOST_NOTED + 5):
        browser.get(f"/customers/{10_000 + number}/")
    assert len(refusals()) == MOST_NOTED


def test_visitors_leave_no_notes(client):
    client.get("/system/log/")
    assert refusals() == []
