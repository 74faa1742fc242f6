"""A form that comes without a session waits for its person, and for nobody else."""

import json
import re

import pytest
from django.conf import settings
from django.utils.http import urlencode

from crm.accounts import interrupted
from crm.addresses import page_to_open
from tests.factories import a_customer, a_lead, an_item, an_opportunity
from tests.people import PASSWORD
from tests.site.routes import routes

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


@pytest.mark.parametrize("page", ["/contacts/add/", "/", "/customers/?q=甲"])
def test_what_was_typed_on_another_page_is_in_its_own_form(seller, zhang, page):
    """The one-field editor and the dialog of a picker send another page's form."""
    customer = a_customer(zhang)
    edit = f"{customer.get_absolute_url()}edit/"
    for place in (edit, f"{PAGE}?name=x"):
        end_session(seller)
        data, came_from = {"name": "昆明新厂"}, f"http://testserver{page}"
        answer = seller.post(place, data, headers={"Referer": came_from})
        led_to = enter(seller, zhang, answer.url).url
        assert led_to == place
        assert seller.get(led_to).context["form"]["name"].value() == "昆明新厂"


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


def open_forms(page):
    """Return [(label, {field: value})] of a record's buttons that stand unfolded."""
    return [
        (one["label"], {f["name"]: str(f.get("value", "")) for f in one["fields"]})
        for one in page.context["actions"]
        if one.get("is_open")
    ]


def refuse(browser, deal, **given):
    """Close an opportunity as nobody can: by a rival whom it does not name."""
    rival, url = an_item("closing_reason", "rival"), deal.get_absolute_url()
    data = {"version": deal.version, "kind": "lost", "reason": rival.pk, **given}
    page = f"http://testserver{url}"
    answer = browser.post(f"{url}close/", data, headers={"Referer": page})
    return answer, {"kind": "lost", "reason": str(rival.pk)}


def test_what_was_typed_for_a_verb_that_is_refused_comes_back(seller, zhang):
    deal = an_opportunity(zhang)
    url = deal.get_absolute_url()
    answer, chosen = refuse(seller, deal, note="对手报价低一成")
    assert answer.status_code == 422
    assert "readonly>对手报价低一成</textarea>" in answer.text
    assert f'href="{url}">返回表单' in answer.text
    page = seller.get(url)
    assert open_forms(page) == [("输单", {**chosen, "note": "对手报价低一成"})]
    assert page.text.count("data-refilled") == 1
    assert f'<option value="{chosen["reason"]}" selected>' in page.text
    assert "会话" not in page.text
    assert open_forms(seller.get(url)) == [], "only once"
    answer, chosen = refuse(seller, deal, note="880000")
    assert "readonly>880000</textarea>" in answer.text
    assert open_forms(seller.get(url)) == [("输单", {**chosen, "note": "880000"})]
    answer, _chosen = refuse(seller, deal, note=" ")
    assert "readonly" not in answer.text
    assert open_forms(seller.get(url)) == []


def test_what_was_typed_comes_back_where_somebody_else_was_quicker(seller, zhang):
    deal = an_opportunity(zhang)
    answer, chosen = refuse(seller, deal, note="对手报价低一成", version=0)
    assert answer.status_code == 409
    page = seller.get(deal.get_absolute_url())
    assert open_forms(page) == [("输单", {**chosen, "note": "对手报价低一成"})]
    versions = {one["version"] for one in page.context["actions"]}
    assert versions == {deal.version}, "the page was looked at anew"


def test_a_verb_of_a_session_that_ended_stands_filled_in_and_as_stale_as_it_was(
    seller, zhang
):
    deal = an_opportunity(zhang)
    end_session(seller)
    answer, chosen = refuse(seller, deal, note="对手报价低一成", version=0)
    enter(seller, zhang, answer.url)
    page = seller.get(deal.get_absolute_url())
    assert open_forms(page) == [("输单", {**chosen, "note": "对手报价低一成"})]
    (own,) = [one for one in page.context["actions"] if one.get("is_open")]
    assert own["version"] == "0"


