"""How sure open opportunities are: by their own probability, else by their stage's."""

import pytest

from sales import moves
from sales.forecast import in_categories
from sales.models import Opportunity, Stage
from tests.factories import an_item, an_opportunity
from tests.pages import ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def deals(zhang):
    """Three deals of 张伟's: signing, in the first stage, and lost while signing."""
    sure, early, lost = (
        an_opportunity(zhang, title=title, amount=amount)
        for title, amount in (("签约中", 300), ("初谈", 20), ("丢了", 1))
    )
    signing = moves.open_stages(sure.stage.pipeline_id)[-1]
    for deal in (sure, lost):
        moves.move(deal, signing, zhang)
    reason = an_item("closing_reason", "price")
    moves.close(lost, Stage.Kind.LOST, zhang, reason=reason)
    return sure, early


def found(*categories):
    """Return which deals are in some categories."""
    return set(in_categories(Opportunity.objects.all(), categories))


def test_the_stage_says_it_unless_somebody_knows_better(deals):
    sure, early = deals
    assert (found("commit"), found("best"), found("pipeline")) == (
        {sure},
        set(),
        {early},
    )
    for own, category in (
        (0, "pipeline"),
        (49, "pipeline"),
        (50, "best"),
        (80, "commit"),
    ):
        Opportunity.objects.filter(pk=sure.pk).update(probability=own)
        assert sure in found(category), own
    assert found("commit", "pipeline") == {sure, early}


def test_the_list_is_narrowed_to_what_one_commits_to(deals, zhang, sign_in):
    sure, early = deals
    browser = sign_in(zhang)
    assert ids(browser.get("/opportunities/?forecast=commit")) == [sure.pk]
    both = browser.get("/opportunities/?forecast=commit&forecast=pipeline")
    assert set(ids(both)) == {sure.pk, early.pk}
