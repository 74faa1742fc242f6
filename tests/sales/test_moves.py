"""An opportunity moves through the stages by named moves alone, each kept as a stay."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, connection, transaction
from django.utils import timezone

from competitors.models import Encounter
from crm.guards.actor import acting
from crm.models import HistoryEntry
from crm.notices.models import Notice
from sales import moves
from sales.models import Opportunity, Pipeline, Stage
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    an_encounter,
    an_interaction,
    an_item,
    an_opportunity,
)
from tests.pages import form_of, shows

pytestmark = pytest.mark.django_db
KIND = Stage.Kind


def lose(deal, by):
    """Lose an opportunity by its price."""
    moves.close(deal, KIND.LOST, by, reason=an_item("closing_reason", "price"))


def refused(deal, by, verb, **values):
    """Return the name under which PostgreSQL refuses to write values so."""
    with (
        pytest.raises(Error) as caught,
        transaction.atomic(),
        acting(by, verb=verb),
    ):
        Opportunity.objects.filter(pk=deal.pk).update(**values)
    return caught.value.__cause__.diag.constraint_name


def test_a_new_one_stands_in_its_first_stage_since_it_was_made(zhang):
    made = timezone.now() - timedelta(days=12)
    deal = an_opportunity(zhang, created_at=made)
    assert deal.number.startswith("SJ-")
    assert (deal.status, deal.entered_stage_at) == ("open", made)
    (stay,) = deal.stays.all()
    assert (stay.stage, stay.before, stay.left_at) == (deal.stage, None, None)


def test_going_on_keeps_each_stay_with_what_it_was_worth(zhang, deal, stages):
    moves.move(deal, stages[2], zhang)
    Opportunity.objects.filter(pk=deal.pk).update(amount=300_000)
    moves.move(deal, stages[3], zhang)
    last, middle, first = deal.stays.all()
    assert [s.stage for s in (first, middle, last)] == [
        stages[0],
        stages[2],
        stages[3],
    ]
    assert [s.amount for s in (first, middle, last)] == [286_000, 286_000, 300_000]
    assert (first.left_at, middle.left_at) == (middle.entered_at, last.entered_at)
    assert (last.left_at, last.by, last.before) == (None, zhang, stages[2])
    verbs = HistoryEntry.objects.filter(label="sales.opportunity", object_id=deal.pk)
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "created",
        "moved",
        "changed",
        "moved",
    ]


def test_going_back_wants_a_reason(zhang, deal, stages):
    moves.move(deal, stages[2], zhang)
    with pytest.raises(ValidationError, match="退回"):
        moves.move(deal, stages[0], zhang, "  ")
    moves.move(deal, stages[0], zhang, "客户重新立项")
    assert deal.stays.first().note == "客户重新立项"


def test_a_stage_of_another_pipeline_is_none_it_can_go_to(zhang, deal):
    other = Pipeline.objects.create(name="渠道流程").stages.create(name="登记")
    with pytest.raises(ValidationError, match="不能移动"):
        moves.move(deal, other, zhang)
    assert refused(deal, zhang, "moved", stage=other) == "opportunity_pipeline"


def test_losing_wants_a_reason_and_winning_a_contract_or_why_none(zhang, deal):
    with pytest.raises(ValidationError, match="请选择原因"):
        moves.close(deal, KIND.LOST, zhang)
    with pytest.raises(ValidationError, match="请选择合同"):
        moves.close(deal, KIND.WON, zhang)
    contract = a_contract(zhang, customer=deal.customer)
    moves.close(deal, KIND.WON, zhang, contract=contract)
    assert (deal.status, deal.contract) == ("won", contract)
    assert deal.closed_on == timezone.localdate()


def test_it_is_not_won_by_a_contract_of_another_customer(zhang, deal):
    foreign = a_contract(zhang)
    with pytest.raises(ValidationError, match="其他客户"):
        moves.close(deal, KIND.WON, zhang, contract=foreign)


def test_contact_and_contract_are_the_customers(zhang, deal):
    foreign = a_contact(a_customer(zhang))
    assert refused(deal, zhang, "changed", contact=foreign) == "opportunity_contact"
    contract = a_contract(zhang)
    assert refused(deal, zhang, "", contract=contract) == "opportunity_contract"


def test_what_is_closed_moves_no_more_until_it_is_opened_again(zhang, deal, stages):
    moves.move(deal, stages[3], zhang)
    lose(deal, zhang)
    with pytest.raises(ValidationError, match="已关闭"):
        moves.move(deal, stages[4], zhang)
    with pytest.raises(ValidationError, match="重新打开的原因"):
        moves.reopen(deal, zhang, "")
    moves.reopen(deal, zhang, "客户又来询价")
    assert (deal.status, deal.stage) == ("open", stages[3])
    assert (deal.closed_on, deal.closing_reason) == (None, None)
    lost = deal.stays.get(stage__kind=KIND.LOST)
    assert lost.reason.code == "price"


def test_what_was_closed_long_ago_a_supervisor_opens_again(zhang, zhao, deal):
    lose(deal, zhang)
    long_ago = timezone.localdate() - timedelta(days=31)
    Opportunity.objects.filter(pk=deal.pk).update(closed_on=long_ago)
    deal.refresh_from_db()
    with pytest.raises(ValidationError, match="30 天"):
        moves.reopen(deal, zhang, "再试一次")
    moves.reopen(deal, zhao, "再试一次")
    assert deal.status == "open"


@pytest.mark.parametrize("verb", ["", "changed", "won", "reopened"])
def test_postgresql_refuses_a_stage_by_any_other_way(zhang, deal, stages, verb):
    assert refused(deal, zhang, verb, stage=stages[1]) == "opportunity_moves"


def test_postgresql_refuses_to_close_without_what_belongs_to_it(zhang, deal):
    lost = Stage.objects.get(pipeline=deal.stage.pipeline_id, kind=KIND.LOST)
    name = refused(deal, zhang, "lost", stage=lost)
    assert name == "opportunity_closed_with_reason"
    won = Stage.objects.get(pipeline=deal.stage.pipeline_id, kind=KIND.WON)
    today = timezone.localdate()
    name = refused(deal, zhang, "won", stage=won, closed_on=today)
    assert name == "opportunity_won_by_contract"


def test_how_it_stands_follows_from_the_stage_whoever_writes_it(zhang, deal):
    Opportunity.objects.filter(pk=deal.pk).update(status="won")
    deal.refresh_from_db()
    assert deal.status == "open"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM sales_stay",
        "UPDATE sales_stay SET amount = 1",
        "INSERT INTO sales_stay (opportunity_id, stage_id, entered_at, note)"
        " SELECT opportunity_id, stage_id, now(), '' FROM sales_stay",
    ],
)
def test_stays_are_written_by_moves_alone(deal, statement):
    with pytest.raises(Error, match="moves alone"), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_stage_that_was_entered_stays_what_it_is(deal):
    with pytest.raises(Error, match="stays what it is"), transaction.atomic():
        Stage.objects.filter(pk=deal.stage_id).update(kind=KIND.WON)


@pytest.fixture
def met(deal, chen):
    """Two competitors who were met over it, one met elsewhere."""
    over = [
        an_encounter(a_competitor(chen), deal.customer, opportunity=deal)
        for _ in range(2)
    ]
    return [*over, an_encounter(a_competitor(chen), deal.customer)]


def outcomes(encounters):
    """Return how encounters ended, as they are stored now."""
    for encounter in encounters:
        encounter.refresh_from_db()
    return [encounter.outcome for encounter in encounters]


def test_who_loses_to_a_rival_says_to_whom_and_the_encounters_end(zhang, deal, met):
    rival = an_item("closing_reason", "rival")
    with pytest.raises(ValidationError, match="先记交锋"):
        moves.close(deal, KIND.LOST, zhang, reason=rival)
    assert outcomes(met) == ["open", "open", "open"]
    moves.close(deal, KIND.LOST, zhang, reason=rival, winner=met[1])
    assert outcomes(met) == ["both_lost", "they_won", "open"]
    told = HistoryEntry.objects.filter(label="competitors.encounter", verb="changed")
    assert {entry.actor_id for entry in told} == {zhang.pk}
    assert {entry.object_id for entry in told} == {met[0].pk, met[1].pk}


def test_a_win_is_one_over_everybody_met_and_void_is_no_outcome(zhang, deal, met):
    moves.close(deal, KIND.VOID, zhang, reason=an_item("closing_reason", "duplicate"))
    assert outcomes(met) == ["open", "open", "open"]
    moves.reopen(deal, zhang, "误操作")
    moves.close(deal, KIND.WON, zhang, note="框架合同内")
    assert outcomes(met) == ["we_won", "we_won", "open"]


def test_what_ended_with_it_opens_with_it_again(zhang, deal, met):
    rival = an_item("closing_reason", "rival")
    moves.close(deal, KIND.LOST, zhang, reason=rival, winner=met[0])
    met[1].refresh_from_db()
    met[1].outcome = "we_won"  # somebody knows better
    with acting(zhang):
        met[1].save(update_fields=["outcome"])
    moves.reopen(deal, zhang, "对手交不了货")
    assert outcomes(met) == ["open", "we_won", "open"]
    moves.close(deal, KIND.WON, zhang, note="框架合同内")
    assert outcomes(met) == ["we_won", "we_won", "open"]


def told(person):
    """Return what a person was told of encounters, the first first: (verb, ids)."""
    rows = Notice.objects.filter(person=person, subject_label="competitors.encounter")
    return [(row.verb, [pk for pk, _title in row.subjects]) for row in rows[::-1]]


def test_whose_encounter_ends_with_a_deal_is_told_also_where_the_closer_sees_none(
    zhang, wang, chen, deal, met
):
    theirs = an_encounter(
        met[0].competitor, deal.customer, by=wang, opportunity=deal, registered=False
    )
    assert theirs not in Encounter.objects.visible_to(zhang)
    lose(deal, zhang)
    assert outcomes([*met, theirs]) == ["both_lost", "both_lost", "open", "both_lost"]
    assert told(wang) == [("settled", [theirs.pk])]
    assert told(zhang) == []  # who closes it knows
    moves.reopen(deal, wang, "对手交不了货")
    assert told(wang) == [("settled", [theirs.pk])]
    assert [verb for verb, _ids in told(zhang)] == ["unsettled"]


def test_an_encounter_in_the_recycle_bin_ends_with_the_deal_and_comes_back_so(
    zhang, wang, deal, met
):
    kept, binned = (
        met[0],
        an_encounter(met[1].competitor, deal.customer, by=wang, opportunity=deal),
    )
    binned.discard(wang)
    rival = an_item("closing_reason", "rival")
    binned.refresh_from_db()
    with pytest.raises(ValidationError, match="交锋"):
        moves.close(deal, KIND.LOST, zhang, reason=rival, winner=binned)
    moves.close(deal, KIND.LOST, zhang, reason=rival, winner=kept)
    binned.refresh_from_db()
    binned.restore(wang)
    assert outcomes([kept, binned]) == ["they_won", "both_lost"]
    binned.discard(wang)
    moves.reopen(deal, zhang, "对手交不了货")
    assert outcomes([kept, binned]) == ["open", "open"]
    assert binned.deleted_at
    assert told(wang) == []


def test_who_notes_a_deal_void_has_nothing_to_tell(zhang, wang, deal, met):
    an_encounter(met[0].competitor, deal.customer, by=wang, opportunity=deal)
    moves.close(deal, KIND.VOID, zhang, reason=an_item("closing_reason", "duplicate"))
    assert told(wang) == []


def test_only_who_was_met_over_it_has_won_it(zhang, deal, met):
    rival = an_item("closing_reason", "rival")
    for wrong in (met[2], an_encounter(met[0].competitor, deal.customer)):
        with pytest.raises(ValidationError, match="交锋"):
            moves.close(deal, KIND.LOST, zhang, reason=rival, winner=wrong)
    assert outcomes(met) == ["open", "open", "open"]
    deal.refresh_from_db()
    assert deal.status == "open"


def test_a_deal_stays_with_the_customer_of_the_contract_it_was_won_by(
    zhang, deal, sign_in
):
    contract = a_contract(zhang, customer=deal.customer)
    moves.close(deal, KIND.WON, zhang, contract=contract)
    browser, url = sign_in(zhang), f"{deal.get_absolute_url()}edit/"
    other = {"customer": a_customer(zhang).pk, "contact": ""}
    answer = browser.post(url, form_of(browser, url) | other)
    assert set(answer.context["form"].errors) == {"customer"}


def test_a_rival_who_won_has_won_wherever_one_met_them(zhang, deal, met):
    again = an_encounter(met[0].competitor, deal.customer, opportunity=deal)
    rival = an_item("closing_reason", "rival")
    moves.close(deal, KIND.LOST, zhang, reason=rival, winner=again)
    assert outcomes([*met, again]) == ["they_won", "both_lost", "open", "they_won"]


@pytest.mark.parametrize("noted", [an_interaction, an_encounter])
def test_what_was_noted_about_a_deal_keeps_it_with_its_customer(
    zhang, chen, deal, sign_in, noted
):
    rival = [a_competitor(chen)] if noted is an_encounter else []
    noted(*rival, deal.customer, opportunity=deal)
    browser, url = sign_in(zhang), f"{deal.get_absolute_url()}edit/"
    other = {"customer": a_customer(zhang).pk, "contact": ""}
    answer = browser.post(url, form_of(browser, url) | other)
    assert shows(answer, "保留在该客户名下")
    assert Opportunity.objects.get().customer == deal.customer


def test_over_a_closed_deal_nobody_is_met_without_an_outcome(
    zhang, chen, deal, sign_in
):
    lose(deal, zhang)
    browser, at = sign_in(zhang), f"/encounters/met/?opportunity={deal.pk}"
    data = form_of(browser, at) | {"competitor": a_competitor(chen).pk}
    answer = browser.post(at, data)
    assert set(answer.context["form"].errors) == {"outcome"}
    assert browser.post(at, data | {"outcome": "they_won"}).status_code == 302
