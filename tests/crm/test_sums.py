"""Sums in the foot of a list: of all rows that the conditions select, or none told."""

import pytest

from crm.lists import sums
from tests.factories import a_contract, a_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(zhang, wang, sign_in):
    """Return a function that opens the list of contracts for 张伟, who has twelve."""
    customer = a_customer(zhang)
    for number in range(1, 13):
        a_contract(zhang, customer=customer, amount=f"{number}00.25")
    a_contract(wang, customer=a_customer(wang), amount="9999")
    return sign_in(zhang).get


def foot(answer):
    """Return the texts in the foot of a list that are not empty."""
    return [*filter(None, answer.context["sums"]["cells"])]


def test_it_is_of_all_pages_of_one_s_own_rows(page):
    assert foot(page("/contracts/?per_page=10")) == ["7,803.00"]
    assert foot(page("/contracts/?per_page=10&page=2")) == ["7,803.00"]


def test_it_follows_conditions_and_columns(page):
    answer = page("/contracts/?amount_min=1100&column=title&column=owner&column=amount")
    assert answer.context["sums"]["cells"] == ["", "2,300.50"]
    assert "<tfoot>" in answer.text
    assert page("/contracts/?column=title").context["sums"] is None
    assert page("/contracts/?amount_min=5000").context["sums"] is None
    assert page("/contracts/?amount_min=x").context["sums"] is None


def test_of_very_many_rows_it_says_that_it_does_not_tell(page, monkeypatch):
    monkeypatch.setattr(sums, "MOST_COUNTED", 11)
    answer = page("/contracts/")
    assert "超过 11 条，不计算合计" in answer.text
    assert "7,803.00" not in answer.text
