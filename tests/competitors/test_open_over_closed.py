"""Over a closed opportunity no encounter is opened, by whatever way it comes."""

import pytest
from django.db import IntegrityError, transaction

from competitors.models import Encounter
from crm.guards.actor import acting
from sales import moves
from sales.models import Opportunity, Stage
from tests.crm.test_bulk import choose, confirm, undo
from tests.factories import (
    a_competitor,
    a_customer,
    an_encounter,
    an_item,
    an_opportunity,
)
from tests.pages import form_of, shows
from tests.races import ROUNDS, signed_in, together

pytestmark = pytest.mark.django_db
KIND = Stage.Kind
CLOSED = "该商机已关闭"


def close(deal, by, kind=KIND.LOST):
    """Close an opportunity."""
    reason = None if kind == KIND.WON else an_item("closing_reason", "price")
    with transaction.atomic():
        rows = Opportunity.objects.select_for_update(of=("self",), no_key=True)
        moves.close(rows.get(pk=deal.pk), kind, by, reason=reason, note="直接下单")


def refused(change):
    """Return the name under which PostgreSQL refuses a change."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        change()
    return caught.value.__cause__.diag.constraint_name


@pytest.mark.parametrize("kind", [KIND.WON, KIND.LOST, KIND.VOID])
def test_postgresql_refuses_to_open_one_over_a_closed_deal(zhang, chen, kind):
    rival, customer = a_competitor(chen), a_customer(zhang)
    deal, other = (an_opportunity(zhang, customer=customer) for _ in range(2))
    ended = an_encounter(rival, customer, opportunity=deal, outcome="both_lost")
    gone = an_encounter(rival, customer, opportunity=deal, outcome="they_won")
    elsewhere = an_encounter(rival, customer, opportunity=other)
    gone.discard(zhang)
    close(deal, zhang, kind)
    assert refused(lambda: an_encounter(rival, customer, opportunity=deal)) == (
        "encounter_undecided"
    )
    rows = Encounter.everything
    for row, change in (
        (ended, {"outcome": "open"}),
        (gone, {"outcome": "open"}),  # it would come back so
        (elsewhere, {"opportunity": deal}),
    ):
        write = rows.filter(pk=row.pk).update
        assert refused(lambda w=write, c=change: w(**c)) == "encounter_undecided"
    an_encounter(rival, customer, opportunity=deal, outcome="we_won")
    rows.filter(pk=elsewhere.pk).update(opportunity=deal, outcome="they_won")


def test_what_was_open_over_a_void_deal_stays_so_and_is_edited(zhang, chen):
    deal = an_opportunity(zhang)
    met = an_encounter(a_competitor(chen), deal.customer, opportunity=deal)
    close(deal, zhang, KIND.VOID)
    met.refresh_from_db()
    met.remarks = "客户取消项目"
    with acting(zhang):
        met.save()
    met.discard(zhang)
    met.refresh_from_db()
    met.restore(zhang)
    met.refresh_from_db()
    assert (met.outcome, met.remarks) == ("open", "客户取消项目")


def test_many_are_not_opened_over_a_closed_deal_nor_by_taking_back(
    zhang, chen, sign_in
):
    deal, later = an_opportunity(zhang), an_opportunity(zhang)
    met, free, open_one = (
        an_encounter(a_competitor(chen), one.customer, opportunity=one, outcome=how)
        for one, how in ((deal, "they_won"), (later, "they_won"), (later, "open"))
    )
    close(deal, zhang)
    browser = sign_in(zhang)
    bulk = choose(browser, "edit", met, free, kind="encounters")
    bulk = confirm(browser, bulk, field="outcome", value="open")
    states = dict(bulk.rows.values_list("object_id", "state"))
    assert states == {met.pk: "refused", free.pk: "done"}
    assert shows(browser.get(bulk.get_absolute_url()), CLOSED)
    # What was decided while the deal was open is not opened by taking that back.
    bulk = choose(browser, "edit", free, open_one, kind="encounters")
    bulk = confirm(browser, bulk, field="outcome", value="we_won")
    close(later, zhang)
    assert undo(browser, bulk).status_code == 302
    assert set(bulk.rows.values_list("state", flat=True)) == {"kept"}
    assert shows(browser.get(bulk.get_absolute_url()), CLOSED)
    over = Encounter.objects.filter(opportunity__in=(deal, later))
    assert not over.filter(outcome="open").exists()


@pytest.mark.django_db(transaction=True)
def test_nobody_is_met_over_a_deal_while_it_is_lost(zhang, chen):
    rival, reason = a_competitor(chen), an_item("closing_reason", "price")
    for _round in ROUNDS:
        deal = an_opportunity(zhang)
        browsers = [signed_in(zhang), signed_in(zhang)]
        entered = form_of(browsers[0], "/encounters/add/") | {
            "competitor": rival.pk,
            "customer": deal.customer_id,
            "opportunity": deal.pk,
        }
        lost = {"kind": "lost", "reason": reason.pk, "version": deal.version}
        sent = (
            ("/encounters/add/", entered),
            (f"/opportunities/{deal.pk}/close/", lost),
        )

        def send(number, browsers=browsers, sent=sent):
            return browsers[number].post(*sent[number]).status_code

        entering, _closing = together(2, send)
        deal.refresh_from_db()
        over = Encounter.objects.filter(opportunity=deal)
        if deal.status == "lost":
            assert not over.filter(outcome="open").exists()
        assert over.count() == (entering == 302)
