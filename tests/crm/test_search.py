"""全局搜索: everything one may see, by kind, each with the list of all its hits."""

import json
import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.db import connection
from django.db.models import Q, Subquery
from django.db.models.lookups import IsNull
from django.test.utils import CaptureQueriesContext

from competitors.models import Encounter
from contracts import approval
from contracts.models import Contract
from crm.chinese import folding
from crm.lists.filter_fields import TextFilter
from crm.models import matches as matches_module
from crm.queries.search import parted, seems_frequent
from crm.views import search
from customers.filters import CustomerFilter
from customers.models import Contact, Customer, Membership, named
from customers.models import querysets as customer_querysets
from feedback.models import Interaction
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    a_news_item,
    an_encounter,
    an_interaction,
)

pytestmark = pytest.mark.django_db

HEADING = re.compile(r'<h2><a href="([^"]+)">')


@pytest.fixture
def books(zhang, wang, lina):
    """Records of many kinds in which the same word occurs."""
    for owner in (zhang, wang):
        for number in range(12):
            customer = a_customer(owner, name=f"青岚{number}号科技有限公司")
        a_contact(customer, name="青岚")
        a_contract(owner, customer=customer, title="青岚一期合同")
        an_interaction(customer, subject="青岚来访")
    a_competitor(lina, name="青岚仪表")
    a_news_item(lina, title="青岚上市")


@pytest.mark.parametrize("person", ["zhang", "chen", "lina", "zhou", "nobody"])
def test_each_kind_leads_to_the_list_of_all_its_hits(
    person, request, books, zhang, sign_in
):
    browser = sign_in(request.getfixturevalue(person))
    answer = browser.get("/search/", {"q": "青岚"})
    assert answer.status_code == 200
    headings = HEADING.findall(answer.content.decode())
    assert len(headings) == len(answer.context["groups"])
    for url, group in zip(headings, answer.context["groups"], strict=True):
        target = browser.get(unescape(url))
        assert target.status_code == 200, url
        assert not target.context["errors"], url
        total, shown = target.context["total"], len(group["rows"])
        assert total > shown if group["more"] else total == shown


def test_foreign_rows_are_not_found(books, zhang, sign_in):
    groups = sign_in(zhang).get("/search/", {"q": "青岚"}).context["groups"]
    owned = [row for group in groups[:4] for row in group["rows"]]
    assert owned
    assert {row.record.owner for row in owned} == {zhang}


def test_reports_are_found_by_those_who_may_see_them(zhang, wang, client):
    report = a_customer(zhang, name="未登记青岚", registered=False)
    for person, seen in ((zhang, True), (wang, False)):
        client.force_login(person)
        page = client.get("/search/", {"q": "青岚"}).content.decode()
        assert (report.get_absolute_url() in page) is seen


@pytest.mark.parametrize("text", ["青岚", "qinglan", "1380013"])
def test_very_many_customers_lead_to_the_same_records(text, zhang, lina, monkeypatch):
    customer, other = a_customer(zhang, name="青岚化工"), a_customer(zhang, name="长河")
    a_contact(customer, mobile="13800138000")
    a_contact(other, mobile="13900139000")
    for one in (customer, other):
        an_interaction(one), a_contract(zhang, customer=one)
    found = []
    for few in (matches_module.FEW, 0):
        for module in (matches_module, customer_querysets):
            monkeypatch.setattr(module, "FEW", few)
        known = {}
        found.append(
            [
                set(model.objects.visibility(lina).by_index().search(text, lina, known))
                for model in (Customer, Interaction, Contract)
            ]
        )
        assert known[Customer, text, True].are_few is bool(few)
    assert found[0] == found[1]
    assert [len(records) for records in found[0]] == [1, 1, 1]


@pytest.fixture
def crossed(zhang, wang, liu, zhao):
    """Rows of each person, in the books and reported, at customers of another one."""
    for owner in (zhang, wang):
        customer = a_customer(owner, name="青岚化工", remarks="长河")
        a_contact(customer, name="青岚")
        for by in (zhang, wang, liu):
            for registered in (True, False):
                an_interaction(customer, by=by, registered=registered)
                a_contract(by, customer=customer, registered=registered)
                a_contact(customer, registered=registered)
                competitor = a_competitor(by)
                an_encounter(competitor, customer, by=by, registered=registered)
    approval.submit(a_contract(wang, customer=customer), by=wang)
    other = a_customer(wang, name="青岚仪表")
    Membership.objects.create(customer=other, user=liu)
    an_interaction(other)


FILED = (Contact, Interaction, Contract, Encounter)


