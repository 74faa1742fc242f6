"""A request for a list becomes what it asks for, then the ways to that, then a page."""

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from crm.lists.list_query import LAST, MOST_VALUES, PAGE_SIZE, Conditions, ListQuery
from crm.lists.plan import Plan
from crm.lists.sources import RecordSource, Source
from crm.models import ListSettings
from crm.queries.totals import MOST_COUNTED, Total
from customers.filters import CustomerFilter
from customers.models import Customer
from customers.tables import CustomerTable
from tests.factories import a_customer, an_item

pytestmark = pytest.mark.django_db


class Kept(Source):
    """Rows of which the number is known beforehand; remembers what it was asked."""

    def __init__(self, everything, number=None):
        super().__init__(everything)
        self.number, self.asked = number, []

    def total(self, conditions):
        """Return what is known."""
        self.asked.append("total")
        return None if self.number is None else Total(self.number)

    def first_rows(self, order, size):
        """Return the first rows of all."""
        self.asked.append("first")
        return list(self.everything().order_by(*order.keys)[:size])


def query_of(user, text="", *, always=False, **settings):
    """Return the ListQuery of a query string, over the customers one may see."""
    request = RequestFactory().get(f"/customers/?{text}")
    request.user = user

    def rows():
        return Customer.objects.visible_to(user)

    conditions = Conditions(request, CustomerFilter, rows, always=always)
    table = CustomerTable.choosing(request.GET.getlist("column"), user)
    return ListQuery(conditions, table, ListSettings(**settings))


def plan_of(user, text="", number=None):
    """Return the Plan of a query string, over rows whose number may be known."""
    query = query_of(user, text)
    assert query.errors == []
    source = Kept(lambda: Customer.objects.visible_to(user), number)
    return Plan(query, source, CustomerTable.choosing([], user))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("sort=nothing", "nothing"),
        ("column=nothing", "nothing"),
        ("nothing=1", "nothing"),
        ("per_page=7", "行"),
        ("total=many", "total"),
        ("page=0.5", "没有"),
        ("page=-1", "没有"),
        ("after=x", "没有"),
        ("status=nothing", "nothing"),
        ("&".join(["q=a"] * (MOST_VALUES + 1)), str(MOST_VALUES)),
    ],
)
def test_whatever_is_wrong_is_found_by_the_first_step(zhang, text, word):
    errors = query_of(zhang, text).errors
    assert errors
    assert any(word in error for error in map(str, errors)), errors


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", (1, PAGE_SIZE, 0)),
        ("page=3&per_page=10", (3, 10, 20)),
        ("page=3", (3, PAGE_SIZE, 50)),
        ("sort=&page=&per_page=", (1, PAGE_SIZE, 0)),
    ],
)
def test_which_page_of_how_many_rows(zhang, text, found):
    query = query_of(zhang, text)
    assert (query.number, query.size, query.start) == found
    assert query.errors == []


def test_the_size_that_a_person_keeps_holds_where_the_address_names_none(zhang):
    assert query_of(zhang, per_page=50).size == 50
    assert query_of(zhang, "per_page=10", per_page=50).size == 10


def test_a_page_begins_at_a_row_of_the_order(zhang):
    query = query_of(zhang, "sort=-name&after=昆明~7")
    assert (query.is_sorted, query.order.down) == (True, True)
    assert query.edge == {"after": ("昆明", 7)}


def test_the_last_page_and_the_exact_number_are_asked_for_alike(zhang):
    assert (query_of(zhang, "page=last").number, query_of(zhang).is_exact) == (
        LAST,
        False,
    )
    for text in ("page=last", "total=exact"):
        assert query_of(zhang, text).is_exact


def test_no_condition_is_asked_of_without_one(zhang):
    query = query_of(zhang, "sort=name&page=2")
    assert not query.conditions.are_given
    assert query_of(zhang, always=True).conditions.are_given
    given = query_of(zhang, "q=水&name=昆明&status=").conditions
    assert given.names == {"q", "name"}
    assert (given.texts, given.ask_for_text) == ({"name": "昆明"}, True)


def test_what_is_kept_need_not_be_counted(zhang, django_assert_num_queries):
    plans = plan_of(zhang, number=3), plan_of(zhang, "total=exact", number=12_345)
    assert zhang.rights.shape  # read once, for whatever is asked
    with django_assert_num_queries(0):
        assert [plan.total.number for plan in plans] == [3, 12_345]
    many = plan_of(zhang, "status=potential", number=MOST_COUNTED + 1)
    assert many.total == Total(MOST_COUNTED + 1)


def test_under_conditions_the_page_is_found_on_the_way_to_the_number(
    zhang, django_assert_num_queries
):
    rows = [a_customer(zhang, level=an_item("customer_level", "A")) for _n in range(3)]
    a_customer(zhang)
    plan = plan_of(zhang, f"level={rows[0].level_id}&sort=name&per_page=10", number=2)
    with django_assert_num_queries(1):
        assert plan.total == Total(3)
    with django_assert_num_queries(1):
        found = {row.pk for row in plan.page().object_list}
    assert found == {row.pk for row in rows}
    assert "first" not in plan.source.asked


def test_the_first_page_of_everything_takes_the_short_way(zhang):
    for _number in range(11):
        a_customer(zhang)
    plan = plan_of(zhang, "sort=-created_at&per_page=10", number=11)
    page = plan.page()
    assert sorted(plan.source.asked) == ["first", "total"]
    assert (len(page.object_list), page.has_next()) == (10, True)
    later = plan_of(zhang, "sort=-created_at&per_page=10&page=2", number=11)
    assert [len(later.page().object_list), "first" in later.source.asked] == [1, False]


def test_the_last_page_follows_from_the_number(zhang):
    assert plan_of(zhang, "page=last&per_page=10", number=101).number == 11
    assert plan_of(zhang, "page=last", number=0).number == 1


def test_what_no_index_sorts_is_refused_of_very_many_rows(zhang):
    asked = query_of(zhang, "sort=parent")
    assert not asked.order.walked
    assert plan_of(zhang, "sort=parent", number=10).errors == []
    (error,) = plan_of(zhang, "sort=parent", number=MOST_COUNTED + 1).errors
    assert f"{MOST_COUNTED:,}" in error


def source_of(user, *columns):
    """Return the RecordSource of the customers that one sees."""
    table = CustomerTable.choosing(list(columns), user)
    return RecordSource(Customer.objects.all, user, "view", table)


def test_a_source_has_the_rows_one_may_see(zhang, wang):
    mine, _theirs = a_customer(zhang), a_customer(wang)
    assert list(source_of(zhang).rows()) == [mine]


def test_a_source_knows_numbers_by_state_and_no_others(zhang):
    a_customer(zhang, status="won")
    a_customer(zhang, status="lost")
    source = source_of(zhang)
    numbers = {
        text: source.total(query_of(zhang, text).conditions)
        for text in ("", "status=won", "status=won&status=lost", "level=1", "q=水")
    }
    known = {text: total and total.number for text, total in numbers.items()}
    assert known == {
        "": 2,
        "status=won": 1,
        "status=won&status=lost": 2,
        "level=1": None,
        "q=水": None,
    }


def test_a_source_brings_along_what_the_columns_name(zhang):
    parent = a_customer(zhang, name="昆明总部")
    a_customer(zhang, parent=parent)
    source = source_of(zhang, "name", "parent", "owner")
    rows = source.drawn(source.rows()).filter(parent=parent)
    with CaptureQueriesContext(connection) as queries:
        (row,) = rows
        assert (row.name_of_parent, row.name_of_owner) == ("昆明总部", zhang.name)
    assert len(queries) == 1
