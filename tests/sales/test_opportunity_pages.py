"""Pages of opportunities and the board: whose they are, what they ask and count."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from sales import moves
from sales.models import Opportunity, Pipeline, Stage
from tests.factories import (
    a_competitor,
    a_contact,
    a_customer,
    an_encounter,
    an_interaction,
    an_item,
    an_opportunity,
)
from tests.pages import form_of, ids, shows

pytestmark = pytest.mark.django_db
ADD = "/opportunities/add/"
BOARD = "/opportunities/board/"


def verb(deal, name):
    """Return the address of a verb of an opportunity."""
    return reverse(f"opportunity_{name}", args=[deal.pk])


@pytest.fixture
def stages(db):
    """The open stages of the pipeline that ships."""
    return moves.open_stages(Stage.objects.first().pipeline_id)


def test_a_salesperson_adds_one_and_it_is_in_the_books_at_once(zhang, sign_in, stages):
    browser, customer = sign_in(zhang), a_customer(zhang)
    data = form_of(browser, f"{ADD}?customer={customer.pk}") | {
        "title": "园区计量改造",
        "stage": stages[1].pk,
        "amount": "530000",
        "expected_on": "2027-03-01",
    }
    answer = browser.post(ADD, data)
    assert answer.status_code == 302, answer.context["form"].errors
    deal = Opportunity.objects.get()
    assert (deal.owner, deal.registration, deal.stage) == (
        zhang,
        "registered",
        stages[1],
    )
    page = browser.get(answer.url)
    assert shows(page, deal.number)
    assert "stage" not in browser.get(f"{answer.url}edit/").context["form"].fields


def test_it_is_its_owners_and_the_customers_and_nobody_elses(
    zhang, wang, zhao, sign_in
):
    deal = an_opportunity(zhang)
    assert ids(sign_in(zhang).get("/opportunities/")) == [deal.pk]
    assert ids(sign_in(zhao).get("/opportunities/")) == [deal.pk]
    assert ids(sign_in(wang).get("/opportunities/")) == []
    data = {"stage": deal.stage_id, "version": deal.version}
    for name in ("stage", "close", "reopening"):
        assert sign_in(wang).post(verb(deal, name), data).status_code == 404


def test_it_moves_from_the_board_and_back_there(zhang, sign_in, stages):
    deal, browser = an_opportunity(zhang), sign_in(zhang)
    data = {
        "stage": stages[2].pk,
        "note": "",
        "version": deal.version,
        "next": f"{BOARD}?owner=me",
    }
    answer = browser.post(verb(deal, "stage"), data)
    assert (answer.status_code, answer.url) == (302, f"{BOARD}?owner=me")
    deal.refresh_from_db()
    assert deal.stage == stages[2]


def test_two_who_move_one_card_are_one_and_one_who_is_told(
    zhang, zhao, sign_in, stages
):
    deal = an_opportunity(zhang)
    data = {"stage": stages[1].pk, "note": "", "version": deal.version}
    assert sign_in(zhang).post(verb(deal, "stage"), data).status_code == 302
    data["stage"] = stages[3].pk
    assert sign_in(zhao).post(verb(deal, "stage"), data).status_code == 409
    deal.refresh_from_db()
    assert deal.stage == stages[1]


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("stage", {"stage": ""}),
        ("stage", {"stage": "x"}),
        ("stage", {"stage": "999999999999999999999"}),
        ("close", {"kind": "open"}),
        ("close", {"kind": "lost", "reason": "", "note": "没有原因"}),
        ("close", {"kind": "won", "contract": "7", "note": ""}),
        ("reopening", {"note": ""}),
    ],
)
def test_what_cannot_be_read_is_told_and_changes_nothing(zhang, sign_in, name, sent):
    deal = an_opportunity(zhang)
    answer = sign_in(zhang).post(verb(deal, name), sent | {"version": deal.version})
    assert answer.status_code in (409, 422)
    deal.refresh_from_db()
    assert (deal.status, deal.stays.count()) == ("open", 1)


def test_a_note_too_long_is_refused_in_words(zhang, sign_in, stages):
    deal = an_opportunity(zhang)
    data = {"stage": stages[1].pk, "note": "长" * 501, "version": deal.version}
    assert sign_in(zhang).post(verb(deal, "stage"), data).status_code == 422


def test_the_board_counts_and_adds_up_exactly_its_lists(
    zhang, liu, zhao, sign_in, stages
):
    customer = a_customer(zhang)
    for amount, stage in ((100, 0), (250, 0), (400, 3)):
        an_opportunity(zhang, customer=customer, amount=amount, stage=stages[stage])
    an_opportunity(zhang, customer=customer, amount=50, probability=80)
    an_opportunity(liu, amount=1_000)
    lost = an_opportunity(zhang, customer=customer, amount=9_999)
    moves.close(lost, "lost", zhang, reason=an_item("closing_reason", "price"))
    for person, sums in ((zhang, ["400", "400"]), (zhao, ["1,400", "400"])):
        columns = sign_in(person).get(BOARD).context["columns"]
        filled = [one for one in columns if one["number"]]
        assert [one["amount"] for one in filled] == sums
        for column in filled:
            listed = sign_in(person).get(column["url"])
            assert len(ids(listed)) == column["number"] == len(column["cards"])
    own = sign_in(zhang).get(BOARD).context["columns"][0]
    assert own["weighted"] == "75"  # (100 + 250) × 10 % + 50 × 80 %


def test_the_board_asks_the_same_number_of_queries_however_many(
    zhang, sign_in, stages, django_assert_num_queries
):
    customer, browser = a_customer(zhang), sign_in(zhang)
    an_opportunity(zhang, customer=customer)
    browser.get(BOARD)
    with django_assert_num_queries(10, exact=False) as first:
        browser.get(BOARD)
    for number in range(40):
        stage = stages[number % 5]
        an_opportunity(zhang, customer=customer, stage=stage)
    with django_assert_num_queries(len(first)):
        browser.get(BOARD)


def test_an_unknown_pipeline_is_not_found(zhang, sign_in):
    assert sign_in(zhang).get(f"{BOARD}?pipeline=x").status_code == 404
    assert sign_in(zhang).get(f"{BOARD}?pipeline=99999").status_code == 404


def put_off(deal, times):
    """Put an order off by a week so many times."""
    for _time in range(times):
        deal.expected_on += timedelta(days=7)
        deal.save(update_fields=["expected_on"])
    deal.refresh_from_db()
    return deal


def test_how_often_an_order_is_put_off_is_counted_while_it_is_open(zhang, sign_in):
    deal = put_off(an_opportunity(zhang, times_put_off=5), 1)
    assert (deal.times_put_off, deal.is_slipping) == (1, False)
    deal.expected_on -= timedelta(days=3)  # sooner is no delay
    deal.save(update_fields=["expected_on"])
    Opportunity.objects.filter(pk=deal.pk).update(times_put_off=9)
    deal = put_off(deal, 1)
    assert (deal.times_put_off, deal.is_slipping) == (2, True)
    browser = sign_in(zhang)
    assert shows(browser.get(BOARD), "多次推迟")
    assert shows(browser.get(deal.get_absolute_url()), "推迟次数")
    moves.close(deal, "lost", zhang, reason=an_item("closing_reason", "price"))
    assert (put_off(deal, 1).times_put_off, deal.is_slipping) == (2, False)


def test_the_list_finds_what_is_stuck_late_or_left_alone(zhang, sign_in, stages):
    now = timezone.now()
    fresh = an_opportunity(zhang, stage=stages[1])  # planned for 21 days
    stuck, spoken_of, quiet = (
        an_opportunity(zhang, stage=stages[1], created_at=now - timedelta(days=days))
        for days in (25, 40, 40)
    )
    late = an_opportunity(zhang, expected_on=now.date() - timedelta(days=2))
    an_interaction(spoken_of.customer, opportunity=spoken_of)
    an_interaction(quiet.customer)  # about something else
    slipping = put_off(an_opportunity(zhang), 2)
    put_off(fresh, 1)
    gone = an_opportunity(zhang, created_at=now - timedelta(days=90))
    put_off(gone, 3)
    moves.close(gone, "lost", zhang, reason=an_item("closing_reason", "price"))
    browser = sign_in(zhang)

    def found(*needs):
        asked = "&".join(f"needs={need}" for need in needs)
        return set(ids(browser.get(f"/opportunities/?{asked}")))

    assert found("stuck") == {stuck.pk, spoken_of.pk, quiet.pk}
    assert found("quiet") == {quiet.pk}
    assert found("late") == {late.pk}
    assert found("slipping") == {slipping.pk}
    assert found("late", "quiet") == {late.pk, quiet.pk}
    assert fresh.pk in found()
    assert [row.pk for row in (fresh, stuck, late, gone) if row.is_stuck] == [stuck.pk]


def test_the_page_offers_whom_one_lost_to_and_nobody_else(
    zhang, wang, chen, sign_in, stages
):
    deal, rival = an_opportunity(zhang), a_competitor(chen)
    browser, url = sign_in(zhang), deal.get_absolute_url()
    assert 'name="winner"' not in browser.get(url).content.decode()
    met = an_encounter(rival, deal.customer, opportunity=deal)
    elsewhere = an_encounter(rival, a_customer(zhang))
    page = browser.get(url).content.decode()
    assert f'href="/encounters/met/?opportunity={deal.pk}&amp;next=' in page
    assert 'name="winner"' in page
    lost = {
        "kind": "lost",
        "reason": an_item("closing_reason", "rival").pk,
        "version": deal.version,
    }
    for winner in ("", elsewhere.pk, "x"):
        answer = browser.post(verb(deal, "close"), {**lost, "winner": winner})
        assert answer.status_code == 422
    browser.post(verb(deal, "close"), {**lost, "winner": met.pk})
    deal.refresh_from_db()
    met.refresh_from_db()
    assert (deal.status, met.outcome) == ("lost", "they_won")


def test_an_encounter_over_it_begins_with_what_it_is_worth(zhang, chen, sign_in):
    deal = an_opportunity(zhang, amount=52_000)
    address = f"/encounters/met/?opportunity={deal.pk}"
    browser = sign_in(zhang)
    data = form_of(browser, address)
    assert float(data["price"]) == 52_000
    assert not shows(browser.get(address), "对标的竞品")
    browser.post(address, data | {"competitor": a_competitor(chen).pk})
    (met,) = deal.encounters.all()
    assert (met.customer, met.outcome) == (deal.customer, "open")


def test_the_contract_begins_with_what_the_opportunity_knows(zhang, chen, sign_in):
    deal = an_opportunity(zhang, title="园区计量改造")
    contact = a_contact(deal.customer)
    Opportunity.objects.filter(pk=deal.pk).update(contact=contact)
    browser = sign_in(zhang)
    buttons = browser.get(deal.get_absolute_url()).context["actions"]
    (url,) = (button["url"] for button in buttons if button["key"] == "draft")
    data = form_of(browser, url)
    assert data["title"] == "园区计量改造"
    assert str(data["customer"]) == str(deal.customer_id)
    assert str(data["contact"]) == str(contact.pk)


def test_what_stands_in_a_stage_out_of_use_is_still_on_the_board(
    zhang, sign_in, stages
):
    deal = an_opportunity(zhang, stage=stages[1])
    Stage.objects.filter(pk__in=[stages[1].pk, stages[2].pk]).update(active=False)
    browser = sign_in(zhang)
    board = browser.get(BOARD).context
    shown = [column["stage"].pk for column in board["columns"]]
    assert (board["total"], stages[1].pk in shown, stages[2].pk in shown) == (1, 1, 0)
    page = browser.get(deal.get_absolute_url()).context
    here = [step["stage"] for step in page["steps"] if step["state"] == "here"]
    assert here == [stages[1]]
    Pipeline.objects.update(active=False)
    assert browser.get(BOARD).context["total"] == 1


def test_page_board_and_list_agree_on_what_is_stuck(zhang, sign_in, stages):
    since = timezone.now() - timedelta(days=stages[0].max_days, hours=12)
    deal = an_opportunity(zhang, created_at=since)
    browser = sign_in(zhang)
    (stay,) = browser.get(deal.get_absolute_url()).context["stays"]
    columns = browser.get(BOARD).context["columns"]
    (card,) = (card for column in columns for card in column["cards"])
    assert (stay.is_stuck, card.is_stuck) == (True, True)
    assert ids(browser.get("/opportunities/?needs=stuck")) == [deal.pk]
