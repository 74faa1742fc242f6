"""Lists: order, columns, chips, pages, and addresses that nobody should have typed."""

import re
from urllib.parse import parse_qs, quote, urlencode

import pytest

from crm.models import DictionaryItem
from customers.models import Customer
from customers.tables import ContactTable, CustomerTable
from tests.factories import a_contact, a_customer
from tests.pages import alerts, ids, shows

pytestmark = pytest.mark.django_db


def names(answer):
    """Return the names on a list page, from top to bottom."""
    return [row.name for row in answer.context["page_obj"].object_list]


# --- Order --------------------------------------------------------------------------


def test_newest_customers_come_first(zhang, sign_in):
    first, second = a_customer(zhang), a_customer(zhang)
    assert ids(sign_in(zhang).get("/customers/")) == [second.pk, first.pk]


@pytest.mark.parametrize("down", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("column", CustomerTable.Meta.fields)
def test_customers_are_sorted_by_every_column(zhang, sign_in, column, down):
    for number in range(3):
        a_customer(zhang, employees=number or None, name=f"客户{number}")
    sort = f"-{column}" if down else column
    answer = sign_in(zhang).get("/customers/", {"sort": sort})
    assert alerts(answer) == []
    assert len(ids(answer)) == 3


ORDER = re.compile(r'<option value="(-?\w+)"( selected)?>([^<]+ [升降]序)')


def test_every_order_of_the_heads_is_offered_where_there_are_none(zhang, sign_in):
    """On a telephone: the same orders, sent by a form that scripts only hasten."""
    made = [a_customer(zhang, employees=number) for number in (70, 600, 5)]
    page = sign_in(zhang).get("/customers/", {"q": "测试", "sort": "-employees"}).text
    form = page.partition('<form class="orders"')[2].partition("</form>")[0]
    orders = ORDER.findall(form)
    assert [(value, label) for value, chosen, label in orders if chosen] == [
        ("-employees", "员工人数 降序")
    ]
    assert '<input type="hidden" name="q" value="测试">' in form
    heads = page.partition("<thead")[2].partition("</thead>")[0]
    offered = {value.lstrip("-") for value, _chosen, _label in orders}
    assert offered == {*re.findall(r"sort=-?(\w+)", heads)} | {"employees"}
    for value, _chosen, _label in orders:
        answer = sign_in(zhang).get("/customers/", {"sort": value})
        assert alerts(answer) == []
    answer = sign_in(zhang).get("/customers/", {"sort": "employees"})
    assert ids(answer) == [made[place].pk for place in (2, 0, 1)]


@pytest.mark.parametrize("down", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("column", ContactTable.Meta.fields)
def test_contacts_are_sorted_by_every_column(zhang, sign_in, column, down):
    customer = a_customer(zhang)
    for _time in range(3):
        a_contact(customer)
    sort = f"-{column}" if down else column
    answer = sign_in(zhang).get("/contacts/", {"sort": sort})
    assert alerts(answer) == []
    assert len(ids(answer)) == 3


@pytest.mark.parametrize(
    ("sort", "order"),
    [("employees", [5, 70, 600, None]), ("-employees", [600, 70, 5, None])],
)
def test_rows_without_a_value_come_last_both_ways(zhang, sign_in, sort, order):
    for employees in (70, None, 600, 5):
        a_customer(zhang, employees=employees)
    answer = sign_in(zhang).get("/customers/", {"sort": sort})
    assert [row.employees for row in answer.context["page_obj"]] == order


def test_equal_rows_keep_their_order_over_pages(zhang, sign_in):
    for _time in range(12):
        a_customer(zhang, employees=1)
    browser, seen = sign_in(zhang), []
    for page in (1, 2):
        query = {"sort": "employees", "per_page": 10, "page": page}
        seen += ids(browser.get("/customers/", query))
    assert len(seen) == len(set(seen)) == 12


def test_names_are_sorted_by_pinyin(zhang, sign_in):
    for name in ("云南", "北京", "昆明"):
        a_customer(zhang, name=name)
    answer = sign_in(zhang).get("/customers/?sort=name")
    assert names(answer) == ["北京", "昆明", "云南"]


def test_dictionaries_are_sorted_by_their_order(zhang, sign_in):
    levels = DictionaryItem.objects.filter(kind="customer_level").order_by("-order")
    for level in levels:
        a_customer(zhang, level=level)
    answer = sign_in(zhang).get("/customers/?sort=level")
    shown = [row.level.order for row in answer.context["page_obj"]]
    assert shown == sorted(shown)


# --- Columns ------------------------------------------------------------------------


def test_columns_are_chosen_by_address(zhang, sign_in):
    a_customer(zhang, credit_code="91530100713417034Y")
    browser = sign_in(zhang)
    usual = browser.get("/customers/").context["table"].shown
    assert "credit_code" not in [column.name for column in usual]
    answer = browser.get("/customers/?column=credit_code&column=name")
    shown = [column.name for column in answer.context["table"].shown]
    assert shown == ["name", "credit_code"]
    assert "91530100713417034Y" in answer.text


def test_the_choice_of_columns_outlives_a_search(zhang, sign_in):
    a_customer(zhang)
    page = sign_in(zhang).get("/customers/?column=phone&sort=phone").text
    assert '<input type="hidden" name="column" value="phone" form="conditions">' in page
    assert '<input type="hidden" name="sort" value="phone" form="conditions">' in page


def test_the_first_column_leads_to_the_record(zhang, sign_in):
    customer = a_customer(zhang)
    page = sign_in(zhang).get("/customers/?column=phone").text
    assert f'class="row-link" href="{customer.get_absolute_url()}"' in page


# --- Chips --------------------------------------------------------------------------


def test_a_chip_takes_away_its_own_value_and_no_other(zhang, sign_in):
    query = "status=won&status=lost&q=x&page=1&sort=name"
    chips = sign_in(zhang).get(f"/customers/?{query}").context["chips"]
    assert [(chip["label"], chip["value"]) for chip in chips] == [
        ("关键词", "x"),
        ("客户状态", "成交"),
        ("客户状态", "流失"),
    ]
    rest = parse_qs(chips[1]["remove_url"].removeprefix("?"))
    assert rest == {"status": ["lost"], "q": ["x"], "sort": ["name"]}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("effective=true", "是"),
        ("employees_min=1000", "1,000"),
        ("created_at_after=2026-11-01", "2026-11-01"),
        ("tags=老客户", "老客户"),
        ("region=530000", "云南省"),
    ],
)
def test_a_chip_speaks_in_words(zhang, sign_in, query, words):
    (chip,) = sign_in(zhang).get(f"/customers/?{query}").context["chips"]
    assert chip["value"] == words


