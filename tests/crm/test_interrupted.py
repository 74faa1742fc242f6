"""A form that comes without a session waits for its person, and for nobody else."""

import json

import pytest
from django.conf import settings

from crm.accounts import interrupted
from tests.factories import a_customer
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
PAGE = "/customers/add/"


@pytest.fixture
def seller(client, zhang):
    """Return the browser of 张伟, who has looked at a page."""
    client.force_login(zhang)
    client.get(PAGE)
    return client


def end_session(browser):
    """Let the session end behind the browser's back."""
    del browser.cookies[settings.SESSION_COOKIE_NAME]


def send(browser, data, page=PAGE):
    """Send a form from its page without a session."""
    end_session(browser)
    return browser.post(page, data, headers={"Referer": f"http://testserver{page}"})


def enter(browser, person, where):
    """Sign in on the page that an answer leads to."""
    return browser.post(where, {"login": person.username, "password": PASSWORD})


def test_the_form_comes_back_to_its_person(seller, zhang):
    answer = send(seller, {"name": "昆明新厂", "password": "geheim"})
    assert answer.url == "/login/?next=/customers/add/"
    assert enter(seller, zhang, answer.url).url == PAGE
    page = seller.get(PAGE)
    assert page.context["form"]["name"].value() == "昆明新厂"
    assert json.loads(page.context["interrupted"]["data"])["fields"] == {
        "name": ["昆明新厂"]
    }
    assert seller.get(PAGE).context["form"]["name"].value() is None, "only once"


def test_nobody_else_gets_it(seller, zhang, wang):
    answer = send(seller, {"name": "昆明新厂"})
    enter(seller, wang, answer.url)
    assert seller.get(PAGE).context["form"]["name"].value() is None
    assert interrupted.KEY not in seller.session


def test_a_stale_form_is_still_stale_when_it_comes_back(seller, zhang):
    customer = a_customer(zhang)
    page = f"{customer.get_absolute_url()}edit/"
    answer = send(seller, {"name": "新名", "version": customer.version}, page)
    customer.phone = "0871-63150000"
    customer.save()
    enter(seller, zhang, answer.url)
    form = seller.get(page).context["form"]
    assert str(form["version"].value()) == str(customer.version)
    assert form["name"].value() == "新名"


def test_a_verb_leads_back_to_the_page_that_its_button_stood_on(seller, zhang):
    customer = a_customer(zhang)
    end_session(seller)
    answer = seller.post(
        f"/system/inbox/customers.customer/{customer.pk}/return/",
        {"reason": "请补充"},
        headers={"Referer": f"http://testserver{customer.get_absolute_url()}"},
    )
    assert answer.url == f"/login/?next={customer.get_absolute_url()}"
    enter(seller, zhang, answer.url)
    page = seller.get(customer.get_absolute_url())
    assert "请补充" in page.context["interrupted"]["data"]


def test_a_stranger_leaves_nothing_behind(client, db):
    answer = client.post(PAGE, {"name": "昆明新厂"})
    assert answer.status_code == 302
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_what_is_too_large_is_not_kept(seller, zhang):
    answer = send(seller, {"name": "x" * (interrupted.LARGEST + 1)})
    assert answer.status_code == 302
    assert interrupted.KEY not in seller.session


@pytest.mark.parametrize("place", ["https://x.com/", "//x.com/", "javascript:1"])
def test_a_forged_page_leads_nowhere_else(seller, place):
    end_session(seller)
    answer = seller.post(PAGE, {"name": "甲"}, headers={"Referer": place})
    assert answer.url == "/login/?next=/customers/add/"


def test_the_cookie_that_names_the_person_goes_at_sign_out(seller):
    assert seller.cookies[settings.PERSON_COOKIE_NAME].value
    seller.post("/logout/")
    assert seller.cookies[settings.PERSON_COOKIE_NAME].value == ""
