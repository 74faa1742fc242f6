"""A record as it was on a day, and an old value put back by the edit form."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from crm.guards.actor import acting
from crm.models import DictionaryItem, HistoryEntry
from customers.models import Customer
from sales import moves
from tests.factories import a_contract, a_customer, an_opportunity

pytestmark = pytest.mark.django_db


def history_of(record):
    """Return the address of a record's history."""
    return reverse("history", args=[record._meta.label_lower, record.pk])


def told(page):
    """Return {name: value} of how a record is told to have been."""
    past = page.context["past"]
    return {fact["name"]: fact["new"] for fact in past.readable_changes} if past else {}


def days_ago(**days):
    """Move entries of the history into the past, as nobody but the owner could."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE crm_historyentry DISABLE TRIGGER USER")
        for verb, number in days.items():
            cursor.execute(
                "UPDATE crm_historyentry SET at = now() - %s::interval WHERE id IN"
                " (SELECT id FROM crm_historyentry WHERE verb = %s)",
                [f"{number} days", verb],
            )
        cursor.execute("ALTER TABLE crm_historyentry ENABLE TRIGGER USER")


def levels():
    """Return two levels of customers."""
    return DictionaryItem.objects.filter(kind="customer_level").order_by("order")[:2]


@pytest.fixture
def renamed(zhang):
    """A customer of ten days, renamed and moved five days ago and today."""
    first, second = levels()
    customer = a_customer(zhang, name="甲", level=first, annual_revenue="1.50")
    rows = Customer.objects.filter(pk=customer.pk)
    with acting(zhang, verb="replaced"):
        rows.update(name="乙", level=second)
    with acting(zhang):
        rows.update(name="丙", annual_revenue=None, tags=["新"])
    days_ago(created=10, replaced=5)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may be pending
        cursor.execute("ALTER TABLE customers_customer DISABLE TRIGGER USER")
        rows.update(created_at=timezone.now() - timedelta(days=10))
        cursor.execute("ALTER TABLE customers_customer ENABLE TRIGGER USER")
    customer.refresh_from_db()
    return customer


def day(number):
    """Return the day so many days ago."""
    return f"{timezone.localdate() - timedelta(days=number):%Y-%m-%d}"


def test_a_record_is_shown_as_it_was_on_a_day(renamed, zhang, sign_in):
    browser, path = sign_in(zhang), history_of(renamed)
    for number, name, level, revenue in (
        (0, "丙", 1, None),
        (1, "乙", 1, "1.50"),
        (7, "甲", 0, "1.50"),
    ):
        page = browser.get(path, {"on": day(number)})
        was = told(page)
        assert (was["name"], was.get("annual_revenue")) == (name, revenue), number
        assert was["level_id"] == str(levels()[level])
        assert "search_text" not in was
        assert f'data-past="{day(number)}"' in page.text
    page = browser.get(path, {"on": day(11)})
    assert told(page) == {}
    assert "当日尚无此记录" in page.text


@pytest.mark.parametrize(
    "wrong", ["x", "2026-13-01", "0001-01-01", "9999-12-31", "1e9"]
)
def test_no_day_is_told_as_such(renamed, zhang, sign_in, wrong):
    page = sign_in(zhang).get(history_of(renamed), {"on": wrong})
    assert page.status_code == 200
    assert "请输入日期" in page.text


def test_who_may_not_see_a_record_sees_no_past_of_it(renamed, wang, sign_in):
    browser = sign_in(wang)
    assert browser.get(history_of(renamed), {"on": day(1)}).status_code == 404


def test_names_withheld_today_are_withheld_of_the_past(zhang, wang, sign_in):
    """The mother company became one that 王芳 must not know."""
    other = a_customer(zhang, name="保密集团")
    customer = a_customer(wang, parent=other)
    page = sign_in(wang).get(history_of(customer), {"on": day(0)})
    assert "保密集团" not in page.text
    assert told(page)["parent_id"] == "（您无权查看）"


def entry_of(record, column):
    """Return the newest entry of a change of a column."""
    return HistoryEntry.objects.filter(
        object_id=record.pk, changes__has_key=column
    ).latest("pk")


@pytest.mark.parametrize(
    ("name", "column"),
    [("name", "name"), ("level", "level_id"), ("annual_revenue", "annual_revenue")],
)
def test_an_old_value_is_put_back_by_the_edit_form(
    renamed, zhang, sign_in, name, column
):
    browser, entry = sign_in(zhang), entry_of(renamed, column)
    old = entry.changes[column][0]
    link = f"{renamed.get_absolute_url()}edit/?restore={entry.pk}&field={name}"
    assert link.replace("&", "&amp;") in browser.get(history_of(renamed)).text
    page = browser.get(link)
    assert "已填入旧值" in page.text
    form = page.context["form"]
    sent = {n: "" if form[n].value() is None else form[n].value() for n in form.fields}
    sent["tags"] = "新"
    assert browser.post(link, sent | {"duplicate_reason": "同名"}).status_code == 302
    renamed.refresh_from_db()
    value = getattr(renamed, column)
    assert (float(value) if column == "annual_revenue" else value) == old
    newest = HistoryEntry.objects.filter(object_id=renamed.pk).latest("pk")
    assert (newest.verb, newest.actor_id) == ("changed", zhang.pk)
    stale = browser.post(link, sent | {"name": "丁"})
    assert stale.status_code == 409


@pytest.mark.parametrize(
    "query",
    [
        "restore=x&field=name",
        "restore=1&field=name",
        "restore=&field=",
        "restore=²",
        "restore=99999999999999999999&field=name",
        "field=name",
    ],
)
def test_nothing_is_put_back_that_there_is_not(renamed, zhang, sign_in, query):
    page = sign_in(zhang).get(f"{renamed.get_absolute_url()}edit/?{query}")
    assert page.context["form"]["name"].value() == "丙"
    assert page.context["restored"] == []


def test_what_only_a_new_record_is_asked_for_is_not_put_back(zhang, sign_in):
    deal = an_opportunity(zhang, amount=1)
    moves.move(deal, moves.open_stages(deal.stage.pipeline_id)[1], zhang)
    with acting(zhang):
        type(deal).objects.filter(pk=deal.pk).update(amount=2)
    browser, page = sign_in(zhang), f"{deal.get_absolute_url()}edit/?restore="
    told = browser.get(history_of(deal)).text
    assert f"{page}{entry_of(deal, 'amount').pk}&amp;field=amount" in told
    assert "field=stage" not in told
    link = f"{page}{entry_of(deal, 'stage_id').pk}&field=stage"
    assert "已填入旧值" not in browser.get(link).text


def test_the_history_of_another_record_is_no_source(renamed, zhang, sign_in):
    other = a_customer(zhang, name="戊")
    entry = entry_of(renamed, "name")
    link = f"{other.get_absolute_url()}edit/?restore={entry.pk}&field=name"
    assert sign_in(zhang).get(link).context["form"]["name"].value() == "戊"
    for field in ("owner_id", "version", "registration", "search_text", "number"):
        link = f"{renamed.get_absolute_url()}edit/?restore={entry.pk}&field={field}"
        assert sign_in(zhang).get(link).context["restored"] == []


def test_who_may_only_read_is_offered_nothing_to_put_back(renamed, chen, zhao, sign_in):
    for reader in (chen, zhao):
        page = sign_in(reader).get(history_of(renamed))
        may = reader.has_perm("customers.change_customer", renamed)
        assert ("edit/?restore=" in page.text) is may


def test_a_contract_is_shown_as_it_was(zhang, sign_in):
    contract = a_contract(zhang, title="网关采购")
    page = sign_in(zhang).get(history_of(contract), {"on": day(0)})
    assert told(page)["title"] == "网关采购"