def found_by(user, text):
    """Return what one search finds of customers and of what is filed under them."""
    known = {}
    return {
        model: set(model.objects.visibility(user).by_index().search(text, user, known))
        for model in (Customer, *FILED)
    }


def found_apart(user, text):
    """Return the same as queries have it each of which has an index of its own."""
    known, found = {}, {}
    for model in (Customer, *FILED):
        parts = (
            model.objects.visibility(user).by_index().searched_apart(text, user, known)
        )
        found[model] = {record for rows in parts for record in rows}
    return found


@pytest.mark.parametrize(
    "person",
    ["zhang", "wang", "liu", "chen", "zhao", "qian", "zhou", "lina", "nobody"],
)
def test_what_is_filed_under_a_hidden_customer_is_found_by_its_name(
    person, crossed, request, monkeypatch
):
    """Whichever way it is looked for: by the few there may be, or row by row."""
    user = request.getfixturevalue(person)
    for text in ("青岚", "qinglan", "长河"):
        by_ids = found_by(user, text)
        with monkeypatch.context() as patched:
            patched.setattr(named, "FEW_PEOPLE", 0)
            assert found_by(user, text) == by_ids
            for module in (matches_module, customer_querysets):
                patched.setattr(module, "FEW", 0)
            assert found_by(user, text) == by_ids
    for model in FILED:
        at = model.objects.visible_to(user).filter(customer__name__startswith="青岚")
        assert found_by(user, "青岚")[model] == set(at)


@pytest.mark.parametrize(
    "person",
    ["zhang", "wang", "liu", "chen", "zhao", "qian", "zhou", "lina", "nobody"],
)
def test_what_leads_to_a_row_and_what_is_written_in_it_are_asked_apart(
    person, crossed, request, monkeypatch
):
    """Whoever looks, for whatever words: the same rows as asked for at once."""
    user = request.getfixturevalue(person)
    for text in (
        "青岚",
        "qinglan",
        "长河",
        "青",
        "ql",
        "青岚 化工",
        "青岚化工",
        "(青岚",
    ):
        assert found_apart(user, text) == found_by(user, text), text
        with monkeypatch.context() as patched:
            for module in (matches_module, customer_querysets):
                patched.setattr(module, "FEW", 0)
            assert found_apart(user, text) == found_by(user, text), text


def test_few_customers_lead_to_what_is_filed_under_them_by_a_query_of_their_own(zhang):
    an_interaction(a_customer(zhang, name="青岚化工"), subject="来访")
    an_interaction(a_customer(zhang), subject="青岚化工来访")
    rows = Interaction.objects.visibility(zhang).by_index()
    written, led = rows.searched_apart("青岚", zhang, {})
    assert [one.subject for one in written] == ["青岚化工来访"]
    assert [one.subject for one in led] == ["来访"]


@pytest.mark.parametrize("text", ["", "   ", "\0", "%", "_", "'", "🙂", "x" * 5000])
def test_any_text_gives_a_page(text, zhang, sign_in):
    assert sign_in(zhang).get("/search/", {"q": text}).status_code == 200


def test_a_search_costs_few_queries(books, lina, client):
    client.force_login(lina)
    with CaptureQueriesContext(connection) as queries:
        client.get("/search/", {"q": "青岚"})
    assert len(queries) <= 12


def test_what_was_looked_for_is_marked_as_it_is_written(zhang, sign_in):
    a_customer(zhang, name="<b>測試（中国）投资")
    page = sign_in(zhang).get("/search/", {"q": "测试(中国) 投资"}).content.decode()
    assert "&lt;b&gt;<mark>測試（中国</mark>）<mark>投资</mark>" in page


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("聂岸纸业(玉溪)", "玉溪聂岸纸业有限公司"),
        ("聂岸纸业（玉溪）", "聂岸纸业有限公司玉溪分公司"),
        ("dr食品", "大润食品有限公司"),
        ("食品dr", "大润食品有限公司"),
        ("darun食品", "大润食品有限公司"),
        ("DR食品", "DR食品有限公司"),
        ("ＤＲ食品", "食品 DR"),
    ],
)
def test_a_word_of_two_scripts_or_with_brackets_is_two_words(text, name, zhang):
    customer = a_customer(zhang, name=name)
    a_customer(zhang, name="大润化工有限公司")
    a_customer(zhang, name="玉溪岸线纸业有限公司")
    assert list(Customer.objects.search(text, zhang)) == [customer]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("C++平台", ["c++平台"]),
        ("5号楼", ["5号楼"]),
        ("B座", ["b座"]),
        ("A4纸", ["a4纸"]),
        ("(010)62345678", ["01062345678"]),
        ("（", ["（"]),
        ("华为(中国)有限公司", ["华为", "中国", "有限公司"]),
        ("网易abc科技", ["网易", "abc", "科技"]),
    ],
)
def test_what_is_one_word_stays_one(text, words, zhang):
    assert folding.words(text) == words


