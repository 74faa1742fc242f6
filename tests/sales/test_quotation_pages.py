"""Pages of quotations: who may do what, what a click does, and where they are shown."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from contracts import approval
from contracts.models import Contract
from crm.models import Role
from sales import quotations
from sales.approval import FLOW
from sales.models import Quotation
from tests.contracts.test_amendments import words_of_stream
from tests.contracts.test_approval import verdict as verdict_of_contract
from tests.contracts.test_contract_pages import fields_of, with_line, words
from tests.contracts.test_listed_prices import errors
from tests.factories import (
    a_contact,
    a_contract,
    a_customer,
    a_price_list,
    a_product,
    a_quotation,
    an_item,
    an_opportunity,
)
from tests.pages import alerts, ids, shows
from tests.papers import text_of
from tests.people import hire
from tests.sales.test_quotation_form import address
from tests.sales.test_quotations import offered, verdict
from tests.site.test_menu_numbers import numbers

pytestmark = pytest.mark.django_db


@pytest.fixture
def pump(lina):
    """A product that costs 100 by itself."""
    return a_product(lina, name="水泵", price=Decimal(100))


@pytest.fixture
def finance(head_office):
    """何敏 counts the money."""
    return hire("finance", "何敏", "finance", department=head_office)


@pytest.fixture
def director(head_office):
    """The sales director sees all and approves, and writes none."""
    return hire("director2", "总监", "sales_director", department=head_office)


def in_state(status, pump, by, head, **fields):
    """Return a quotation of a pump at ten percent off that stands so."""
    quotation = a_quotation(by, (pump, 1, 90), **fields)
    if status != "draft":
        FLOW.submit(quotation, by=by)
    if status == "recalled":
        FLOW.recall(quotation, by=by)
    elif status not in ("draft", "pending"):
        verdict(quotation, head, approved=status != "rejected", opinion="太低")
        quotation.refresh_from_db()
        go_on(quotation, status, by)
    quotation.refresh_from_db()
    assert quotation.status == status
    return quotation


def go_on(quotation, status, by):
    """Let what was approved come to stand so."""
    if status in ("sent", "accepted", "declined"):
        quotations.send(quotation, by=by)
    if status == "accepted":
        quotations.accept(quotation, by=by)
    elif status == "declined":
        reason = an_item("closing_reason", "price")
        quotations.decline(quotation, by=by, reason=reason)
    elif status == "expired":
        quotations.end_expired(quotation.valid_until + timedelta(days=1))
    elif status == "superseded":
        later = quotations.renew(quotation, by=by)
        later.lines.update(unit_price=100)
        FLOW.submit(later, by=by)


def buttons(browser, quotation):
    """Return the keys of the buttons that its page has."""
    page = browser.get(quotation.get_absolute_url())
    return [action["key"] for action in page.context["actions"]]


def do(browser, quotation, name, **data):
    """Press a button of its page."""
    return browser.post(address(quotation, name), data)


# --- Buttons by state and right -----------------------------------------------------

WRITTEN = ["submission", "update", "delete"]
BUTTONS = {
    "draft": WRITTEN,
    "pending": ["recall"],
    "rejected": WRITTEN,
    "recalled": WRITTEN,
    "approved": ["sent", "acceptance", "refusal", "renewal"],
    "sent": ["acceptance", "refusal", "renewal"],
    "accepted": ["reopening", "contract"],
    "declined": ["reopening", "renewal"],
    "expired": ["renewal"],
    "superseded": [],
}


@pytest.mark.parametrize("status", BUTTONS)
def test_state_and_right_say_which_buttons_there_are(
    status, pump, zhang, zhao, qian, lina, director, sign_in
):
    quotation, sheet = in_state(status, pump, zhang, zhao), "quotation_sheet_pdf"
    assert buttons(sign_in(zhang), quotation) == [*BUTTONS[status], sheet]
    others = [one for one in BUTTONS[status] if one != "recall"]
    for person in (zhao, qian, lina):
        found = buttons(sign_in(person), quotation)
        asked = ["approval", "rejection"] if status == "pending" else []
        expected = [*(asked if person == zhao else ()), *others, sheet]
        assert [one for one in found if one != "transfer"] == expected
    assert buttons(sign_in(director), quotation) == [sheet]


def test_of_whom_it_is_not_it_does_not_exist(
    pump, zhang, zhao, liu, wang, sun, chen, zhou, finance, nobody, sign_in
):
    quotation = in_state("approved", pump, zhang, zhao)
    for person, status in (
        *((one, 404) for one in (liu, wang, sun)),
        *((one, 403) for one in (chen, zhou, finance, nobody)),
    ):
        browser = sign_in(person)
        for name in ("detail", "update", "delete"):
            assert browser.get(address(quotation, name)).status_code == status
        assert browser.get(f"{address(quotation)}sheet.pdf").status_code == status
        listed = browser.get("/quotations/")
        assert listed.status_code == (200 if status == 404 else 403)
        if status == 404:
            assert ids(listed) == []
        else:
            assert 'href="/quotations/' not in words(browser.get("/"))


def test_without_the_rights_to_add_there_is_neither_contract_nor_version(
    pump, zhang, zhao, nobody, sign_in
):
    grants = {f"sales.{act}_quotation": "all" for act in ("view", "change")}
    role = Role.objects.create(name="商务助理", grants=grants)
    nobody.role_assignments.create(role=role)
    browser = sign_in(nobody)
    accepted = in_state("accepted", pump, zhang, zhao)
    assert "contract" not in buttons(browser, accepted)
    assert do(browser, accepted, "contract").status_code == 403
    sent = in_state("sent", pump, zhang, zhao)
    assert "renewal" not in buttons(browser, sent)
    assert do(browser, sent, "renewal").status_code == 403
    assert do(browser, sent, "acceptance").status_code == 302
    assert not Contract.objects.exists()
    assert Quotation.objects.count() == 2


def test_past_its_last_day_it_can_be_declined_or_offered_anew(
    pump, zhang, sign_in, monkeypatch
):
    today = timezone.localdate()
    days = {"quoted_on": today, "valid_until": today}
    quotation = offered(zhang, (pump, 1, 100), **days)
    tomorrow = today + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_args: tomorrow)
    browser = sign_in(zhang)
    page = browser.get(quotation.get_absolute_url())
    assert shows(page, f"有效期至 {days['valid_until']}")
    keys = [action["key"] for action in page.context["actions"]]
    assert keys == ["refusal", "renewal", "quotation_sheet_pdf"]
    for name in ("sent", "acceptance"):
        answer = do(browser, quotation, name)
        assert answer.status_code == 409
        assert str(days["valid_until"]) in words(answer)
    assert do(browser, quotation, "renewal").status_code == 302


# --- Verbs --------------------------------------------------------------------------

#: {verb: (the state it goes on from, who does it, the state then)}
VERBS = {
    "submission": ("draft", "zhang", "pending"),
    "recall": ("pending", "zhang", "recalled"),
    "decision": ("pending", "zhao", "approved"),
    "sent": ("approved", "zhang", "sent"),
    "acceptance": ("sent", "zhang", "accepted"),
    "refusal": ("sent", "zhang", "declined"),
    "reopening": ("accepted", "zhang", "sent"),
    "renewal": ("sent", "zhang", "sent"),
    "contract": ("accepted", "zhang", "accepted"),
}


def sent_with(quotation):
    """Return what the small forms behind all verbs hold."""
    round_ = quotation.rounds.first()
    return {
        "round": round_.pk if round_ else 1,
        "approved": "true",
        "reason": an_item("closing_reason", "price").pk,
        "note": "电话里说的",
    }


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_is_done_to_what_was_seen(name, pump, zhang, zhao, sign_in):
    before, who, after = VERBS[name]
    quotation = in_state(before, pump, zhang, zhao)
    browser = sign_in({"zhang": zhang, "zhao": zhao}[who])
    data = sent_with(quotation)
    for version in (None, "", "0", "9999", "x", "１"):
        answer = do(browser, quotation, name, **data, version=version)
        assert answer.status_code == 409
        assert quotation.number in words(answer)
    quotation.refresh_from_db()
    assert (quotation.status, quotation.contract) == (before, None)
    assert Quotation.objects.count() == 1
    assert do(browser, quotation, name, **data).status_code == 302
    quotation.refresh_from_db()
    assert quotation.status == after


@pytest.mark.parametrize("name", VERBS)
def test_verbs_are_never_done_by_looking(name, pump, zhang, sign_in):
    quotation = a_quotation(zhang, (pump, 1, 90))
    assert sign_in(zhang).get(address(quotation, name)).status_code == 405


@pytest.mark.parametrize("name", VERBS)
def test_verbs_are_of_whom_it_is(
    name, pump, zhang, zhao, wang, sun, liu, chen, finance, director, nobody, sign_in
):
    before = VERBS[name][0]
    quotation = in_state(before, pump, zhang, zhao)
    data = sent_with(quotation)
    for person in (wang, sun, liu):
        status = do(sign_in(person), quotation, name, **data).status_code
        assert status in (403, 404)
        assert status == 404 or person != sun
    for person in (chen, finance, nobody):
        assert do(sign_in(person), quotation, name, **data).status_code == 403
    assert do(sign_in(director), quotation, name, **data).status_code == 403
    quotation.refresh_from_db()
    assert (quotation.status, quotation.contract) == (before, None)


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("submission", ("pending", "approved", "accepted")),
        ("recall", ("draft", "approved")),
        ("decision", ("draft", "approved", "rejected")),
        ("sent", ("draft", "pending", "sent", "accepted", "expired")),
        ("acceptance", ("draft", "rejected", "declined", "superseded")),
        ("refusal", ("draft", "pending", "accepted", "declined", "expired")),
        ("reopening", ("draft", "sent", "expired", "superseded")),
        ("renewal", ("draft", "rejected", "accepted", "superseded")),
        ("contract", ("draft", "approved", "sent", "declined")),
    ],
)
def test_from_another_state_a_verb_is_a_conflict(
    name, states, pump, zhang, zhao, sign_in
):
    browser = sign_in(zhao if name == "decision" else zhang)
    for status in states:
        quotation = in_state(status, pump, zhang, zhao)
        data = sent_with(quotation)
        before = Quotation.objects.count()
        assert do(browser, quotation, name, **data).status_code == 409
        quotation.refresh_from_db()
        assert quotation.status == status
        assert Quotation.objects.count() == before
    assert not Contract.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"reason": ""},
        {"reason": "x"},
        {"reason": "999999999999999999999"},
        {"note": "长" * 501},
        {"note": "电\x00话"},
    ],
)
def test_what_cannot_be_read_changes_nothing(sent, pump, zhang, zhao, sign_in):
    quotation = in_state("sent", pump, zhang, zhao)
    browser = sign_in(zhang)
    data = sent_with(quotation) | sent
    assert do(browser, quotation, "refusal", **data).status_code == 422
    if "note" in sent:
        assert do(browser, quotation, "acceptance", **data).status_code == 422
    quotation.refresh_from_db()
    assert quotation.status == "sent"


def test_a_reason_of_another_dictionary_is_none(pump, zhang, zhao, sign_in):
    quotation = in_state("sent", pump, zhang, zhao)
    other = an_item("credit_grade", "A").pk
    answer = do(sign_in(zhang), quotation, "refusal", reason=other)
    assert answer.status_code == 422


def test_without_a_line_it_is_not_handed_in(zhang, sign_in):
    quotation = a_quotation(zhang)
    answer = do(sign_in(zhang), quotation, "submission")
    assert answer.status_code == 422
    assert shows(answer, "明细")


def test_a_page_says_what_became_of_it(pump, zhang, zhao, sign_in):
    quotation = in_state("sent", pump, zhang, zhao)
    browser = sign_in(zhang)
    reason = an_item("closing_reason", "price")
    do(browser, quotation, "refusal", reason=reason.pk, note="预算只有八十")
    page = browser.get(quotation.get_absolute_url())
    for text in (str(reason), "预算只有八十", f"{timezone.localdate()}"):
        assert shows(page, text)
    assert 'data-status="declined"' in words(page)


def test_the_road_of_a_quotation_through_its_pages(pump, zhang, zhao, sign_in):
    quotation = a_quotation(zhang, (pump, 1, 90), title="冷却水泵")
    assert do(sign_in(zhang), quotation, "submission").status_code == 302
    data = {"round": quotation.rounds.get().pk, "approved": "false"}
    browser = sign_in(zhao)
    assert do(browser, quotation, "decision", **data).status_code == 422
    assert do(browser, quotation, "decision", opinion="太低", **data).status_code == 302
    browser, at = sign_in(zhang), address(quotation, "update")
    assert shows(browser.get(quotation.get_absolute_url()), "太低")
    data = fields_of(browser, at) | {"lines-0-unit_price": "96"}
    assert browser.post(at, data).status_code == 302
    answer = browser.post(address(quotation, "submission"), follow=True)
    assert shows(answer, "无需审批：可以发送给客户。")
    for name in ("sent", "acceptance"):
        assert do(browser, quotation, name).status_code == 302
    answer = browser.post(address(quotation, "contract"), follow=True)
    contract = Contract.objects.get()
    assert answer.redirect_chain[-1][0] == contract.get_absolute_url()
    assert (contract.amount, contract.title) == (96, "冷却水泵")
    page = browser.get(quotation.get_absolute_url())
    assert shows(page, contract.number)
    assert buttons(browser, quotation) == ["reopening", "quotation_sheet_pdf"]


def test_what_is_frozen_is_neither_edited_nor_deleted(pump, zhang, zhao, sign_in):
    browser = sign_in(zhang)
    for status in ("pending", "approved", "accepted", "superseded"):
        quotation = in_state(status, pump, zhang, zhao)
        for name in ("update", "delete"):
            assert browser.get(address(quotation, name)).status_code == 409
            data = {"title": "新", "version": "1"}
            answer = browser.post(address(quotation, name), data)
            assert answer.status_code == 409
        quotation.refresh_from_db()
        assert (quotation.title == "新", quotation.deleted_at) == (False, None)


def test_a_draft_goes_into_the_bin_and_its_version_can_be_made_anew(
    pump, zhang, zhao, sign_in
):
    first = in_state("sent", pump, zhang, zhao)
    browser = sign_in(zhang)
    second = browser.post(address(first, "renewal"), follow=True).context["object"]
    assert second.number.endswith("-v2")
    assert "renewal" not in buttons(browser, first)
    assert do(browser, first, "renewal").status_code == 409
    assert browser.post(address(second, "delete")).status_code == 302
    assert "renewal" in buttons(browser, first)
    third = browser.post(address(first, "renewal"), follow=True).context["object"]
    assert third.number.endswith("-v3")


def test_a_version_names_all_others_and_what_has_taken_its_place(
    pump, zhang, zhao, sign_in
):
    first = in_state("superseded", pump, zhang, zhao)
    second = Quotation.objects.get(replaces=first)
    third = quotations.renew(second, by=zhang)
    page = words(sign_in(zhang).get(first.get_absolute_url()))
    note = page.partition('<div class="note note-info">')[2].partition("</div></div>")[
        0
    ]
    assert second.number in note
    assert third.number not in note
    versions = page.partition('id="versions"')[2].partition("</section>")[0]
    assert all(one.number in versions for one in (first, second, third))


# --- Opportunities ------------------------------------------------------------------


def closings(browser, deal):
    """Return the ends that the page of an opportunity offers."""
    page = browser.get(deal.get_absolute_url())
    return [
        action["fields"][0]["value"]
        for action in page.context["actions"]
        if action["key"] == "close"
    ]


def test_a_deal_is_not_won_while_its_only_quotation_is_not_approved(
    pump, zhang, zhao, sign_in
):
    deal = an_opportunity(zhang)
    browser = sign_in(zhang)
    assert closings(browser, deal) == ["won", "lost", "void"]
    named = {"customer": deal.customer, "opportunity": deal}
    quotation = a_quotation(zhang, (pump, 1, 90), **named)
    won = {"kind": "won", "note": "口头确认"}
    for status in ("draft", "pending"):
        if status == "pending":
            do(browser, quotation, "submission")
        assert closings(browser, deal) == ["lost", "void"]
        answer = browser.post(f"{deal.get_absolute_url()}close/", won)
        assert answer.status_code == 409
    verdict(quotation, zhao)
    assert closings(browser, deal) == ["won", "lost", "void"]
    a_quotation(zhang, (pump, 1, 80), **named)
    assert closings(browser, deal) == ["won", "lost", "void"]
    answer = browser.post(f"{deal.get_absolute_url()}close/", won)
    assert answer.status_code == 302


def test_a_quotation_that_is_deleted_stops_no_deal(pump, zhang, sign_in):
    deal = an_opportunity(zhang)
    browser = sign_in(zhang)
    named = {"customer": deal.customer, "opportunity": deal}
    quotation = a_quotation(zhang, (pump, 1, 90), **named)
    browser.post(address(quotation, "delete"))
    assert closings(browser, deal) == ["won", "lost", "void"]


def test_a_quotation_begins_with_what_the_opportunity_knows(pump, zhang, sign_in):
    customer = a_customer(zhang)
    contact = a_contact(customer)
    deal = an_opportunity(zhang, customer=customer, contact=contact, title="园区计量")
    browser = sign_in(zhang)
    actions = browser.get(deal.get_absolute_url()).context["actions"]
    (url,) = (action["url"] for action in actions if action["key"] == "quote")
    data = with_line(fields_of(browser, url), 0, pump, 3)
    assert browser.post(url, data).status_code == 302
    quotation = Quotation.objects.get()
    assert (quotation.title, quotation.customer) == ("园区计量", customer)
    assert (quotation.contact, quotation.opportunity) == (contact, deal)
    assert quotation.amount == 300


def test_who_has_no_right_to_quotations_finds_no_button_for_one(zhang, chen, sign_in):
    deal = an_opportunity(zhang)
    role = Role.objects.create(
        name="看商机",
        grants={f"sales.{act}_opportunity": "all" for act in ("view", "change")},
    )
    chen.role_assignments.create(role=role)
    actions = sign_in(chen).get(deal.get_absolute_url()).context["actions"]
    keys = [action["key"] for action in actions]
    assert "close" in keys
    assert "quote" not in keys


# --- The contract of a quotation ----------------------------------------------------


@pytest.fixture
def contract(pump, zhang, zhao, lina, sign_in):
    """The draft of the contract of 2,000 pumps at ten percent off, and now dearer."""
    quotation = a_quotation(zhang, (pump, 2000, 100, 10), title="冷却水泵")
    FLOW.submit(quotation, by=zhang)
    verdict(quotation, zhao)
    quotations.accept(quotation, by=zhang)
    made = quotations.draft_contract(quotation, by=zhang)
    a_price_list(lina, (pump, 0, 120), name="统一价", forced=True)
    return made


def change(browser, contract, **changes):
    """Send the form of the contract with some changes."""
    at = f"{contract.get_absolute_url()}edit/"
    return browser.post(at, fields_of(browser, at) | changes)


def test_its_contract_keeps_what_was_quoted_whatever_lists_say(
    contract, zhang, sign_in
):
    browser = sign_in(zhang)
    assert change(browser, contract, title="冷却水泵二千台").status_code == 302
    later = timezone.localdate() + timedelta(days=40)
    assert change(browser, contract, signed_on=f"{later}").status_code == 302
    contract.refresh_from_db()
    assert (contract.title, contract.signed_on) == ("冷却水泵二千台", later)
    assert contract.amount == 180_000
    assert contract.lines.get().unit_price == 100


def test_what_was_not_quoted_keeps_to_the_lists(contract, pump, zhang, sign_in):
    browser = sign_in(zhang)
    for changes in (
        {"lines-0-quantity": "2001", "amount": ""},
        {"lines-0-unit_price": "99", "amount": ""},
        {"lines-0-discount": "11", "amount": ""},
    ):
        assert "unit_price" in errors(change(browser, contract, **changes))
    line = with_line({}, 1, pump, 1, "100", "10")  # once agreed is not agreed twice
    answer = change(browser, contract, **line, amount="")
    assert [bool(one) for one in answer.context["formset"].errors] == [
        False,
        True,
        False,
    ]
    line = with_line({}, 1, pump, 1)
    assert change(browser, contract, **line, amount="").status_code == 302
    contract.refresh_from_db()
    assert contract.amount == 180_120


def test_a_change_of_its_contract_keeps_what_was_quoted(
    contract, pump, zhang, zhao, sign_in
):
    approval.submit(contract, by=zhang)
    verdict_of_contract(contract, zhao)
    approval.amend(contract, by=zhang)
    browser, at = sign_in(zhang), f"{contract.get_absolute_url()}amendment/edit/"
    later = timezone.localdate() + timedelta(days=40)
    data = fields_of(browser, at) | {"signed_on": f"{later}", "amount": ""}
    assert browser.post(at, data).status_code == 302
    line = with_line(fields_of(browser, at) | {"amount": ""}, 1, pump, 1, "100")
    assert "unit_price" in errors(browser.post(at, line))


def test_the_desk_shows_what_the_customer_took_and_by_how_much_it_differs(
    contract, pump, zhang, zhao, sign_in
):
    quotation = contract.quotations.get()
    approval.submit(contract, by=zhang)
    browser = sign_in(zhao)

    def part():
        page = words(browser.get("/approvals/"))
        return page.partition('data-part="quoted"')[2].partition("</section>")[0]

    assert quotation.number in part()
    assert "180,000.00" in part()
    assert "相差" not in part()
    approval.recall(contract, by=zhang)
    line = with_line({}, 1, pump, 1)
    change(sign_in(zhang), contract, **line, amount="")
    approval.submit(contract, by=zhang)
    browser = sign_in(zhao)
    assert f'href="{quotation.get_absolute_url()}"' in part()
    assert "相差 120.00 元" in part()


def test_a_contract_of_no_quotation_has_no_such_part(zhang, zhao, sign_in):
    approval.submit(a_contract(zhang, amount=180_000), by=zhang)
    assert 'data-part="quoted"' not in words(sign_in(zhao).get("/approvals/"))


# --- The desk of quotations ---------------------------------------------------------

DESK = "/approvals/?kind=sales.quotation"


def test_the_desk_shows_all_that_a_decision_needs(
    pump, zhang, zhao, qian, lina, sign_in
):
    a_price_list(lina, (pump, 0, 100, 92))
    quotation = a_quotation(zhang, title="冷却水泵", terms="三十天账期", discount=2)
    for price in (90, 100):
        quotation.lines.create(product=pump, quantity=3, unit_price=price)
    FLOW.submit(quotation, by=zhang)
    page = sign_in(zhao).get(DESK)
    (row,) = page.context["rows"]
    assert row["record"] == quotation
    for text in (
        quotation.number,
        "冷却水泵",
        quotation.customer.name,
        "558.60",
        "11.8",
        "三十天账期",
        "低于最低价",
        "明细：2 行",
        str(quotation.valid_until),
    ):
        assert shows(page, text), text
    lines = words(page).partition('data-part="lines"')[2].partition("</section>")[0]
    assert "88.20" not in lines
    assert "264.60" in lines
    assert lines.count("低于最低价") == 1


def test_several_are_decided_at_the_desk_at_once(pump, zhang, zhao, sign_in):
    first, second = (in_state("pending", pump, zhang, zhao) for _time in range(2))
    browser = sign_in(zhao)
    rows = browser.get(DESK).context["rows"]
    data = {
        "kind": "sales.quotation",
        "ids": [row["record"].pk for row in rows],
        "seen": [row["seen"] for row in rows],
        "approved": "true",
    }
    answer = browser.post("/approvals/", data, follow=True)
    assert shows(answer, "已批准 2 份报价。")
    assert set(Quotation.objects.values_list("status", flat=True)) == {"approved"}
    answer = browser.post("/approvals/", data)
    assert answer.status_code in (404, 409)
    assert {first.decisions.count(), second.decisions.count()} == {1}


def test_the_desk_shows_what_changed_since_it_came_back(pump, zhang, zhao, sign_in):
    quotation = in_state("rejected", pump, zhang, zhao)
    quotation.lines.update(unit_price=92)
    quotation.refresh_from_db()
    FLOW.submit(quotation, by=zhang)
    page = words(sign_in(zhao).get(DESK))
    changes = page.partition('data-part="changes"')[2].partition("</section>")[0]
    for text in ("90.00", "92.00", "水泵"):
        assert text in changes


def test_nobody_decides_on_their_own(pump, zhao, qian, sign_in):
    quotation = a_quotation(zhao, (pump, 1, 90))
    FLOW.submit(quotation, by=zhao)
    browser = sign_in(zhao)
    assert browser.get(DESK).context["rows"] == []
    data = {"round": quotation.rounds.get().pk, "approved": "true"}
    assert do(browser, quotation, "decision", **data).status_code == 403
    (row,) = sign_in(qian).get(DESK).context["rows"]
    assert row["record"] == quotation


def test_whoever_decides_on_nothing_has_no_desk(zhang, chen, lina, sign_in):
    for person in (zhang, chen, lina):
        assert sign_in(person).get(DESK).status_code == 403


# --- Lists, tabs, menu --------------------------------------------------------------


def test_the_list_narrows_by_what_people_look_for(pump, zhang, zhao, liu, sign_in):
    made = {one: in_state(one, pump, zhang, zhao) for one in ("draft", "sent")}
    steep = a_quotation(zhang, (pump, 9, 50), title="大客户特价")
    theirs = a_quotation(liu, (pump, 1, 100))
    browser = sign_in(zhang)

    def listed(query):
        answer = browser.get(f"/quotations/?{query}")
        assert alerts(answer) == []
        return set(ids(answer))

    own = {made["draft"].pk, made["sent"].pk, steep.pk}
    assert listed("") == own
    assert listed("status=sent") == {made["sent"].pk}
    assert listed("discount_most_min=40") == {steep.pk}
    assert listed("amount_min=450&amount_max=450") == {steep.pk}
    assert listed("q=dkhtj") == {steep.pk}
    assert listed(f"q={made['sent'].number}") == {made["sent"].pk}
    assert listed(f"customer={steep.customer_id}") == {steep.pk}
    assert listed("below_floor=true") == set()
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert listed(f"valid_until_before={tomorrow}") == set()
    assert listed(f"valid_until_after={tomorrow}") == own
    assert theirs.pk in ids(sign_in(zhao).get("/quotations/"))


def test_the_export_has_what_the_list_has(pump, zhang, liu, sign_in):
    mine = a_quotation(zhang, (pump, 9, 50), title="大客户特价")
    theirs = a_quotation(liu, (pump, 1, 100))
    answer = sign_in(zhang).get("/quotations/export/?format=csv&amount_min=400")
    table = words_of_stream(answer)
    for text in (mine.number, "大客户特价", "450.00", "草稿", "50.00"):
        assert text in table
    assert theirs.number not in table


def test_they_stand_below_customer_opportunity_and_contract(
    contract, pump, zhang, sign_in
):
    quotation = contract.quotations.get()
    deal = an_opportunity(zhang, customer=contract.customer)
    other = a_quotation(zhang, (pump, 1, 90), customer=deal.customer, opportunity=deal)
    a_quotation(zhang, (pump, 1, 90))
    browser = sign_in(zhang)
    for record, expected in (
        (contract.customer, {quotation.pk, other.pk}),
        (deal, {other.pk}),
        (contract, {quotation.pk}),
    ):
        tabs = browser.get(record.get_absolute_url()).context["tabs"]
        (tab,) = (tab for tab in tabs if tab["key"] == "quotation")
        assert set(ids(browser.get(tab["url"]))) == expected
        assert tab["count"] in (None, len(expected))


def test_the_menu_counts_ones_own_rejected_ones(pump, zhang, zhao, liu, sign_in):
    browser = sign_in(zhang)
    assert numbers(browser) == {}
    quotation = in_state("rejected", pump, zhang, zhao)
    in_state("rejected", pump, liu, zhao)
    ((url, number),) = numbers(browser).items()
    assert number == "1"
    assert ids(browser.get(url.replace("&amp;", "&"))) == [quotation.pk]
    do(browser, quotation, "submission")
    assert numbers(browser) == {}


# --- On paper -----------------------------------------------------------------------


def paper(browser, quotation):
    """Return the text of its sheet."""
    answer = browser.get(f"{address(quotation)}sheet.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return text_of(answer.content)


def test_the_sheet_says_what_is_offered_and_nothing_of_our_lists(
    pump, zhang, zhao, qian, lina, sign_in
):
    a_price_list(lina, (pump, 0, 137, "117.77"), name="内部标准价")
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司")
    quotation = a_quotation(
        zhang,
        customer=customer,
        contact=a_contact(customer, name="赵敏"),
        title="冷却水泵",
        discount=4,
        tax_rate=13,
        terms="三十天账期",
    )
    quotation.lines.create(product=pump, quantity=3, unit_price="120.5")
    FLOW.submit(quotation, by=zhang)
    for person in (zhao, qian):
        verdict(quotation, person)
    quotation.refresh_from_db()
    said = paper(sign_in(zhang), quotation)
    for what in (
        quotation.number,
        "昆明翠湖仪器有限公司",
        "赵敏",
        "冷却水泵",
        "120.50",
        "347.04",
        "三十天账期",
        "人民币叁佰肆拾柒元零肆分",
        "13",
        str(quotation.valid_until),
        "张伟",
    ):
        assert what in said, what
    for secret in ("137", "117.77", "内部标准价", "411.00", "15.56", "最低价", "价目"):
        assert secret not in said, secret


MARKS = {
    "draft": "草稿",
    "pending": "审批中",
    "rejected": "草稿",
    "recalled": "草稿",
    "approved": "",
    "sent": "",
    "accepted": "",
    "declined": "",
    "expired": "已过期",
    "superseded": "已更新",
}


@pytest.mark.parametrize("status", MARKS)
def test_until_it_is_approved_its_sheet_bears_a_watermark(
    status, pump, zhang, zhao, sign_in
):
    quotation = in_state(status, pump, zhang, zhao)
    said = paper(sign_in(zhang), quotation)
    marks = {mark for mark in MARKS.values() if mark and mark in said}
    assert marks == ({MARKS[status]} if MARKS[status] else set())
