"""Cards of market and interactions on the workbench: each number is its list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from competitors.templatetags.competitors_tags import (
    my_reports_of_market,
    unread_news,
)
from feedback.templatetags.feedback_tags import my_recent_interactions
from tests.factories import (
    a_competitor,
    a_customer,
    a_news_item,
    an_encounter,
    an_interaction,
)

pytestmark = pytest.mark.django_db

CARDS = {
    "interactions": my_recent_interactions,
    "news": unread_news,
    "findings": my_reports_of_market,
}


@pytest.fixture
def market(chen, zhang, wang, lina):
    """A month of findings."""
    long_ago = timezone.now() - timedelta(days=45)
    for by in (chen, lina):
        competitor = a_competitor(by)
        for owner in (zhang, wang):
            customer = a_customer(owner)
            an_encounter(competitor, customer, by=by)
            an_interaction(customer, by=by)
            an_interaction(customer)
            an_interaction(customer, occurred_at=timezone.now() - timedelta(days=8))
            an_interaction(customer, occurred_at=long_ago)
        for importance in ("high", "normal"):
            a_news_item(by, importance=importance)
        a_news_item(by, created_at=long_ago).mark_read(zhang)
        a_news_item(by, registered=False)


@pytest.mark.parametrize("person", ["zhang", "chen", "zhao", "lina", "zhou", "nobody"])
@pytest.mark.parametrize("name", CARDS)
def test_every_number_is_the_list_behind_it(name, person, request, market, sign_in):
    user = request.getfixturevalue(person)
    shown = CARDS[name]({"user": user})
    browser = sign_in(user)
    for figure in shown.get("figures", ()):
        listed = browser.get(figure["url"])
        assert listed.status_code == 200
        assert not listed.context["errors"]
        assert listed.context["total"] == figure["value"]


@pytest.mark.parametrize(
    ("person", "cards"),
    [
        ("zhang", {"interactions", "news"}),
        ("chen", {"interactions", "news", "findings"}),
        ("zhao", {"interactions", "news"}),
        ("lina", {"news"}),
        ("zhou", set()),
        ("nobody", set()),
    ],
)
def test_cards_follow_from_rights(person, cards, request, market):
    user = request.getfixturevalue(person)
    assert {name for name, card in CARDS.items() if card({"user": user})} == cards


def test_a_researcher_counts_what_they_found(chen, market):
    figures = my_reports_of_market({"user": chen})["figures"]
    assert [figure["value"] for figure in figures] == [1, 2, 3]


def test_a_salesperson_counts_own_interactions(zhang, market):
    shown = my_recent_interactions({"user": zhang})
    assert [figure["value"] for figure in shown["figures"]] == [2, 4]
    assert len(shown["rows"]) == 5