@pytest.mark.parametrize("text", ["华夏 kj", "kj 华夏", "华夏 ab", "华夏 水"])
def test_two_letters_beside_a_word_may_stand_anywhere(text, zhang):
    customer = a_customer(zhang, name="华夏科技", remarks="ab 水")
    assert list(Customer.objects.search(text, zhang)) == [customer]
    assert not Customer.objects.search("华夏 zz", zhang)


# --- By an index, however many there are --------------------------------------------

BY_INDEX = [
    (Customer, "虎", "customer_text"),
    (Customer, "华夏", "customer_text"),
    (Customer, "华夏科技", "customer_text"),
    (Customer, "软件园", "customer_text"),
    (Customer, "rf", "customer_pairs"),
    (Customer, "hxkj", "customer_pinyin"),
    (Customer, "KH0001", "customer_pinyin"),
    (Customer, "13800", "customer_pinyin"),
    # of two words PostgreSQL takes the one that it holds for rarer
    (Customer, "华夏 hxkj", "customer_text customer_pinyin"),
    (Contact, "王伟", "contact_text"),
    (Contact, "ww", "contact_pairs"),
    (Contact, "wangwei", "contact_pinyin"),
    (Contact, "13800", "contact_pinyin"),
    (Contract, "一期", "contract_text"),
    (Contract, "yq", "contract_pairs"),
    (Contract, "HT-2026", "contract_pinyin"),
    (Interaction, "报价", "interaction_text"),
    (Interaction, "cs", "interaction_text"),
    (Encounter, "水表", "encounter_text"),
]


@pytest.mark.parametrize(("model", "text", "indexes"), BY_INDEX)
def test_a_search_looks_into_an_index(model, text, indexes, lina):
    plan = _plan(model.everything.order_by().search(text, lina))
    assert any(index in plan for index in indexes.split())
    assert "Seq Scan" not in plan


@pytest.mark.parametrize(
    ("key", "value", "index"),
    [
        ("name", "华夏", "customer_text"),
        ("address", "软件园", "customer_text"),
        ("email", "sales@", "customer_pinyin"),
        ("remarks", "重要", "customer_text"),
        ("tags", "重点", "customer_text"),
        ("credit_code", "91530100", "customer_pinyin"),
        ("phone", "0871-6", "customer_pinyin"),
    ],
)
def test_a_condition_looks_into_an_index(key, value, index, zhang, rf):
    request = rf.get("/")
    request.user = zhang
    rows = Customer.everything.order_by()
    found = CustomerFilter({key: value}, queryset=rows, request=request)
    plan = _plan(found.qs)
    assert index in plan
    assert "Seq Scan" not in plan


def test_postgresql_knows_how_frequent_a_word_is(zhang, lina):
    for number in range(40):
        a_customer(zhang, name=f"{'科技' if number % 2 else '商贸'}第{number}家")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer")
    rows = Customer.everything.order_by().search("科技", lina)
    plan = json.loads(rows.explain(format="json"))[0]["Plan"]
    assert plan["Plan Rows"] == pytest.approx(rows.count(), abs=2)


@pytest.mark.parametrize(
    ("word", "seems"),
    [
        ("8888", True),
        ("1212", True),
        ("哈哈哈", True),
        ("1388", False),
        ("科技", False),
    ],
)
def test_a_word_of_one_pair_twice_seems_frequent(word, seems):
    assert seems_frequent(word) is seems


def test_one_index_has_every_condition_that_is_no_text():
    """Who sees few rows need not read all of them for a combination of conditions."""
    indexes = {index.name: index for index in Customer._meta.indexes}
    known = {*indexes["customer_choices"].fields, *indexes["customer_choices"].include}
    filters = CustomerFilter.base_filters.values()
    asked = {made.field_name for made in filters if not isinstance(made, TextFilter)}
    # Or made of columns that it has, or a question to other rows.
    elsewhere = {"parent", "reporter", "idle_days_min", "recycle_within"}
    elsewhere |= {"looked_after"}
    assert asked - elsewhere <= known


