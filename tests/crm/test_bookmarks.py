"""收藏 and 最近查看: each person's own, of all kinds, only what they still may see."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Bookmark
from crm.models import bookmarks as limits
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    an_encounter,
)
from tests.races import ROUNDS, signed_in, together

pytestmark = pytest.mark.django_db


def shown(browser, key="seen"):
    """Return what stands on one of the two cards, in order."""
    cards = browser.get("/bookmarks/").context["cards"]
    return [
        str(row["record"])
        for card in cards
        if card["key"] == key
        for row in card["rows"]
    ]


def star(browser, record, starred="1", **headers):
    """Press the star of a record."""
    url = f"/stars/{record._meta.label_lower}/{record.pk}/"
    return browser.post(url, {"starred": starred}, headers=headers)


def look(browser, record):
    """Open the page of a record and send what it sends once it is shown."""
    page = browser.get(record.get_absolute_url()).text
    url = f"/seen/{record._meta.label_lower}/{record.pk}/"
    assert f'hx-post="{url}" hx-trigger="intersect once"' in page
    assert browser.post(url).status_code == 204


def test_fetching_a_page_notes_nothing(zhang, wang, sign_in):
    customer = a_customer(zhang)
    url = f"/seen/customers.customer/{customer.pk}/"
    browser = sign_in(zhang)
    for headers in ({}, {"Sec-Purpose": "prefetch"}):
        browser.get(customer.get_absolute_url(), headers=headers)
        browser.head(customer.get_absolute_url(), headers=headers)
        assert browser.get(url, headers=headers).status_code == 405
    assert sign_in(wang).post(url).status_code == 404
    assert not Bookmark.objects.exists()


def test_seen_again_is_later_and_keeps_its_star(zhang, sign_in):
    customer, browser = a_customer(zhang), sign_in(zhang)
    star(browser, customer)
    look(browser, customer)
    first = Bookmark.objects.get()
    look(browser, customer)
    again = Bookmark.objects.get()
    assert again.seen_at > first.seen_at
    assert again.starred_at == first.starred_at is not None


def test_what_was_opened_stands_there_the_latest_first(zhang, wang, sign_in):
    customer = a_customer(zhang, name="昆明翠湖公司")
    contact = a_contact(customer, name="段世明")
    browser = sign_in(zhang)
    for record in (customer, contact, customer):
        look(browser, record)
    assert shown(browser) == ["昆明翠湖公司", "段世明"]
    assert Bookmark.objects.count() == 2
    assert shown(sign_in(wang)) == []


def test_a_star_is_set_and_taken_off_without_a_script(zhang, sign_in):
    customer = a_customer(zhang, name="昆明翠湖公司")
    browser = sign_in(zhang)
    page = browser.get(customer.get_absolute_url())
    assert 'aria-pressed="false"' in page.text
    answer = star(browser, customer)
    assert answer.url == customer.get_absolute_url()
    assert star(browser, customer).status_code == 302  # said twice is said once
    assert 'aria-pressed="true"' in browser.get(answer.url).text
    assert shown(browser, "starred") == ["昆明翠湖公司"]
    part = star(browser, customer, "", hx_request="true")
    assert 'aria-pressed="false"' in part.text
    assert "<html" not in part.text
    assert shown(browser, "starred") == []


def test_what_one_may_no_longer_see_is_not_shown(zhang, wang, sign_in):
    mine, other = a_customer(zhang, name="昆明一公司"), a_customer(zhang, name="二公司")
    browser = sign_in(zhang)
    for record in (mine, other):
        look(browser, record)
        star(browser, record)
    type(mine).objects.filter(pk=mine.pk).update(owner=wang)
    other.discard(zhang)
    assert shown(browser) == shown(browser, "starred") == []
    assert star(browser, mine).status_code == 404
    assert star(sign_in(wang), mine).status_code == 302


def test_a_star_on_what_one_no_longer_sees_can_be_taken_off(
    zhang, wang, sign_in, monkeypatch
):
    monkeypatch.setattr("crm.views.bookmarks.MOST_STARRED", 2)
    mine, other, third = (a_customer(zhang, name=f"{n}号公司") for n in range(3))
    browser = sign_in(zhang)
    for record in (mine, other):
        star(browser, record)
    type(mine).objects.filter(pk=mine.pk).update(owner=wang)
    other.discard(zhang)
    assert star(browser, third).status_code == 302  # refused: both count
    assert shown(browser, "starred") == []
    page = browser.get("/bookmarks/").text
    assert page.count("已看不到的客户") == 2
    assert "0号公司" not in page
    for record in (mine, other):
        assert f'action="/stars/customers.customer/{record.pk}/"' in page
    assert star(sign_in(wang), other, "").status_code == 404  # no star of one's own
    browser = sign_in(zhang)
    assert star(browser, mine, "").url == "/bookmarks/"
    assert star(browser, mine, "").status_code == 404
    part = star(browser, other, "", hx_request="true")
    assert 'aria-pressed="false"' in part.text
    assert "已看不到" not in browser.get("/bookmarks/").text
    star(browser, third)
    assert shown(browser, "starred") == ["2号公司"]


@pytest.mark.parametrize("label", ["crm.user", "no.such", "x"])
def test_only_records_have_a_star(zhou, sign_in, label):
    browser = sign_in(zhou)
    for address in ("stars", "seen"):
        url = f"/{address}/{label}/{zhou.pk}/"
        assert browser.post(url, {"starred": "1"}).status_code == 404


def test_a_kind_one_may_not_see_has_no_star_as_it_has_no_history(
    zhang, nobody, sign_in
):
    customer, browser = a_customer(zhang), sign_in(nobody)
    for address in ("stars", "seen", "history"):
        url = f"/{address}/customers.customer/{customer.pk}/"
        answer = browser.get(url) if address == "history" else browser.post(url)
        assert answer.status_code == 404


@pytest.mark.django_db(transaction=True)
def test_there_is_an_end_to_stars_given_at_one_moment(zhang, monkeypatch):
    monkeypatch.setattr("crm.views.bookmarks.MOST_STARRED", 1)
    browsers = [signed_in(zhang) for _tab in range(2)]
    for _turn in ROUNDS:
        records = [a_customer(zhang) for _tab in range(2)]

        def work(number, records=records):
            return star(browsers[number], records[number]).status_code

        together(2, work)
        assert Bookmark.objects.starred(zhang).count() == 1
        Bookmark.objects.all().delete()


def test_there_is_an_end_to_stars(zhang, sign_in, monkeypatch):
    monkeypatch.setattr("crm.views.bookmarks.MOST_STARRED", 1)
    first, second = a_customer(zhang, name="一公司"), a_customer(zhang, name="二公司")
    browser = sign_in(zhang)
    star(browser, first)
    refused = star(browser, second, hx_request="true")
    assert refused.headers["HX-Refresh"] == "true"
    assert "您已收藏 1 条记录" in browser.get(second.get_absolute_url()).text
    again = star(browser, first, hx_request="true")  # what is on is not one more
    assert 'aria-pressed="true"' in again.text
    assert shown(browser, "starred") == ["一公司"]


@pytest.mark.parametrize("who", ["zhang", "lina"])
def test_more_kinds_ask_no_more(who, zhang, sign_in, request):
    browser = sign_in(request.getfixturevalue(who))
    customer, rival = a_customer(zhang), a_competitor(zhang)
    look(browser, customer)

    def cost():
        browser.get("/bookmarks/")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/bookmarks/")
        return len(queries)

    few = cost()
    for record in (
        rival,
        a_contact(customer),
        an_encounter(rival, customer),
        a_contract(zhang),
        *(a_customer(zhang) for _time in range(9)),
    ):
        look(browser, record)
    assert len(shown(browser)) == 14
    assert cost() == few


def test_what_was_seen_long_since_is_forgotten(zhang, sign_in, monkeypatch):
    monkeypatch.setattr(limits, "REMEMBERED", 2)
    kept = [a_customer(zhang, name=f"第{number}公司") for number in range(4)]
    browser = sign_in(zhang)
    for days, record in enumerate(kept):
        look(browser, record)
        seen_at = timezone.now() - timedelta(days=days)
        Bookmark.objects.about(record).update(seen_at=seen_at)
    star(browser, kept[3])
    gone = {"person": zhang, "label": "customers.customer", "record_id": 10**9}
    Bookmark.objects.create(**gone, starred_at=timezone.now())
    Bookmark.objects.create(**{**gone, "label": "no.more"}, starred_at=timezone.now())
    assert shown(browser, "starred") == ["第3公司"]  # nobody stumbles over these
    Bookmark.objects.forget()
    left = set(Bookmark.objects.values_list("record_id", flat=True))
    assert left == {kept[0].pk, kept[1].pk, kept[3].pk}
