"""转客户: what a lead becomes, beside what is there already, and only once."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.attachments import attach
from crm.models import HistoryEntry
from customers.models import Customer
from feedback.models import Interaction
from sales import leads, moves
from sales.conversion import Outcome, convert
from sales.models import Lead, Opportunity, Stage
from tests.factories import (
    a_contact,
    a_contract,
    a_customer,
    a_lead,
    an_item,
    an_opportunity,
)
from tests.pages import books, shows
from tests.races import signed_in, together, won
from tests.system.test_merging import merge, take_back
from tests.system.test_reminders import written

pytestmark = pytest.mark.django_db
KNOWN = {
    "company": "玉溪汇溪水务有限公司",
    "person": "杨洋",
    "mobile": "13808715566",
    "email": "yang@huixiwater.cn",
    "budget": 120_000,
    "need": "流量计二十台",
}


def conversion(lead):
    """Return the address of its conversion."""
    return reverse("lead_conversion", args=[lead.pk])


def form(browser, lead):
    """Return the form of a conversion as a browser would send it."""
    context = browser.get(conversion(lead)).context
    found = context["form"]
    fields = [*found, *(field for part in found.parts.values() for field in part)]
    values = {field.html_name: field.value() for field in fields}
    sent = {name: getattr(v, "pk", v) for name, v in values.items() if v is not None}
    stages = found.parts["opportunity"].fields["stage"].queryset
    sent |= {"opportunity-stage": stages.first().pk}
    return sent | {"version": context["version"]}


def test_it_becomes_a_customer_a_contact_and_an_opportunity(zhang, lina, sign_in):
    lead = a_lead(zhang, **KNOWN)
    leads.touch(lead, an_item("interaction_method", "call"), "约下周\n看样机", zhang)
    written(
        Lead.objects.filter(pk=lead.pk),
        first_touched_at=lead.first_touched_at - timedelta(days=3),
    )
    lead.refresh_from_db()
    attach(lead, SimpleUploadedFile("询价.txt", "二十台".encode()), zhang)
    browser = sign_in(zhang)
    data = form(browser, lead)
    ways = [data[name] for name in ("customer", "contact", "opportunity")]
    assert ways == ["new", "new", "new"]
    answer = browser.post(
        conversion(lead), data | {"opportunity-expected_on": "2027-03-01"}
    )
    assert answer.status_code == 302, answer.context["form"].errors
    lead.refresh_from_db()
    customer, contact, deal = lead.customer, lead.contact, lead.opportunity
    assert answer.url == customer.get_absolute_url()
    assert (lead.status, customer.name) == ("converted", KNOWN["company"])
    assert (customer.owner, customer.registration) == (zhang, "reported")
    assert (contact.name, contact.mobile) == ("杨洋", "13808715566")
    assert (deal.customer, deal.contact) == (customer, contact)
    assert (deal.amount, deal.details) == (120_000, "流量计二十台")
    (talk,) = Interaction.objects.all()
    assert (talk.customer, talk.opportunity, talk.contact) == (customer, deal, contact)
    assert (talk.subject, talk.owner) == ("约下周", zhang)
    assert talk.occurred_at == lead.first_touched_at
    assert [file.name for file in deal.attachments.all()] == ["询价.txt"]
    assert not lead.attachments.exists()
    page = browser.get(lead.get_absolute_url())
    assert shows(page, "已转客户")
    for row in (customer, contact, deal):
        assert f'href="{row.get_absolute_url()}"' in page.text
    assert browser.get(conversion(lead)).status_code == 409


def test_a_customer_that_is_surely_there_is_chosen(zhang, sign_in):
    customer = a_customer(
        zhang, name=KNOWN["company"], phone="13808715566", registered=True
    )
    person = a_contact(customer, mobile="138-0871-5566")
    lead, browser = a_lead(zhang, **KNOWN), sign_in(zhang)
    data = form(browser, lead)
    assert (data["customer"], data["existing_customer"]) == ("existing", customer.pk)
    assert (data["contact"], data["existing_contact"]) == ("existing", person.pk)
    answer = browser.post(conversion(lead), data | {"opportunity": "none"})
    assert answer.status_code == 302
    lead.refresh_from_db()
    assert (lead.customer, lead.contact, lead.opportunity) == (customer, person, None)
    assert Customer.objects.count() == 1


def test_another_customer_of_the_name_wants_a_reason(zhang, sign_in):
    customer = a_customer(zhang, name=KNOWN["company"])
    lead, browser = a_lead(zhang, **KNOWN), sign_in(zhang)
    sent = form(browser, lead) | {"customer": "new", "opportunity": "none"}
    sent |= {"contact": "none"}
    answer = browser.post(conversion(lead), sent)
    assert answer.status_code == 422
    assert shows(answer, "仍要录入的理由")
    assert f'href="{customer.get_absolute_url()}"' in answer.text
    lead.refresh_from_db()
    assert (lead.status, Customer.objects.count()) == ("unassigned", 1)
    reason = {"duplicate_reason": "同名的另一家"}
    assert browser.post(conversion(lead), sent | reason).status_code == 302
    lead.refresh_from_db()
    assert lead.customer != customer
    entry = HistoryEntry.objects.get(verb="entered_all_the_same")
    assert entry.object_id == lead.customer.pk


def test_of_a_customer_of_others_no_more_is_said_than_whom_to_ask(zhang, wang, sign_in):
    hidden = a_customer(wang, name=KNOWN["company"], address="北京路 1 号")
    lead, browser = a_lead(zhang, **KNOWN), sign_in(zhang)
    before = books()
    page = browser.get(conversion(lead))
    assert page.context["form"]["customer"].value() == "new"
    assert books() == before, "whoever opens it has asked for nobody"
    data = form(browser, lead) | {"opportunity": "none"}
    page = browser.post(conversion(lead), data)
    assert page.status_code == 422
    assert str(wang.department) in page.text
    assert hidden.number not in page.text
    assert "北京路" not in page.text
    before = books()
    forced = data | {"customer": "existing", "existing_customer": hidden.pk}
    assert browser.post(conversion(lead), forced).status_code == 422
    assert books() == before


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"customer": ""}, "必填"),
        ({"customer": "none"}, "none"),
        ({"customer": "existing", "existing_customer": ""}, "请选择一个"),
        ({"customer-name": ""}, "下方标出"),
        ({"opportunity": "new", "opportunity-amount": ""}, "下方标出"),
        ({"opportunity": "existing"}, "请选择一个"),
        ({"contact": "elsewhere"}, "elsewhere"),
    ],
)
def test_what_is_missing_is_told_and_changes_nothing(zhang, sign_in, sent, words):
    lead, browser = a_lead(zhang, **KNOWN), sign_in(zhang)
    data = form(browser, lead) | {"opportunity": "none"} | sent
    before = books()
    answer = browser.post(conversion(lead), data)
    assert answer.status_code == 422
    assert words in answer.text
    assert books() == before


def test_what_belongs_to_another_customer_is_refused(zhang, sign_in):
    customer, other = a_customer(zhang), a_customer(zhang)
    lead, browser = a_lead(zhang, **KNOWN), sign_in(zhang)
    data = form(browser, lead) | {"contact": "none", "opportunity": "none"}
    data |= {"customer": "existing", "existing_customer": customer.pk}
    for name, row in (
        ("contact", a_contact(other)),
        ("opportunity", an_opportunity(zhang, customer=other)),
    ):
        sent = data | {name: "existing", f"existing_{name}": row.pk}
        answer = browser.post(conversion(lead), sent)
        assert answer.status_code == 422, name
    assert Lead.objects.get().status == "unassigned"


def test_a_second_contact_of_the_same_mobile_is_not_made(zhang, sign_in):
    customer = a_customer(zhang)
    a_contact(customer, mobile=KNOWN["mobile"])
    lead, browser = a_lead(zhang, **KNOWN), sign_in(zhang)
    data = form(browser, lead) | {"contact": "new", "opportunity": "none"}
    data |= {"customer": "existing", "existing_customer": customer.pk}
    answer = browser.post(conversion(lead), data)
    assert (answer.status_code, shows(answer, "选用已有联系人")) == (422, True)


def test_an_open_opportunity_that_is_there_takes_the_files(zhang, sign_in):
    deal = an_opportunity(zhang)
    lead, browser = a_lead(zhang, **KNOWN), sign_in(zhang)
    attach(lead, SimpleUploadedFile("询价.txt", "二十台".encode()), zhang)
    lead.refresh_from_db()
    data = form(browser, lead) | {
        "customer": "existing",
        "existing_customer": deal.customer_id,
        "opportunity": "existing",
        "existing_opportunity": deal.pk,
    }
    assert browser.post(conversion(lead), data).status_code == 302
    deal.refresh_from_db()
    lead.refresh_from_db()
    assert (lead.opportunity, deal.contact) == (deal, lead.contact)
    assert [file.name for file in deal.attachments.all()] == ["询价.txt"]
    assert Opportunity.objects.count() == 1


def test_a_deal_that_was_closed_since_takes_no_lead(zhang, sign_in):
    deal = an_opportunity(zhang)
    lead = a_lead(zhang, **KNOWN)
    seen = Opportunity.objects.get(pk=deal.pk)
    moves.close(deal, Stage.Kind.WON, zhang, note="电话下单")
    with pytest.raises(ValidationError, match="已关闭或已不存在"):
        convert(lead, Outcome(deal.customer, opportunity=seen), zhang)
    deal.refresh_from_db()
    assert (deal.status, deal.attachments.count()) == ("won", 0)


def test_a_deal_is_taken_as_it_is_by_now(zhang):
    deal = an_opportunity(zhang)
    other, here = a_contact(deal.customer), a_contact(deal.customer)
    seen = Opportunity.objects.get(pk=deal.pk)
    deal.contact = other
    deal.save()
    convert(a_lead(zhang), Outcome(deal.customer, here, seen), zhang)
    deal.refresh_from_db()
    assert deal.contact == other


def test_what_a_head_converts_is_the_owners(zhang, zhao, sign_in):
    lead = a_lead(zhang, by=zhao, **KNOWN)
    browser = sign_in(zhao)
    data = form(browser, lead) | {"opportunity": "none"}
    assert browser.post(conversion(lead), data).status_code == 302
    lead.refresh_from_db()
    assert (lead.customer.owner, lead.customer.entered_by) == (zhang, zhao)


def test_who_may_enter_no_customers_is_offered_none(chen, sign_in):
    lead, browser = a_lead(chen, **KNOWN), sign_in(chen)
    context = browser.get(conversion(lead)).context
    assert "customer" not in context["form"].parts
    data = {"customer": "new", "customer-name": "新客户", "version": lead.version}
    assert browser.post(conversion(lead), data).status_code == 422
    assert not Customer.objects.exists()


def test_who_has_left_stays_named_as_the_author(zhang, liu, zhao, sign_in):
    lead = a_lead(zhang, by=zhao, **KNOWN)
    leads.touch(lead, an_item("interaction_method", "call"), "看过样机", zhang)
    leads.assign(lead, liu, zhao)
    written(type(zhang).objects.filter(pk=zhang.pk), is_active=False)
    browser = sign_in(zhao)
    data = form(browser, lead) | {"opportunity": "none"}
    assert browser.post(conversion(lead), data).status_code == 302
    (talk,) = Interaction.objects.all()
    assert (talk.owner, "张伟" in talk.content) == (liu, True)


def test_what_it_became_is_followed_when_customers_become_one(zhang, lina):
    kept, gone = a_customer(zhang, name="滇云"), a_customer(zhang, name="滇云公司")
    lead = a_lead(zhang)
    convert(lead, Outcome(gone, a_contact(gone)), zhang)
    merge(kept, gone, by=lina)
    lead.refresh_from_db()
    assert (lead.customer, lead.contact.customer) == (kept, kept)


def test_the_customer_is_locked_before_its_rows(zhang):
    """As a merge does it: two that lock in different orders wait for each other."""
    deal = an_opportunity(zhang)
    customer = deal.customer
    with CaptureQueriesContext(connection) as queries:
        convert(a_lead(zhang), Outcome(customer, a_contact(customer), deal), zhang)
    asked = [one["sql"] for one in queries]
    lock = next(n for n, sql in enumerate(asked) if "FOR NO KEY UPDATE" in sql)
    assert '"customers_customer"' in asked[lock]
    written = next(n for n, sql in enumerate(asked) if 'UPDATE "sales_opp' in sql)
    assert lock < written


def test_a_contract_that_won_a_deal_goes_back_to_no_other_customer(zhang, lina):
    """Two customers became one, which won by what was the other one's contract."""
    deal = an_opportunity(zhang)
    gone = a_customer(zhang)
    contract = a_contract(zhang, customer=gone)
    done = merge(deal.customer, gone, by=lina)
    contract.refresh_from_db()
    deal.refresh_from_db()
    moves.close(deal, Stage.Kind.WON, zhang, contract=contract)
    with pytest.raises(ValidationError, match="保留在该客户名下"), transaction.atomic():
        take_back(done, by=lina)
    contract.refresh_from_db()
    assert contract.customer == deal.customer


@pytest.mark.django_db(transaction=True)
def test_two_who_convert_at_once_make_one_customer(zhang, zhao):
    for _round in range(3):
        lead = a_lead(zhang, by=zhao, **KNOWN | {"company": f"并发{_round}公司"})
        sent = {
            "version": lead.version,
            "customer": "new",
            "customer-name": lead.company,
            "customer-kind": "end_customer",
            "customer-nature": "company",
            "duplicate_reason": "另一家",
        }
        browsers = [signed_in(person) for person in (zhang, zhao, zhang, zhao)]
        before = Customer.objects.count()

        url = conversion(lead)

        def send(number, browsers=browsers, url=url, sent=sent):
            return browsers[number].post(url, sent).status_code

        codes = together(4, send)
        assert won(codes) == [302]
        assert codes.count(409) == 3
        assert Customer.objects.count() == before + 1
        lead.refresh_from_db()
        assert lead.status == "converted"