def _plan(rows):
    """Return how PostgreSQL finds some rows if reading the whole table is dear."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return rows.explain()


def test_reports_of_others_are_found_without_reading_all_that_people_own(zhao):
    """Of 46,000 rows of a department a search read the index, for 200 reports."""
    anywhere = named.with_rows_for(zhao, Customer)
    plan = _plan(Customer.objects.order_by().filter(anywhere))
    assert "((owner_id + 0) = ANY" in plan  # which no index of the owners answers


def test_hits_of_one_name_are_told_apart_and_counted(zhang, lina, sign_in):
    for number in range(12):
        customer = a_customer(zhang, name=f"滇池{number}号食品有限公司")
        a_contact(customer, name="李建华", title="采购经理")
    an_interaction(
        customer,
        subject="李建华来电",
        occurred_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    )
    a_contract(zhang, customer=customer, title="李建华办公楼", amount=1_026_000)
    answer = sign_in(zhang).get("/search/", {"q": "李建华"})
    page = answer.content.decode()
    for text in (
        "采购经理",
        "滇池11号食品有限公司",
        "2026-11-20 17:00",
        "1,026,000.00",
    ):
        assert text in page
    numbers = {group["label"]: group["number"] for group in answer.context["groups"]}
    # Customers are found by the people one knows there.
    assert numbers == {"客户": "12", "联系人": "12", "交往": "1", "合同": "1"}


@pytest.mark.parametrize("text", ["罗国庆", "luoguoqing", "13870733880"])
def test_a_contact_is_found_by_its_company_not_by_its_colleagues(text, zhang, sign_in):
    customer = a_customer(zhang, name="翠屿生物")
    luo = a_contact(customer, name="罗国庆", mobile="13870733880")
    feng = a_contact(customer, name="冯思远", mobile="13300000001")
    seen = Contact.objects.visibility(zhang).by_index()
    assert set(seen.search("翠屿", zhang)) == {luo, feng}
    assert set(seen.search(text, zhang)) == {luo}
    groups = sign_in(zhang).get("/search/", {"q": text}).context["groups"]
    rows = {group["label"]: [row.record for row in group["rows"]] for group in groups}
    assert rows["联系人"] == [luo]
    assert rows["客户"] == [customer]


NAMED_APART = [
    "李 建华",
    "建华 李",
    "李jianhua",
    "李 jianhua",
    "jianhua 李",
    "li jianhua",
    "l jianhua",
    "李 13870733880",
]


@pytest.mark.parametrize("text", ["李建华", *NAMED_APART])
@pytest.mark.parametrize("person", ["zhang", "lina"])
def test_surname_and_given_name_apart_find_what_the_name_finds(
    text, person, request, zhang, monkeypatch
):
    user, filed = request.getfixturevalue(person), {}
    for company, name, mobile in (
        ("翠屿生物", "李建华", "13870733880"),
        ("滇池食品", "王建华", "13300000001"),
        ("洱海水务", "李国庆", "13300000002"),
    ):
        customer = a_customer(zhang, name=company)
        filed[name] = {
            Customer: {customer},
            Contact: {a_contact(customer, name=name, mobile=mobile)},
            Interaction: {an_interaction(customer)},
            Contract: {a_contract(zhang, customer=customer)},
            Encounter: {an_encounter(a_competitor(zhang), customer, by=zhang)},
        }
    # The given name of one person is no name of a colleague called Li.
    a_contact(Customer.objects.get(name="洱海水务"), name="赵建华")
    for few in (matches_module.FEW, 0):
        for module in (matches_module, customer_querysets):
            monkeypatch.setattr(module, "FEW", few)
        assert found_by(user, text) == filed["李建华"]
    by_name = set(Customer.objects.visibility(user).by_index().search(text, user))
    assert by_name == filed["李建华"][Customer]


@pytest.mark.parametrize("text", ["李 建华 来访", "来访 李建华", "li jianhua 来访"])
def test_a_person_and_what_a_row_tells_are_found_together(text, zhang):
    customer = a_customer(zhang, name="翠屿生物")
    a_contact(customer, name="李建华")
    visit = an_interaction(customer, subject="来访")
    an_interaction(customer, subject="报价")
    assert found_by(zhang, text)[Interaction] == {visit}


def sampled_ids(number):
    """Return ids of which a row with such a one is in the sample."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n FROM generate_series(1000000, 1010000) AS ids (n)"
            " WHERE (hashint8(n) & 15) = 0 LIMIT %s",
            [number],
        )
        return [pk for (pk,) in cursor.fetchall()]


