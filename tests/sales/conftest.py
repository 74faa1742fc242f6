"""Whom and what tests of the sales process begin with."""

from decimal import Decimal

import pytest
from django.db import transaction

from contracts import approval
from sales import moves
from sales.targets import targeting
from tests.contracts.test_instalments import at_the_end, planned
from tests.factories import a_contract, a_target, an_opportunity
from tests.people import hire

#: The year of these targets: its holidays are known.
YEAR = 2026


@pytest.fixture
def director(head_office):
    """何总 directs all sales: the right over everybody."""
    return hire("chief", "何总", "sales_director", department=head_office)


@pytest.fixture
def target(zhang, zhao):
    """Return 张伟's target, entered by his head: 1,000 each month."""
    return a_target(zhang, 1000, by=zhao, year=YEAR)


@pytest.fixture
def locked(target, zhao):
    """Return it locked by his head."""
    targeting.lock(target, by=zhao)
    return target


@pytest.fixture
def agreed(lina):
    """Return a function that brings a contract to where it stands by the real verbs."""

    def make(owner, amount, day, status="registered", amounts=()):
        made = a_contract(owner, amount=Decimal(amount), signed_on=day)
        if status == "draft":
            return made
        with transaction.atomic():
            planned(made, *amounts)
            at_the_end()
        approval.submit(made, by=owner)  # no rule asks for the approval of so little
        if status == "reported":
            return made
        approval.register(made, by=lina)
        if status == "completed":
            approval.complete(made, by=lina)
        made.refresh_from_db()
        assert made.status == status
        return made

    return make


@pytest.fixture
def he(head_office):
    """何敏 of finance."""
    return hire("finance", "何敏", "finance", department=head_office)


@pytest.fixture
def deal(zhang):
    """An opportunity of 张伟's, in the first stage."""
    return an_opportunity(zhang, title="二期能耗监测", amount=286_000)


@pytest.fixture
def stages(deal):
    """The open stages of its pipeline."""
    return moves.open_stages(deal.stage.pipeline_id)