def test_what_was_typed_is_read_where_the_button_is_gone(seller, zhang):
    deal = an_opportunity(zhang)
    url = deal.get_absolute_url()
    data = {"version": deal.version, "note": "客户改主意了"}
    answer = seller.post(f"{url}reopening/", data)
    assert answer.status_code == 409
    assert "readonly>客户改主意了</textarea>" in answer.text
    assert open_forms(seller.get(url)) == []


def test_what_was_typed_is_dropped_once_the_verb_is_done(seller, zhang):
    """Sent once more from the page that said why not, which is still open behind."""
    deal, other = an_opportunity(zhang), an_opportunity(zhang)
    choice = an_item("closing_reason", "duplicate").pk
    given = {"kind": "void", "reason": choice, "note": "客户改主意了"}
    assert refuse(seller, deal, note="对手报价低一成")[0].status_code == 422
    assert refuse(seller, other, **given)[0].status_code == 302
    assert interrupted.KEY in seller.session, "it is of another record"
    assert refuse(seller, deal, **given)[0].status_code == 302
    assert interrupted.KEY not in seller.session
    stale = an_opportunity(zhang)
    assert refuse(seller, stale, **given, version=0)[0].status_code == 409
    assert refuse(seller, stale, **given)[0].status_code == 302
    assert interrupted.KEY not in seller.session


def test_what_is_refused_a_second_time_comes_back_on_the_page_of_the_record(
    seller, zhang
):
    """The answer to the first time stands at an address that one can only send to."""
    deal = an_opportunity(zhang)
    url = deal.get_absolute_url()
    data = {"version": deal.version, "kind": "lost", "note": "对手报价低一成"}
    page = f"http://testserver{url}close/"
    answer = seller.post(f"{url}close/", data, headers={"Referer": page})
    assert answer.status_code == 422
    assert f'href="{url}"' in answer.text
    assert f'href="{url}close/"' not in answer.text
    assert open_forms(seller.get(url))


def test_a_session_that_ended_on_the_answer_of_a_verb_leads_to_the_record(
    seller, zhang
):
    deal = an_opportunity(zhang)
    url = deal.get_absolute_url()
    answer, chosen = refuse(seller, deal, note="对手报价低一成", version=0)
    assert answer.status_code == 409
    data = {"version": deal.version, **chosen, "note": "对手报价低一成"}
    page = {"Referer": f"http://testserver{url}close/"}
    end_session(seller)
    fragment = {"HX-Request": "true", "HX-Current-URL": page["Referer"]}
    led_to = seller.get("/search/", headers=fragment).headers["HX-Redirect"]
    assert led_to == f"/login/?{urlencode({'next': url})}"
    assert seller.get(f"{url}close/").url == f"/login/?next={url}"
    answer = seller.post(f"{url}close/", data, headers=page)
    assert enter(seller, zhang, answer.url).url == url
    assert open_forms(seller.get(url)) == [("输单", {**chosen, "note": data["note"]})]


def test_nobody_is_led_to_an_address_that_only_takes_what_is_sent():
    for route in routes():
        path = route.path(**dict.fromkeys(route.pieces, 1))
        led_to = page_to_open(path)
        assert (led_to != path) == ("GET" not in route.methods), path
        assert page_to_open(led_to) == led_to


def test_what_no_page_fills_in_is_there_to_be_copied(seller, zhang):
    """Scripts put it into the form; without them nothing claims that it is back."""
    lead = a_lead(zhang)
    url = f"/leads/{lead.pk}/conversion/"
    data = {"customer": "new", "customer-address": "汇溪路 8 号", "version": 1}
    end_session(seller)
    answer = seller.post(url, data, headers={"Referer": f"http://testserver{url}"})
    enter(seller, zhang, answer.url)
    page = seller.get(url).text
    assert re.search(r"<noscript>.*readonly>new\n汇溪路 8 号</textarea>", page, re.S)
    assert re.search(r'id="typed-is-back" hidden', page)


def test_what_the_page_fills_in_is_said_to_be_back(seller, zhang):
    end_session(seller)
    url = "/customers/add/"
    answer = seller.post(
        url, {"name": "汇溪"}, headers={"Referer": f"http://testserver{url}"}
    )
    enter(seller, zhang, answer.url)
    page = seller.get(url).text
    assert 'value="汇溪"' in page
    assert 'id="typed-is-back">' in page
    assert "<noscript><div" not in page