def test_a_chip_names_a_person_and_a_dictionary_item(zhang, sign_in):
    level = DictionaryItem.objects.filter(kind="customer_level").first()
    answer = sign_in(zhang).get(f"/customers/?owner={zhang.pk}&level={level.pk}")
    values = {str(chip["value"]) for chip in answer.context["chips"]}
    assert values == {"张伟", level.label}


def test_a_chip_of_an_unseen_customer_withholds_its_name(zhang, wang, sign_in):
    theirs = a_customer(wang, name="看不见的公司")
    answer = sign_in(zhang).get(f"/customers/?parent={theirs.pk}")
    assert theirs.name not in answer.text
    assert alerts(answer)


# --- Pages --------------------------------------------------------------------------


@pytest.mark.parametrize(("per_page", "pages"), [(10, 3), (25, 1), (200, 1)])
def test_pages_have_the_size_asked_for(zhang, sign_in, per_page, pages):
    for _time in range(22):
        a_customer(zhang)
    answer = sign_in(zhang).get("/customers/", {"per_page": per_page})
    assert answer.context["page_obj"].paginator.num_pages == pages
    assert len(ids(answer)) == min(per_page, 22)
    assert 'data-total="22"' in answer.text


def test_the_last_page_holds_the_rest(zhang, sign_in):
    for _time in range(12):
        a_customer(zhang)
    answer = sign_in(zhang).get("/customers/?per_page=10&page=2")
    assert len(ids(answer)) == 2


def test_an_empty_list_says_what_to_do(zhang, sign_in):
    page = sign_in(zhang).get("/customers/").text
    assert "请新增客户，或导入名单。" in page


def test_buttons_of_a_list_are_those_one_may_press(zhang, chen, sign_in):
    context = sign_in(zhang).get("/customers/").context
    assert context["add_url"] == "/customers/add/"
    context = sign_in(chen).get("/customers/").context
    assert (context["add_url"], context["import_url"]) == (None, None)


