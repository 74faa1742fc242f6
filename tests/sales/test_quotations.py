"""A quotation: written, approved, offered, answered; never changed once approved."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, transaction
from django.utils import timezone

from contracts import approval
from contracts.models import Contract
from crm.guards.actor import acting
from crm.models import HistoryEntry
from crm.notices.models import Notice
from sales import moves, quotations
from sales.approval import FLOW
from sales.expiry import end
from sales.models import Quotation, QuotationApprovalRule, QuotationLine
from tests.contracts.test_approval import refused
from tests.factories import (
    a_contact,
    a_customer,
    a_price_list,
    a_product,
    a_quotation,
    an_item,
    an_opportunity,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def pump(lina):
    """A product that costs 100."""
    return a_product(lina, name="水泵", price=Decimal(100))


@pytest.fixture
def valve(lina):
    """A product that costs 33.33."""
    return a_product(lina, name="阀门", price=Decimal("33.33"))


def verdict(quotation, by, approved=True, opinion=""):
    """Give a verdict on what is open now."""
    seen = quotation.rounds.filter(state="open").get().pk
    return FLOW.decide(
        quotation, by=by, approved=approved, opinion=opinion, round_id=seen
    )


def offered(owner, *lines, **fields):
    """Return a quotation that no rule asked for: it may be sent."""
    quotation = a_quotation(owner, *lines, **fields)
    FLOW.submit(quotation, by=owner)
    assert quotation.status == "approved"
    return quotation


def refused_by_postgresql(quotation, by, verb="changed", **values):
    """Return the name under which PostgreSQL refuses to write values."""
    with (
        pytest.raises(Error) as caught,
        transaction.atomic(),
        acting(by, verb=verb),
    ):
        Quotation.objects.filter(pk=quotation.pk).update(**values)
    return caught.value.__cause__.diag.constraint_name


def test_its_number_counts_versions_and_postgresql_adds_up_its_lines(
    zhang, pump, valve
):
    quotation = a_quotation(zhang, (pump, 3, 100, 10), (valve, 7, "33.33"), discount=5)
    today = timezone.localdate()
    assert quotation.number == f"BJ-{today:%Y%m%d}-001-v1"
    assert quotation.valid_until == today + timedelta(days=30)
    first, second = quotation.lines.order_by("pk")
    assert (first.total_discount, first.amount) == (Decimal("14.5"), Decimal("256.50"))
    assert (second.total_discount, second.amount) == (5, Decimal("221.64"))
    assert quotation.amount == first.amount + second.amount
    assert quotation.list_amount == Decimal("533.31")
    assert quotation.discount_most == Decimal("14.5")
    Quotation.objects.filter(pk=quotation.pk).update(discount=0, amount=1)
    quotation.refresh_from_db()
    assert quotation.amount == 270 + Decimal("233.31")  # whatever was written


@pytest.mark.parametrize(
    ("own", "whole", "in_all"),
    [
        ("0", "0", "0"),
        ("12.5", "7.5", "19.06"),
        ("100", "50", "100"),
        ("0.01", "0.01", "0.02"),
    ],
)
def test_a_line_bears_its_own_discount_then_that_on_everything(
    zhang, pump, own, whole, in_all
):
    quotation = a_quotation(zhang, (pump, 1, 100, own), discount=whole)
    line = quotation.lines.get()
    assert line.total_discount == Decimal(in_all)
    assert quotation.amount == line.amount == 100 - Decimal(in_all)


def test_no_rule_asks_for_five_percent_and_more_asks_the_head(zhang, zhao, qian, pump):
    free = a_quotation(zhang, (pump, 1, 95))
    FLOW.submit(free, by=zhang)
    assert (free.status, free.rounds.get().unruled) == ("approved", True)
    quotation = a_quotation(zhang, (pump, 1, 100, 5), discount="0.5")
    FLOW.submit(quotation, by=zhang)
    assert quotation.status == "pending"
    verdict(quotation, zhao)
    quotation.refresh_from_db()
    assert quotation.status == "approved"
    steep = a_quotation(zhang, (pump, 9, 100), (pump, 1, 84))
    FLOW.submit(steep, by=zhang)
    assert steep.rounds.get().rule_name == "折扣超过 15%"
    verdict(steep, zhao)
    steep.refresh_from_db()
    assert steep.status == "pending"  # the head above is asked, too
    verdict(steep, qian)
    steep.refresh_from_db()
    assert steep.status == "approved"


def test_a_dearer_line_does_not_hide_a_cheaper_one(zhang, zhao, qian, pump):
    quotation = a_quotation(zhang, (pump, 100, 130), (pump, 1, 80))
    assert quotation.amount > quotation.list_amount
    assert quotation.discount_most == 20
    FLOW.submit(quotation, by=zhang)
    assert quotation.status == "pending"


def test_below_the_lowest_price_two_heads_are_asked(zhang, zhao, qian, lina, pump):
    a_price_list(lina, (pump, 0, 100, 99))
    quotation = a_quotation(zhang)
    quotation.lines.create(product=pump, quantity=1, unit_price=98)
    FLOW.submit(quotation, by=zhang)  # the list is asked, though the form did not
    assert (quotation.below_floor, quotation.status) == (True, "pending")
    assert quotation.rounds.get().rule_name == "低于最低价"
    assert quotation.rounds.get().steps.count() == 2
    assert quotation.lines.get().floor == 99


def test_no_day_and_no_old_draft_brings_back_the_prices_of_the_past(
    zhang, zhao, qian, lina, pump
):
    day = timezone.localdate() - timedelta(days=300)
    a_price_list(lina, (pump, 0, 50), starts_on=day, ends_on=day, priority=9)
    written = a_quotation(zhang, (pump, 1, 100), quoted_on=day)
    a_price_list(lina, (pump, 0, 150, 140))
    FLOW.submit(written, by=zhang)
    assert (written.discount_most, written.below_floor) == (Decimal("33.33"), True)
    assert written.status == "pending"


def test_what_is_over_off_sale_or_nothing_is_not_handed_in(zhang, lina, pump):
    day = timezone.localdate() - timedelta(days=1)
    over = a_quotation(zhang, (pump, 1, 100), quoted_on=day, valid_until=day)
    assert str(day) in refused("invalid", FLOW.submit, over, by=zhang)
    nothing = a_quotation(zhang, (pump, 0, 100))
    assert "数量" in refused("invalid", FLOW.submit, nothing, by=zhang)
    quotation = a_quotation(zhang, (pump, 1, 100))
    type(pump).objects.filter(pk=pump.pk).update(on_sale=False)
    assert "停售" in refused("invalid", FLOW.submit, quotation, by=zhang)


def test_a_fixed_price_is_asked_of_nobody(zhang, lina, pump):
    a_price_list(lina, (pump, 0, 90), forced=True)
    for price, discount in ((89, 0), (90, 1)):
        quotation = a_quotation(zhang, discount=discount)
        quotation.lines.create(product=pump, quantity=1, unit_price=price)
        assert "水泵" in refused("invalid", FLOW.submit, quotation, by=zhang)
    quotation = a_quotation(zhang)
    quotation.lines.create(product=pump, quantity=1, unit_price=90)
    FLOW.submit(quotation, by=zhang)
    assert quotation.status == "approved"


def test_nobody_decides_on_their_own_and_a_no_has_a_reason(zhao, zhang, pump):
    quotation = a_quotation(zhang, (pump, 1, 90))
    FLOW.submit(quotation, by=zhang)
    refused("forbidden", verdict, quotation, zhang)
    refused("invalid", verdict, quotation, zhao, approved=False)
    verdict(quotation, zhao, approved=False, opinion="太低")
    quotation.refresh_from_db()
    assert quotation.status == "rejected"
    told = Notice.objects.get(person=zhang, verb="rejected")
    assert told.reason == "太低"
    quotation.lines.update(unit_price=97)
    quotation.refresh_from_db()
    FLOW.submit(quotation, by=zhang)
    assert quotation.status == "approved"


def test_what_is_asked_or_approved_never_changes(zhang, zhao, lina, pump):
    pending = a_quotation(zhang, (pump, 1, 90))
    FLOW.submit(pending, by=zhang)
    for quotation in (pending, offered(zhang, (pump, 1, 100))):
        for values in ({"title": "x"}, {"discount": 3}, {"valid_until": "2030-01-01"}):
            name = refused_by_postgresql(quotation, lina, **values)
            assert name == "quotation_frozen", values
        line = quotation.lines.get()
        for change in (
            lambda row: QuotationLine.objects.filter(pk=row.pk).update(unit_price=1),
            lambda row: row.delete(),
            lambda row: QuotationLine.objects.create(
                quotation=row.quotation, product=pump, quantity=1, unit_price=1
            ),
        ):
            with pytest.raises(Error), transaction.atomic():
                change(line)
    assert refused_by_postgresql(pending, lina, owner=zhao) == "quotation_frozen"
    for status in ("accepted", "sent", "draft"):
        assert refused_by_postgresql(pending, lina, status=status)
    with pytest.raises(ValidationError):
        FLOW.submit(pending, by=zhang)


def test_a_draft_cannot_be_approved_past_its_round(zhang, pump):
    quotation = a_quotation(zhang, (pump, 1, 50))
    for status in ("approved", "pending"):
        name = refused_by_postgresql(quotation, zhang, "submitted", status=status)
        assert name == "governed_by_rounds"


def test_it_is_handed_in_with_a_line_to_a_customer_in_the_books(zhang, pump):
    empty = a_quotation(zhang)
    assert "行" in refused("invalid", FLOW.submit, empty, by=zhang)
    reported = a_customer(zhang, registered=False)
    quotation = a_quotation(zhang, (pump, 1, 100), customer=reported)
    refused("invalid", FLOW.submit, quotation, by=zhang)


def test_sent_and_accepted_it_becomes_a_contract_with_the_same_cents(
    zhang, lina, pump, valve
):
    customer = a_customer(zhang)
    contact = a_contact(customer)
    lines = (pump, 3, "99.99", "2.5"), (valve, 7, "33.33")
    quotation = offered(
        zhang, *lines, customer=customer, contact=contact, discount="1.5", tax_rate=13
    )
    a_price_list(lina, (pump, 0, 500, 400))  # what lists say later, is not asked
    quotations.send(quotation, by=zhang)
    assert (quotation.status, quotation.sent_on) == ("sent", timezone.localdate())
    refused("conflict", quotations.draft_contract, quotation, by=zhang)
    quotations.accept(quotation, by=zhang, note="电话确认")
    contract = quotations.draft_contract(quotation, by=zhang)
    assert (contract.status, contract.amount) == ("draft", quotation.amount)
    assert contract.contact == contact
    total = sum(line.amount for line in contract.lines.all())
    assert total == quotation.amount
    refused("conflict", quotations.draft_contract, quotation, by=zhang)
    assert Contract.objects.count() == 1
    verbs = HistoryEntry.objects.filter(
        subject_label="sales.quotation", subject_id=quotation.pk
    )
    said = list(verbs.order_by("pk").values_list("verb", flat=True))
    assert said[-3:] == ["sent", "accepted", "contracted"]


def test_an_answer_is_taken_back_while_its_contract_is_only_written(zhang, lina, pump):
    quotation = offered(zhang, (pump, 1, 100))
    quotations.accept(quotation, by=zhang)
    contract = quotations.draft_contract(quotation, by=zhang)
    assert quotations.is_reopenable(quotation)
    quotations.reopen(quotation, by=zhang)
    assert (quotation.status, quotation.contract) == ("sent", None)
    contract.discard(zhang)
    quotations.accept(quotation, by=zhang)
    contract = quotations.draft_contract(quotation, by=zhang)
    approval.submit(contract, by=zhang)
    quotation.refresh_from_db()
    refused("conflict", quotations.reopen, quotation, by=zhang)
    name = refused_by_postgresql(
        quotation, zhang, "reopened", status="sent", contract=None, answered_on=None
    )
    assert name == "quotation_edge"


def test_declined_it_says_why_and_can_be_taken_back(zhang, pump):
    quotation = offered(zhang, (pump, 1, 100))
    refused("reason", quotations.decline, quotation, by=zhang, reason=None)
    price = an_item("closing_reason", "price")
    quotations.decline(quotation, by=zhang, reason=price, note="预算不足")
    assert (quotation.status, quotation.decline_reason) == ("declined", price)
    quotations.reopen(quotation, by=zhang)
    assert (quotation.status, quotation.answered_on) == ("sent", None)


def test_a_new_version_takes_its_place_once_it_is_approved(zhang, zhao, lina, pump):
    first = offered(zhang, (pump, 1, 100))
    quotations.send(first, by=zhang)
    second = quotations.renew(first, by=zhang)
    assert second.number == first.number.replace("-v1", "-v2")
    assert [line.unit_price for line in second.lines.all()] == [100]
    refused("conflict", quotations.renew, first, by=zhang)
    QuotationLine.objects.filter(quotation=second).update(unit_price=90)
    second.refresh_from_db()
    FLOW.submit(second, by=zhang)
    first.refresh_from_db()
    assert (first.status, second.status) == ("sent", "pending")
    verdict(second, zhao)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("superseded", "approved")
    refused("conflict", quotations.accept, first, by=zhang)


def test_accepted_meanwhile_it_is_not_replaced(zhang, pump):
    first = offered(zhang, (pump, 1, 100))
    second = quotations.renew(first, by=zhang)
    quotations.accept(first, by=zhang)
    assert "版本" in refused("conflict", FLOW.submit, second, by=zhang)
    second.refresh_from_db()
    assert second.status == "draft"


def test_an_older_version_does_not_come_back_from_the_bin(zhang, pump):
    first = offered(zhang, (pump, 1, 100))
    second = quotations.renew(first, by=zhang)
    second.discard(zhang)
    third = quotations.renew(first, by=zhang)
    assert third.edition == 3
    FLOW.submit(third, by=zhang)
    Quotation.everything.filter(pk=second.pk).update(deleted_at=None)
    second.refresh_from_db()
    assert "版本" in refused("conflict", FLOW.submit, second, by=zhang)
    first.refresh_from_db()
    with pytest.raises(Error), transaction.atomic():
        Quotation.objects.filter(pk=first.pk).update(status="declined")
    Quotation.everything.filter(pk=third.pk).first()
    assert first.status == "superseded"


def test_only_the_newest_version_is_renewed(zhang, pump):
    first = offered(zhang, (pump, 1, 100))
    price = an_item("closing_reason", "price")
    quotations.decline(first, by=zhang, reason=price)
    second = quotations.renew(first, by=zhang)
    FLOW.submit(second, by=zhang)
    assert "最新版本" in refused("conflict", quotations.renew, first, by=zhang)


def test_a_new_version_follows_its_lists_and_keeps_what_was_agreed(
    zhang, lina, pump, valve
):
    first = offered(zhang, (pump, 1, 100), (valve, 1, 33))
    a_price_list(lina, (pump, 0, 120, 110), (valve, 0, 40))
    second = quotations.renew(first, by=zhang)
    lines = second.lines.order_by("pk").values_list("unit_price", "list_price")
    assert list(lines) == [(120, 120), (33, 40)]
    assert second.discount_most == Decimal("17.50")


def test_it_ends_by_the_clock_and_is_not_accepted_after(zhang, pump, monkeypatch):
    today = timezone.localdate()
    quotation = offered(zhang, (pump, 1, 100), valid_until=today)
    longer = offered(zhang, (pump, 1, 100), valid_until=today + timedelta(days=1))
    end.func(type("Slice", (), {"done": 0})())
    quotation.refresh_from_db()
    assert quotation.status == "approved"  # on its last day
    tomorrow = today + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_args: tomorrow)
    said = refused("conflict", quotations.accept, quotation, by=zhang)
    assert str(today) in said
    end.func(type("Slice", (), {"done": 0})())
    quotation.refresh_from_db()
    longer.refresh_from_db()
    assert (quotation.status, longer.status) == ("expired", "approved")
    assert Notice.objects.filter(person=zhang, verb="quotation_expired").count() == 1
    assert quotations.renew(quotation, by=zhang).edition == 2


def test_an_opportunity_is_won_when_what_it_was_quoted_for_is_approved(
    zhang, zhao, pump
):
    deal = an_opportunity(zhang)
    quotation = a_quotation(
        zhang, (pump, 1, 90), customer=deal.customer, opportunity=deal
    )
    won = {"note": "口头确认"}
    refused("conflict", moves.close, deal, "won", zhang, **won)
    stage = deal.stage.pipeline.stages.get(kind="won")
    with (
        pytest.raises(Error) as caught,
        transaction.atomic(),
        acting(zhang, verb="won"),
    ):
        type(deal).objects.filter(pk=deal.pk).update(
            stage=stage, closed_on=timezone.localdate(), move_note="x"
        )
    name = caught.value.__cause__.diag.constraint_name
    assert name == "opportunity_quoted"
    FLOW.submit(quotation, by=zhang)
    refused("conflict", moves.close, deal, "won", zhang, **won)
    verdict(quotation, zhao)
    another = a_quotation(
        zhang, (pump, 1, 90), customer=deal.customer, opportunity=deal
    )
    FLOW.submit(another, by=zhang)
    refused("conflict", moves.close, deal, "won", zhang, **won)  # that waits
    verdict(another, zhao, approved=False, opinion="太低")
    another.refresh_from_db()
    assert refused_by_postgresql(another, zhang, opportunity=None) == "quotation_stays"
    moves.close(deal, "won", zhang, **won)
    assert deal.status == "won"


def test_rules_of_a_company_are_kept_and_never_brought_again(db):
    names = list(QuotationApprovalRule.objects.values_list("name", flat=True))
    assert names == ["低于最低价", "折扣超过 15%", "折扣超过 5%"]
