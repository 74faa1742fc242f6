"""Pages far inside a long list: exactly those rows, found without walking there."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from crm.guards.actor import acting
from crm.models import Milestones, Tally
from crm.models.milestones import landing
from crm.queries import paging
from customers.models import Customer
from customers.tables import CustomerTable
from system import milestones
from system.tallies import differences
from tests.contracts.test_races import together
from tests.factories import a_customer
from tests.pages import ids

pytestmark = pytest.mark.django_db

SORTS = ["created_at", "name", "annual_revenue"]
BOTH_WAYS = [*SORTS, *(f"-{name}" for name in SORTS)]
PEOPLE = ("zhang", "zhao", "lina", "sun", "chen")
NAMES = ("安徽黄山茶业", "北京长城科技", "成都锦江食品", "大连海港物流", "福建武夷茶业")
SHARE = 3


@pytest.fixture
def near(monkeypatch):
    """Set milestones three rows apart, and look for them from the second row on."""
    monkeypatch.setattr(milestones, "LEAST", SHARE)
    monkeypatch.setattr(paging, "NEAR", 1)
    monkeypatch.setattr(paging, "SHORT", 0)


@pytest.fixture
def business(zhang, wang, liu, sun, lina):
    """Customers of several people, alike and without values, of every standing."""
    now = timezone.now()
    for number in range(40):
        customer = a_customer(
            (zhang, wang, liu, sun)[number % 4],
            name=NAMES[number % 5],
            annual_revenue=number % 7 * 100_000 if number % 3 else None,
            created_at=now - timedelta(hours=number // 2),
            registered=number % 9 > 0,
        )
        if number % 8 == 1:
            customer.memberships.create(user=zhang)
    a_customer(zhang).discard(lina)


@pytest.fixture
def laid(business, near):
    """Milestones in all orders."""
    for model, path in milestones.orders():
        milestones.lay(model, path)


def the_order(sort):
    """Return the Order of a `sort` value of the list of customers."""
    return CustomerTable(Customer.objects.none()).ordering(sort)


def seen(user, sort):
    """Return the ids of what a person sees in an order, sorted at once."""
    rows = Customer.objects.visible_to(user).order_by(*the_order(sort).keys)
    return list(rows.values_list("pk", flat=True))


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("sort", BOTH_WAYS)
def test_a_landing_has_as_many_rows_before_it_as_it_says(sort, person, laid, request):
    user, order = request.getfixturevalue(person), the_order(sort)
    whole, rows = seen(user, sort), Customer.objects.all()
    for start in range(len(whole)):
        landed = landing(rows, user, "view", order, start)
        first, *others = order.zones(rows.visibility(user).in_order())[landed.zone :]
        zones = [first.filter(landed.condition), *others]
        found = [pk for zone in zones for pk in zone.values_list("pk", flat=True)]
        assert found == whole[landed.passed :]
        assert landed.passed <= start
    assert landing(rows, user, "view", order, len(whole)) is None
    assert not whole or landed.passed > 0


@pytest.mark.parametrize("sort", BOTH_WAYS)
def test_numbers_lead_to_every_page(sort, laid, lina, sign_in, monkeypatch):
    browser, found, landed = sign_in(lina), [], []
    follow = paging.Pages._landed

    def watched(pages, rows, start):
        landed.append(follow(pages, rows, start))
        return landed[-1]

    monkeypatch.setattr(paging.Pages, "_landed", watched)
    for number in (1, 2, 3, 4):
        query = {"sort": sort, "per_page": 10, "page": number}
        found += ids(browser.get("/customers/", query))
    assert found == seen(lina, sort)
    assert len([one for one in landed if one]) >= 2


@pytest.mark.parametrize("query", ["kind=end_customer", "status=potential"])
def test_under_conditions_the_list_is_walked(query, laid, lina, sign_in):
    browser, found = sign_in(lina), []
    for number in (1, 2, 3, 4):
        found += ids(browser.get(f"/customers/?{query}&per_page=10&page={number}"))
    assert found == seen(lina, "-created_at")


def test_every_kind_of_write_moves_the_numbers(laid, zhang, wang, lina):
    customer = a_customer(zhang, name="重庆嘉陵机械", annual_revenue=350_000)
    assert not differences()
    for change in (
        {"name": "阿坝牧业"},
        {"annual_revenue": None},
        {"annual_revenue": 1},
        {"owner": wang},
    ):
        for name, value in change.items():
            setattr(customer, name, value)
        customer.save()
        assert not differences(), change
    customer.discard(lina)
    assert not differences()
    customer.restore(lina)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customer SET annual_revenue = id * 1000")
    assert not differences()


def test_a_change_that_moves_nothing_writes_nothing(laid, zhang):
    customer = a_customer(zhang)
    before = list(Tally.objects.values_list("pk"))
    Customer.objects.filter(pk=customer.pk).update(remarks="只改备注")
    assert list(Tally.objects.values_list("pk")) == before


def test_without_milestones_all_rows_lie_before_the_first(business, near, lina):
    assert not differences()
    assert landing(Customer.objects.all(), lina, "view", the_order("name"), 9) is None


def test_rows_that_crowd_get_milestones_of_their_own(laid, zhang):
    before = Milestones.objects.get(path="created_at").values
    milestones.straighten()
    assert Milestones.objects.get(path="created_at").values == before
    for _number in range(60):
        a_customer(zhang)
    assert milestones.is_crowded(Customer, "created_at")
    call_command("sweep", verbosity=0)
    assert not milestones.is_crowded(Customer, "created_at")
    assert len(Milestones.objects.get(path="created_at").values) > len(before)
    assert not differences()


def test_without_time_to_count_an_order_stays_as_it_is(laid, zhang):
    before = Milestones.objects.get(path="created_at").values
    for _number in range(60):
        a_customer(zhang)

    def slow(execute, sql, *given):
        if "array_agg" in str(sql):
            execute("SET LOCAL statement_timeout = 10", (), *given[1:])
            sql, given = "SELECT pg_sleep(60)", ((), *given[1:])
        return execute(sql, *given)

    assert milestones.is_crowded(Customer, "created_at")
    with connection.execute_wrapper(slow):
        milestones.straighten_order(Customer, "created_at")
    assert Milestones.objects.get(path="created_at").values == before


def test_the_ledger_of_orders_is_repaired(laid, zhang, capsys):
    Tally.objects.filter(label__contains="/").update(n=7)
    assert differences()
    call_command("tallies", repair=True)
    assert not differences()


@pytest.mark.django_db(transaction=True)
def test_milestones_set_beside_writers_lose_no_row(zhang, wang, near):
    def work(number):
        for time in range(8):
            if number == 0:
                milestones.lay(Customer, "created_at")
            else:
                a_customer(zhang if time % 2 else wang)
        return number

    assert together(4, work) == list(range(4))
    assert Customer.objects.count() == 24
    assert not differences()


@pytest.mark.django_db(transaction=True)
def test_who_writes_for_long_is_not_disturbed(zhang, business, near):
    with transaction.atomic(), acting(zhang):
        a_customer(zhang)  # holds the table until the block ends

        def beside(number):
            milestones.straighten()
            return Milestones.objects.count()

        assert together(1, beside) == [0]
    assert not differences()