# --- Addresses that nobody should have typed ----------------------------------------

WRONG = [
    "colour=red",
    "id=1",
    "owner__password__startswith=a",
    "customer__owner=1",
    "status=nonsense",
    "status=won&status=%00",
    "q=%00",
    f"q={'长' * 101}",
    "owner=x",
    "owner=-1",
    "owner=999999999999999999999",
    "owner=%C2%B2",
    "parent=999999999",
    "region=999999",
    "region=53",
    "region=%00",
    "level=x",
    "level=99999999999999999999",
    "effective=maybe",
    "employees_min=abc",
    "employees_min=1e9999999",
    "employees_min=1.5",
    f"employees_min={'9' * 5000}",
    "annual_revenue_min=NaN",
    "annual_revenue_max=Infinity",
    "annual_revenue_min=1e9999999",
    "annual_revenue_min=1e-9999999",
    "annual_revenue_min=%00",
    "created_at_after=0001-01-01",
    "created_at_after=9999-12-31",
    "created_at_before=9999-12-31",
    "created_at_after=2026-02-30",
    "created_at_after=yesterday",
    "next_contact_at_before=%00",
    f"tags={'长' * 51}",
    "sort=x",
    "sort=%00",
    "sort=--name",
    "sort=-a,,b",
    "sort=owner__password",
    "sort=name;DROP TABLE crm_user",
    "sort=search_text",
    "column=password",
    "column=%00",
    "column=name&column=",
    "per_page=-1",
    "per_page=0",
    "per_page=1000000",
    "per_page=25.0",
    "per_page=%C2%B2",
    "page=0",
    "page=-1",
    "page=9",
    "page=abc",
    "page=%00",
    "page=%C2%B2",
    f"page={10**30}",
    f"page={'9' * 5000}",
]


@pytest.mark.parametrize("query", WRONG, ids=lambda query: query[:40])
def test_a_wrong_condition_is_said_and_shows_no_rows(zhang, sign_in, query):
    customer = a_customer(zhang)
    answer = sign_in(zhang).get(f"/customers/?{query}")
    assert answer.status_code == 200
    assert alerts(answer)
    assert ids(answer) == []
    assert customer.name not in answer.text
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    "query",
    ["q=", "status=", "employees_min=", "page=", "per_page=", "sort=", "owner="],
)
def test_an_empty_condition_is_no_condition(zhang, sign_in, query):
    customer = a_customer(zhang)
    answer = sign_in(zhang).get(f"/customers/?{query}")
    assert alerts(answer) == []
    assert ids(answer) == [customer.pk]


def test_ten_thousand_conditions_are_not_read(zhang, sign_in):
    query = urlencode([("owner", number) for number in range(10_000)])
    assert sign_in(zhang).get(f"/customers/?{query}").status_code == 400


def test_more_conditions_than_anybody_reads_are_refused(zhang, sign_in):
    a_customer(zhang)
    query = urlencode([("owner", zhang.pk) for _number in range(1_900)])
    answer = sign_in(zhang).get(f"/customers/?{query}")
    assert alerts(answer) == ["最多可按 200 个值查询。"]
    assert ids(answer) == answer.context["chips"] == []


@pytest.mark.parametrize("key", ["q", "sort", "colour", "status", "page", "column"])
def test_what_was_typed_comes_back_escaped(zhang, sign_in, key):
    trap = "\"><script>alert('雀')</script>"
    answer = sign_in(zhang).get(f"/customers/?{key}={quote(trap)}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_names_are_shown_escaped(zhang, sign_in):
    name = "<img src=x onerror=alert(1)>&\"'"
    customer = a_customer(zhang, name=name)
    browser = sign_in(zhang)
    for url in ("/customers/", customer.get_absolute_url(), "/search/?q=img"):
        answer = browser.get(url)
        answer.content = re.sub("</?mark>", "", answer.text).encode()  # what matched
        assert shows(answer, name), url
        assert "<img" not in answer.text, url


def test_a_list_counts_what_one_may_see(zhang, wang, sign_in):
    a_customer(zhang)
    for _time in range(3):
        a_customer(wang)
    assert sign_in(zhang).get("/customers/").context["total"] == 1
    assert Customer.objects.count() == 4
