"""Whoever loses a right, or the account, loses it at once, wherever signed in."""

import pytest
from django.core.exceptions import PermissionDenied

from crm.accounts import open_sessions
from crm.models import Role
from system.exports import sheets, views
from system.people import administration
from tests import people
from tests.browsers import Browser
from tests.factories import a_customer
from tests.people import let_leave

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}
#: (address, headers) of whatever a page that stays open goes on asking for.
DOORS = {
    "page": ("/customers/", {}),
    "rows": ("/customers/", HTMX),
    "tab": ("/customers/{pk}/file/", HTMX),
    "export": ("/customers/export/?format=csv", {}),
    "similar": ("/customers/similar/?name=甲公司", HTMX),
    "search": ("/search/?q=测试", {}),
    "notices": ("/notices/", {}),
    "import": ("/customers/import/", {}),
}
OF_ANYBODY = ("search", "notices")


def take_role(zhang, zhou):
    """Take the only role away."""
    zhang.role_assignments.all().delete()


def take_right(zhang, zhou):
    """Take all rights out of the role."""
    Role.objects.filter(code="salesperson").update(grants={})


def dismiss(zhang, zhou):
    """Deactivate the account, whatever is left with it."""
    people.dismiss(zhang)
    open_sessions.end_all(zhang)


def leave(zhang, zhou):
    """Let the last day be over."""
    let_leave(zhang)


def reset(zhang, zhou):
    """Set another password."""
    zhang.refresh_from_db()
    administration.set_password(zhang, "山高-水长-2027", by=zhou, request=None)


def end(zhang, zhou):
    """End all sessions."""
    open_sessions.end_all(zhang)


RIGHTS, ACCOUNT = (take_role, take_right), (dismiss, leave, reset, end)


@pytest.fixture
def signed_in(zhang):
    """Return two browsers of 张伟's that have looked at a page."""
    browsers = [Browser(), Browser()]
    for browser in browsers:
        browser.force_login(zhang)
        assert browser.get("/customers/").status_code == 200
    return browsers


def asked(browser, door, customer):
    """Return the answer at one of the doors."""
    address, headers = DOORS[door]
    return browser.get(address.format(pk=customer.pk), headers=headers)


@pytest.mark.parametrize("door", sorted(set(DOORS) - set(OF_ANYBODY)))
@pytest.mark.parametrize("loss", RIGHTS, ids=lambda loss: loss.__name__)
def test_a_right_that_is_taken_shuts_every_door(loss, door, zhang, zhou, signed_in):
    customer = a_customer(zhang)
    loss(zhang, zhou)
    for browser in signed_in:
        assert asked(browser, door, customer).status_code in (403, 404)


@pytest.mark.parametrize("loss", RIGHTS, ids=lambda loss: loss.__name__)
def test_a_search_finds_nothing_of_what_one_may_not_see_any_more(
    loss, zhang, zhou, signed_in
):
    customer = a_customer(zhang)
    address = customer.get_absolute_url()
    assert address in asked(signed_in[0], "search", customer).text
    loss(zhang, zhou)
    assert address not in asked(signed_in[0], "search", customer).text


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("loss", ACCOUNT, ids=lambda loss: loss.__name__)
def test_an_account_that_ends_is_out_at_every_door(loss, door, zhang, zhou, signed_in):
    customer = a_customer(zhang)
    loss(zhang, zhou)
    for browser in signed_in:
        answer = asked(browser, door, customer)
        assert answer.status_code in (302, 401)
        assert customer.name not in answer.text


@pytest.mark.parametrize("loss", ACCOUNT, ids=lambda loss: loss.__name__)
def test_nothing_is_written_by_an_account_that_ended(loss, zhang, zhou, signed_in):
    customer = a_customer(zhang)
    loss(zhang, zhou)
    data = {"version": customer.version}
    answer = signed_in[0].post(f"/customers/{customer.pk}/delete/", data)
    assert answer.status_code in (302, 401)
    customer.refresh_from_db()
    assert customer.deleted_at is None


@pytest.mark.parametrize("loss", RIGHTS + ACCOUNT, ids=lambda loss: loss.__name__)
def test_an_export_under_way_breaks_off(loss, zhang, zhou, signed_in, monkeypatch):
    monkeypatch.setattr(views, "LARGE", 3)
    monkeypatch.setattr(views, "CHUNK", 2)
    monkeypatch.setattr(sheets, "PIECE", 2)
    for place in range(8):
        a_customer(zhang, name=f"华夏{place}")
    pieces = iter(signed_in[0].get("/customers/export/?format=csv").streaming_content)
    sent = b""
    while b"\xe5\x8d\x8e" not in sent:
        sent += next(pieces)
    loss(zhang, zhou)
    rest = []
    with pytest.raises(PermissionDenied):
        rest.extend(pieces)
    assert b"".join([sent, *rest]).decode().count("华夏") < 8
