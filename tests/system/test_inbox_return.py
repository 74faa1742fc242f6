"""退回 several reports at once: one reason, each row as it was seen."""

import pytest
from django.urls import reverse

from contracts import approval
from crm.models.record import Registration
from crm.notices.models import Notice
from customers.models import Customer
from tests.factories import a_contact, a_contract, a_customer

pytestmark = pytest.mark.django_db

INBOX, MANY = "/system/inbox/", "/system/inbox/return/"


def key(record):
    """Return a record as its checkbox names it."""
    return f"{record._meta.label_lower}:{record.pk}"


def sent(*records, reason="与已有客户重复"):
    """Return what the inbox sends of ticked rows."""
    seen = [f"{key(record)}:{record.version}" for record in records]
    return {"ids": list(map(key, records)), "seen": seen, "reason": reason}


def states(*records):
    """Return how far records are on their way into the books."""
    return [type(r).everything.get(pk=r.pk).registration for r in records]


@pytest.fixture
def reports(zhang):
    """A customer that 张伟 reports, one filed under it, and another one."""
    one = a_customer(zhang, registered=False)
    contact = a_contact(one, registered=False)
    return contact, one, a_customer(zhang, registered=False)


def test_ticked_reports_are_returned_for_one_reason(reports, zhang, lina, sign_in):
    browser = sign_in(lina)
    answer = browser.post(MANY, {**sent(*reports), "query": "q=a"}, follow=True)
    assert answer.redirect_chain == [(f"{INBOX}?q=a", 302)]
    assert "已退回 3 条记录" in answer.content.decode()
    assert states(*reports) == [Registration.RETURNED] * 3
    assert {r.return_reason for r in Customer.everything.all()} == {"与已有客户重复"}
    told = Notice.objects.filter(person=zhang, verb="returned")
    assert sorted(told.values_list("subject_label", "number")) == [
        ("customers.contact", 1),
        ("customers.customer", 2),
    ]


@pytest.mark.parametrize("verb", ["registration", "return"])
def test_a_row_that_is_sent_twice_is_dealt_with_once(reports, lina, sign_in, verb):
    *_filed, other = reports
    page = sign_in(lina).post(f"{INBOX}{verb}/", sent(other, other), follow=True)
    (said,) = page.context["messages"]
    assert said.level_tag == "success"


def test_only_what_is_ticked_is_returned(reports, lina, sign_in):
    contact, one, other = reports
    assert sign_in(lina).post(MANY, sent(one)).status_code == 302
    assert states(one, contact, other) == ["returned", "reported", "reported"]


@pytest.mark.parametrize("reason", ["", "  ", "\u3000", "x" * 501])
def test_nothing_is_returned_without_a_reason(reports, lina, sign_in, reason):
    answer = sign_in(lina).post(MANY, sent(*reports, reason=reason))
    assert answer.status_code == 422
    assert states(*reports) == [Registration.REPORTED] * 3


def test_what_was_changed_meanwhile_stays(reports, lina, sign_in):
    _contact, one, other = reports
    form = sent(one, other)
    Customer.objects.filter(pk=one.pk).update(name="另一家公司")
    browser = sign_in(lina)
    assert browser.post(MANY, sent(one)).status_code == 409
    page = browser.post(MANY, form, follow=True).content.decode()
    assert "您查看之后" in page
    assert states(one, other) == ["reported", "returned"]


def test_a_contract_is_returned_to_its_draft(zhang, lina, sign_in):
    contract = a_contract(zhang, registered=False)
    approval.submit(contract, by=zhang)
    contract.refresh_from_db()
    page = sign_in(lina).get(INBOX)
    assert key(contract) in page.content.decode()
    assert sign_in(lina).post(MANY, sent(contract)).status_code == 302
    assert states(contract) == [Registration.RETURNED]


@pytest.mark.parametrize("person", ["zhang", "zhao", "nobody"])
def test_who_registers_nothing_returns_nothing(reports, person, request, sign_in):
    browser = sign_in(request.getfixturevalue(person))
    assert browser.post(MANY, sent(*reports)).status_code == 403
    assert states(*reports) == [Registration.REPORTED] * 3


def test_nothing_is_returned_by_looking(lina, sign_in):
    assert sign_in(lina).get(MANY).status_code == 405


@pytest.mark.parametrize("verb", ["registration_many", "registration_return_many"])
def test_strange_rows_are_not_there_and_none_are_asked_for(
    reports, verb, lina, sign_in
):
    many, browser = reverse(verb), sign_in(lina)
    strange = ["crm.user:1", "x", "customers.customer:999999"]
    for ids, status, words in (
        (strange, 404, "所选记录不在您的登记箱中"),
        (strange[:1], 404, "所选记录不在您的登记箱中"),
        ([], 422, "没有选择任何记录"),
    ):
        answer = browser.post(many, {"ids": ids, "seen": ids, "reason": "重复"})
        assert answer.status_code == status
        assert words in answer.text
    assert states(*reports) == [Registration.REPORTED] * 3


def test_what_is_left_out_is_told_when_the_rest_goes(reports, lina, sign_in):
    form = sent(reports[0])
    form["ids"] = [*form["ids"], "customers.customer:999999"]
    answer = sign_in(lina).post(MANY, form, follow=True)
    assert "不在您的登记箱中" in answer.text
    assert states(*reports).count(Registration.RETURNED) == 1


def test_the_inbox_offers_it_with_a_place_for_the_reason(reports, lina, sign_in):
    page = sign_in(lina).get(INBOX).content.decode()
    assert f'formaction="{reverse("registration_return_many")}"' in page