@pytest.mark.parametrize("person", ["zhang", "zhao", "chen", "lina"])
def test_of_very_many_hits_the_same_ones_are_shown(person, zhang, request, monkeypatch):
    """Whether they are counted, or a sample tells that they are more than counted."""
    user = request.getfixturevalue(person)
    for pk in sampled_ids(3):
        customer = a_customer(zhang, pk=pk, name=f"滇池{pk}号食品有限公司")
        a_contact(customer, name="滇池")
    for number in range(search.MOST + 2):
        an_interaction(customer, subject=f"来访{number}")

    def found():
        return [
            (group["label"], group["number"], [row.record for row in group["rows"]])
            for group in search.groups_of(user, "滇池")
        ]

    counted = found()
    assert [number for _label, number, _rows in counted] == ["3", "3", "99+"]
    monkeypatch.setattr(matches_module, "MANY_SAMPLED", 3)
    monkeypatch.setattr(customer_querysets, "FEW_PEOPLE", 0)
    known = {}
    Interaction.objects.visibility(user).by_index().search("滇池", user, known)
    target, ids = matches_module.some_of_many("滇池", known)
    assert len(ids) == 3
    kinds = (Customer, Contact, Interaction)
    assert search._many(user, kinds, target, ids) == {Interaction}
    assert found() == counted


def test_customers_that_are_not_few_tell_of_what_there_is_very_many(zhang, monkeypatch):
    for number in range(4):
        customer = a_customer(zhang, name=f"滇池{number}号食品有限公司")
    for number in range(search.MOST + 2):
        an_interaction(customer, subject=f"来访{number}")

    def found():
        return [
            (group["label"], group["number"], [row.record for row in group["rows"]])
            for group in search.groups_of(zhang, "滇池")
        ]

    counted = found()
    assert [number for _label, number, _rows in counted] == ["4", "99+"]
    for module in (matches_module, customer_querysets):
        monkeypatch.setattr(module, "FEW", 3)
    known = {}
    Interaction.objects.visibility(zhang).by_index().searched_apart(
        "滇池", zhang, known
    )
    target, ids = matches_module.some_of_many("滇池", known)
    assert search._many(zhang, (Customer, Interaction), target, ids) == {Interaction}
    assert found() == counted


def test_the_customers_of_contacts_say_nothing_of_all_kinds(zhang, monkeypatch):
    """A contact is not found by its colleagues: what customers have is no proof."""
    for number in range(4):
        customer = a_customer(zhang, name=f"滇池{number}号食品有限公司")
    a_contact(customer, name="滇池")
    for module in (matches_module, customer_querysets):
        monkeypatch.setattr(module, "FEW", 3)
    known = {}
    Interaction.objects.visibility(zhang).by_index().searched_apart(
        "滇池", zhang, known
    )
    assert matches_module.some_of_many("滇池", known) == (None, [])


def test_one_of_several_words_says_nothing_of_how_many_rows_have_all(
    zhang, lina, monkeypatch
):
    monkeypatch.setattr(matches_module, "MANY_SAMPLED", 1)
    for pk in sampled_ids(2):
        a_customer(zhang, pk=pk, name=f"滇池{pk}号食品有限公司")
    known = {}
    found = (
        Customer.objects.visibility(lina).by_index().search("滇池 食品", lina, known)
    )
    assert found.count() == 2
    Interaction.objects.visibility(lina).by_index().search("滇池 食品", lina, known)
    assert known[Customer, "滇池", False].some
    assert matches_module.some_of_many("滇池 食品", known) == (None, [])


def test_very_many_hits_are_no_exact_number(zhang, sign_in):
    for number in range(101):
        a_customer(zhang, name=f"滇池{number}号食品有限公司")
    groups = sign_in(zhang).get("/search/", {"q": "滇池"}).context["groups"]
    assert [group["number"] for group in groups] == ["99+"]


# --- The index and the text apart ---------------------------------------------------


@pytest.mark.parametrize(
    "word", ["科", "科技", "华夏科技", "h", "hx", "hxk", "1380", "-"]
)
def test_a_condition_asked_in_two_parts_finds_the_same(word, zhang):
    for name in ("华夏科技", "夏华", "科技 华夏", "hx-kj", "无关"):
        a_customer(zhang, name=name, phone="13800138000", remarks=f"备注 {word}")
        a_customer(zhang, name=name)
    whole = Customer.holds(word) | Q(pk__in=[0]) | Q(search_text__has_part="无关")
    found = Customer.objects.filter(whole).order_by("pk")
    assert found.exists()
    assert list(Customer.objects.filter(parted(whole)).order_by("pk")) == list(found)


def test_the_index_is_asked_for_all_alternatives_at_once(zhang):
    either = Customer.holds("科技") | Q(pk__in=[7])
    sql = str(Customer.objects.filter(parted(either)).query)
    assert sql.count("crm_grams") == 1
    beside = either | Q(IsNull(Subquery(Customer.objects.values("pk")[:1]), False))
    assert "crm_grams" not in str(Customer.objects.filter(parted(beside)).query)
