"""Filling a database at will: which one, with what, and the same every time."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from competitors.models import Encounter
from contracts.models import Contract
from crm import demo
from crm.chinese.pinyin import searchable
from customers.models import Contact, Customer, Ownership
from feedback.models import Interaction
from sales.models import Opportunity, Quotation
from system.population import people
from system.population.words import words
from system.tallies import differences
from tests.pages import books
from tests.population import load, undone


@pytest.mark.django_db
def test_the_same_arguments_make_the_same_rows(monkeypatch):
    monkeypatch.setattr(people, "make_password", lambda _password: "!")
    found = []
    for seed in (1, 1, 2):
        with undone():
            load(300, seed, date(2026, 1, 15))
            found.append(books())
    assert found[0] == found[1]
    assert found[0] != found[2]


@pytest.mark.django_db
def test_a_share_of_the_customers_is_in_the_pool():
    with undone():
        load(1000, 1, date(2026, 1, 15), pooled=0.3)
        pooled = Customer.objects.filter(owner=None)
        assert 200 < pooled.count() < 400
        assert set(pooled.values_list("pool__name", flat=True)) == {"公海"}
        assert not differences()
        for kind in (
            Contact,
            Interaction,
            Contract,
            Encounter,
            Opportunity,
            Quotation,
        ):
            rows = kind.everything.filter(customer__owner=None)
            assert rows.exists()
            assert not rows.exclude(customer_owner=None).exists()
        now = Ownership.objects.filter(to_at=None)
        assert now.count() == Customer.everything.count()
        wrong = now.exclude(holder=F("customer__owner")).exclude(
            holder=None, customer__owner=None, pool=F("customer__pool")
        )
        assert not wrong.exists()


@pytest.mark.django_db
def test_parts_of_names_read_alike_alone_and_together():
    parts = {}
    for word in words():
        parts.setdefault(word.list, []).append(word)
    assert all(city.code and city.extra for city in parts["city"])
    parts["brand"] = parts["brand"][:: len(parts["brand"]) // 250]
    for first, second in (("city", "brand"), ("brand", "trade"), ("trade", "form")):
        tails = parts[second]
        for one in parts[first]:
            whole = [searchable(one.text + other.text) for other in tails]
            assert whole == [
                f"{one.syllables}{other.syllables} {one.initials}{other.initials}"
                for other in tails
            ]


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"customers": 0}, {"until": date(2090, 1, 1)}])
def test_a_company_of_nobody_or_of_tomorrow_is_refused(wrong):
    with pytest.raises(CommandError, match="--"):
        call_command("populate", **wrong)


def test_a_database_with_people_in_it_is_refused(zhang):
    with pytest.raises(CommandError, match="people already"):
        call_command("populate", customers=100)
    assert not Customer.everything.exists()


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_it_made(capsys):
    call_command("populate", customers=100, until=date(2026, 1, 15))
    told = capsys.readouterr().out
    assert ["customers.Customer", "100"] in map(str.split, told.splitlines())
    assert demo.PASSWORD in told
    assert Customer.everything.count() == 100
