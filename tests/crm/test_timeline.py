"""The time line of a record: what happened and is planned, for whoever may know it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts import approval
from crm.attachments import attach
from crm.history import timeline
from crm.history.timeline import keys_of, page_of
from customers.models import Customer, Relation
from feedback.models import Interaction
from sales.conversion import Outcome, convert
from tests.contracts.test_approval import LARGE, verdict
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_counterpart,
    a_customer,
    a_lead,
    a_news_item,
    a_quotation,
    a_receipt,
    a_registration,
    an_assessment,
    an_encounter,
    an_interaction,
    an_invoice,
    an_opportunity,
)
from tests.pages import form_of

pytestmark = pytest.mark.django_db

NOW = timezone.now()
DAY = "2026-01-01T00:00:00"


def address(record):
    """Return where the time line of a record is."""
    return f"/timeline/{record._meta.label_lower}/{record.pk}/"


@pytest.fixture
def customer(zhang, zhao, lina):
    """Return a customer with a line of every kind."""
    customer = a_customer(zhang, name="华夏仪表")
    a_contact(customer, name="李建华")
    an_interaction(
        customer,
        subject="谈价格",
        result="客户同意",
        occurred_at=NOW - timedelta(days=2),
        next_contact_at=NOW + timedelta(days=5),
    )
    contract = a_contract(zhang, customer=customer, amount=LARGE, title="二期仪表")
    approval.submit(contract, by=zhang)
    verdict(contract, zhao, opinion="价格合适")
    an_encounter(a_competitor(lina, name="某对手"), customer)
    a_news_item(lina, title="华夏扩产").customers.add(customer)
    attach(customer, SimpleUploadedFile("报价.txt", "一".encode()), zhang)
    customer.refresh_from_db()
    an_opportunity(zhang, customer=customer, expected_on=timezone.localdate())
    convert(a_lead(zhang), Outcome(customer), zhang)
    a_receipt(customer, 5000, payer="华夏财务公司")
    an_invoice(contract, 5000)
    a_registration(customer, zhang)
    a_counterpart(customer, zhang)
    a_quotation(zhang, customer=customer)
    an_assessment(zhang, customer=customer)
    return customer


def test_it_tells_everything_and_plans_first(customer, zhang, sign_in):
    answer = sign_in(zhang).get(address(customer))
    lines = answer.context["lines"]
    assert {line.key for line in lines} == keys_of(Customer).keys() - {"amendment"}
    assert [line.at for line in lines] == sorted(
        (line.at for line in lines), reverse=True
    )
    assert (lines[0].key, lines[0].tone) == ("plan", "plan")
    for text in ("谈价格", "客户同意", "价格合适", "华夏扩产", "报价.txt", "某对手"):
        assert text in answer.text, text
    assert 'href="/interactions/' in answer.text


def test_it_is_narrowed_by_the_address(customer, zhang, sign_in):
    browser = sign_in(zhang)
    answer = browser.get(address(customer), {"kind": ["interaction", "plan"]})
    assert [line.key for line in answer.context["lines"]] == ["plan", "interaction"]
    assert 'data-kind="interaction" aria-current="true"' in answer.text
    wrong = browser.get(address(customer), {"kind": "gossip"})
    assert "时间线没有这个种类" in wrong.text
    for place in ("x", "2026-01-01,1,1", f"{DAY}Z,a,1", "9999-12-31T23:00:00Z,1,1"):
        answer = browser.get(address(customer), {"before": place})
        assert "时间线中没有这个位置" in answer.text


def test_pages_follow_each_other_without_a_gap(customer, zhang, monkeypatch):
    """Lines of one moment and of whole days among them."""
    midnight = timezone.localtime(NOW).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    for _time in range(3):
        an_interaction(customer, occurred_at=midnight - timedelta(days=1))
        an_interaction(customer, occurred_at=midnight + timedelta(seconds=1))
        an_encounter(a_competitor(zhang), customer, happened_on=midnight.date())
    whole = page_of(customer, zhang)
    assert whole.rest == ""
    expected = [(line.key, line.row) for line in whole.lines if line.key != "change"]
    monkeypatch.setattr(timeline, "SIZE", 2)
    found, rest, pages = [], None, 0
    while rest != "":
        page = page_of(customer, zhang, before=rest or "")
        found += [(line.key, line.row) for line in page.lines]
        rest, pages = page.rest, pages + 1
    assert [line for line in found if line[0] != "change"] == expected
    assert len(set(found)) == len(found)
    assert pages > len(expected) // 2


def test_the_next_page_is_offered_and_comes_after_this_one(zhang, sign_in, monkeypatch):
    monkeypatch.setattr(timeline, "SIZE", 2)
    customer = a_customer(zhang)
    for days in range(3):
        an_interaction(customer, occurred_at=NOW - timedelta(days=days))
    browser, kind = sign_in(zhang), {"kind": "interaction"}
    first = browser.get(address(customer), kind)
    rest = browser.get(first.context["more_url"])
    rows = [line.row for page in (first, rest) for line in page.context["lines"]]
    assert rows == list(
        Interaction.objects.order_by("-occurred_at").values_list("pk", flat=True)
    )
    assert rest.context["more_url"] == ""


def test_nobody_is_told_of_rows_they_may_not_see(zhang, wang, lina, sign_in):
    """A colleague in the team sees the customer and what is filed under it."""
    mine = a_customer(zhang, name="我的客户")
    hidden = a_customer(wang, name="看不见的公司")
    Relation.objects.create(customer=mine, kind="supplies", other=hidden)
    an_interaction(mine, subject="尚未登记", by=lina, registered=False)
    a_news_item(lina, title="未登记的动态", registered=False).customers.add(mine)
    page = sign_in(zhang).get(address(mine)).text
    for secret in ("看不见的公司", "尚未登记", "未登记的动态"):
        assert secret not in page
    assert "（您无权查看）" in page
    assert sign_in(wang).get(address(mine)).status_code == 404
    shared = sign_in(lina).get(address(mine)).text
    assert "尚未登记" in shared
    assert "看不见的公司" in shared


def test_a_change_tells_old_and_new_once(zhang, sign_in):
    customer, browser = a_customer(zhang), sign_in(zhang)
    attach(customer, SimpleUploadedFile("报价.txt", "一".encode()), zhang)
    url = f"/customers/{customer.pk}/edit/"
    browser.post(url, form_of(browser, url) | {"name": "新名", "status": "won"})
    answer = browser.get(address(customer), {"kind": "change"})
    latest = answer.context["lines"][0]
    assert latest.who == "张伟"
    assert {c["name"]: c["new"] for c in latest.entry.readable_changes} == {
        "name": "新名",
        "status": "成交",
    }
    assert "报价.txt" not in answer.text  # the file is a line of its own


def test_a_promise_that_has_passed_is_late(zhang):
    customer = a_customer(zhang, next_contact_at=NOW - timedelta(days=1))
    (plan,) = page_of(customer, zhang, keys=["plan"]).lines
    assert plan.tone == "late"


def test_contracts_and_contacts_have_one_too(customer, zhang, sign_in):
    browser, contract = sign_in(zhang), customer.contracts.get()
    contract.amount = Decimal(1)
    lines = browser.get(address(contract)).context["lines"]
    assert {"contract", "decision", "change"} <= {line.key for line in lines}
    contact = customer.contacts.get()
    an_interaction(customer, contact=contact, subject="与李建华通话")
    assert "与李建华通话" in browser.get(address(contact)).text
    for record in (customer, contract, contact):
        page = browser.get(record.get_absolute_url())
        assert page.context["tabs"][0]["url"] == address(record)


def test_it_takes_as_many_queries_for_all_kinds_as_for_one(customer, zhang, sign_in):
    browser = sign_in(zhang)

    def cost(**conditions):
        browser.get(address(customer), conditions)
        with CaptureQueriesContext(connection) as queries:
            browser.get(address(customer), conditions)
        return len(queries)

    few, changes = cost(kind="interaction"), cost(kind="change")
    for number in range(5):
        an_interaction(customer)
        an_encounter(a_competitor(zhang), customer)
        a_customer(zhang, parent=customer)
        Customer.objects.filter(pk=customer.pk).update(employees=number + 1)
    assert cost(kind="interaction") == few
    assert cost() == cost(kind="change") == changes <= few + 3
