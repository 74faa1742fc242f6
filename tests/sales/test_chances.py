"""How likely a deal is won: reckoned from thirty won and thirty lost on."""

import pytest

from sales import moves
from sales.chances import Chance, chance_of
from sales.models import Opportunity, Stage
from tests.factories import (
    a_competitor,
    a_customer,
    an_encounter,
    an_item,
    an_opportunity,
)
from tests.pages import shows

pytestmark = pytest.mark.django_db
KIND = Stage.Kind


@pytest.fixture
def customer(zhang):
    """Return the customer of all deals."""
    return a_customer(zhang)


def ended(zhang, customer, kind, number, *, rival=None, **fields):
    """Enter deals, over which one meets a rival or not, and close them."""
    reason = an_item("closing_reason", "price")
    for _each in range(number):
        deal = an_opportunity(zhang, customer=customer, **fields)
        if rival:
            an_encounter(rival, customer, opportunity=deal)
        moves.close(deal, kind, zhang, reason=reason, note="口头")


def sixty(zhang, customer, **few):
    """Let 30 be won, 24 of which show something, and 30 be lost, of which 6 do."""
    for kind, number in ((KIND.WON, 24), (KIND.LOST, 6)):
        ended(zhang, customer, kind, number, **few)
        ended(zhang, customer, kind, 30 - number)


def test_it_is_reckoned_from_what_those_alike_came_to(zhang, customer):
    referral = an_item("customer_source", "referral")
    sixty(zhang, customer, source=referral)
    deal = an_opportunity(zhang, customer=customer, source=referral)
    found = chance_of(deal, zhang)
    # The source alone differs: (24 + 1) / 32 of the won, (6 + 1) / 32 of the lost.
    assert found.reasons[0].label == str(referral)
    assert found.reasons[0].times == pytest.approx(25 / 7)
    assert found.reasons[1].times == pytest.approx(1)
    assert (found.won, found.lost, found.percent) == (30, 30, 78)
    other = an_opportunity(zhang, customer=customer)
    assert chance_of(other, zhang).percent == 50


def test_amounts_are_alike_within_a_band(zhang, customer):
    sixty(zhang, customer, amount=1_000_000)
    for amount, percent in ((999_999, 50), (1_000_000, 78), (9_000_000, 78)):
        deal = an_opportunity(zhang, customer=customer, amount=amount)
        assert chance_of(deal, zhang).percent == percent, amount


def test_fewer_than_thirty_either_way_tell_nothing(zhang, customer, sign_in):
    ended(zhang, customer, KIND.WON, 2)
    ended(zhang, customer, KIND.LOST, 1)
    ended(zhang, customer, KIND.VOID, 1)
    deal = an_opportunity(zhang, customer=customer)
    assert chance_of(deal, zhang).percent is None
    page = sign_in(zhang).get(f"/opportunities/{deal.pk}/chance/")
    assert shows(page, "近三年赢单 2 个、输单 1 个")


def test_a_rival_is_a_sign(zhang, customer):
    rival = a_competitor(zhang)
    ended(zhang, customer, KIND.WON, 9, rival=rival)
    ended(zhang, customer, KIND.WON, 21)
    ended(zhang, customer, KIND.LOST, 30)
    met = an_opportunity(zhang, customer=customer)
    an_encounter(rival, customer, opportunity=met)
    found = chance_of(met, zhang)
    assert found.reasons[0].label == "遇到竞争对手"
    assert found.percent == 91  # (9 + 1) / 32 of the won, 1 / 32 of the lost


def test_nothing_is_told_of_what_one_does_not_see(zhang, liu, zhao, customer):
    rival = a_competitor(zhang)
    sixty(zhang, customer)
    theirs = an_opportunity(liu, customer=a_customer(liu))
    assert chance_of(theirs, liu) == Chance(0, 0)
    assert chance_of(theirs, zhao).won == 30  # heads both
    met = an_opportunity(zhang, customer=customer)
    encounter = an_encounter(rival, customer, opportunity=met, registered=False)
    assert encounter.registration == "reported"
    labels = [reason.label for reason in chance_of(met, zhao).reasons]
    assert "遇到竞争对手" not in labels


def test_the_page_tells_it_to_who_sees_the_deal(zhang, liu, customer, sign_in):
    referral = an_item("customer_source", "referral")
    sixty(zhang, customer, source=referral)
    deal = an_opportunity(zhang, customer=customer, source=referral)
    url = f"/opportunities/{deal.pk}/chance/"
    page = sign_in(zhang).get(url)
    assert 'data-chance="78"' in page.text
    assert shows(page, "×3.6")
    assert sign_in(liu).get(url).status_code == 404
    Opportunity.objects.filter(pk=deal.pk).update(probability=30)
    assert shows(sign_in(zhang).get(url), "以手工设定为准：30%")
    deal.refresh_from_db()
    moves.close(deal, KIND.WON, zhang, note="口头")
    assert 'data-chance="78"' not in sign_in(zhang).get(url).text
