"""What rows were found by: marked where it stands, told where no column shows it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    a_news_item,
    a_product,
    an_encounter,
    an_interaction,
)

pytestmark = pytest.mark.django_db

BESIDE = re.compile(r'<span class="found-by">(.*?)</span>')


@pytest.fixture
def ask(sign_in, zhang):
    """Return a function from a list and its conditions to (page, what is told)."""
    browser = sign_in(zhang)

    def asked(path, **conditions):
        page = browser.get(path, conditions).content.decode()
        return page, BESIDE.findall(page)

    return asked


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("测试(中国)", "<mark>測試（中国</mark>）投资"),
        ("cszg", "<mark>測試（中国</mark>）投资"),
        ("touzi", "測試（中国）<mark>投资</mark>"),
        ("投资 测试", "<mark>測試</mark>（中国）<mark>投资</mark>"),
    ],
)
def test_a_list_marks_what_was_looked_for(typed, marked, ask, zhang):
    a_customer(zhang, name="測試（中国）投资")
    page, told = ask("/customers/", q=typed)
    assert marked in page
    assert told == []


def test_what_no_column_shows_is_told_beside_the_name(ask, zhang):
    customer = a_customer(
        zhang,
        name="华夏",
        address="昆明市西山区海埂路1号附近再走五百米左转的楼上第三层靠近电梯的那一间办公室里面",
        remarks="展会认识\n<b>偏好",
        tags=["年度框架", "重点"],
        email="wu@example.com",
        phone="0871-63123456",
    )
    a_contact(customer, name="李建华", mobile="139 1234 0001")
    for typed, beside in (
        (
            "海埂",
            "地址：昆明市西山区<mark>海埂</mark>路1号附近再走五百米左转的楼上第三层靠近电梯的那一间办公…",
        ),
        ("<b>偏好", "备注：展会认识 &lt;<mark>b&gt;偏好</mark>"),
        ("重点", "客户标签：年度框架、<mark>重点</mark>"),
        ("wu@ex", "电子邮箱：<mark>wu@ex</mark>ample.com"),
        ("建华", "联系人：李<mark>建华</mark>"),
        ("lijianhua", "联系人：<mark>李建华</mark>"),
        ("13912340001", "联系人：李建华 <mark>139 1234 0001</mark>"),
        (
            "华夏 海埂",
            "地址：昆明市西山区<mark>海埂</mark>路1号附近再走五百米左转的楼上第三层靠近电梯的那一间办公…",
        ),
    ):
        page, told = ask("/customers/", q=typed)
        assert told == [beside], typed
        assert "<b>偏好" not in page


def test_what_a_row_is_filed_under_is_told_too(ask, zhang):
    customer = a_customer(zhang, name="华夏", short_name="滇润")
    a_contact(customer, name="李建华", mobile="13912340001")
    an_interaction(customer, subject="来访")
    a_contract(zhang, customer=customer, title="一期")
    an_encounter(a_competitor(zhang, name="青岚"), customer)
    for address in ("/interactions/", "/contracts/", "/encounters/"):
        page, told = ask(address, q="huaxia")
        assert "<mark>华夏</mark>" in page, address
        assert told == []
        assert ask(address, q="滇润")[1] == ["客户 简称：<mark>滇润</mark>"]
        assert ask(address, q="13912340001")[1] == [
            "联系人：李建华 <mark>13912340001</mark>"
        ]
    assert ask("/interactions/", q="华夏", column="subject")[1] == [
        "客户 客户名称：<mark>华夏</mark>"
    ]


def test_nothing_is_told_of_what_one_does_not_see(ask, zhang, wang):
    theirs = a_customer(wang, name="别人的华夏", phone="13800001111")
    a_contact(theirs, name="李建华")
    an_interaction(theirs, owner=zhang, subject="来访", content="电 13800001111 李建华")
    page, told = ask("/interactions/", q="13800001111")
    assert told == ["内容：电 <mark>13800001111</mark> 李建华"]
    page, told = ask("/interactions/", q="别人 李建华")
    assert "<mark>别人</mark>的华夏" in page
    assert told == ["内容：…800001111 <mark>李建华</mark>"]


def test_a_condition_is_marked_in_its_own_column_alone(ask, zhang):
    a_customer(zhang, name="华夏", address="华夏路")
    page, told = ask("/customers/", address="华夏", column=["name", "address"])
    assert "<mark>华夏</mark>路" in page
    assert page.count("<mark>") == 1
    assert told == []


def test_what_is_no_part_of_a_search_is_not_marked(ask, zhang):
    a_customer(zhang, name="潜在电力", status="potential")
    page, _told = ask("/customers/", q="潜在")
    assert page.count("<mark>") == 1


def test_the_search_of_everything_tells_it_as_well(ask, zhang):
    customer = a_customer(zhang, name="华夏", remarks="喜欢普洱茶")
    a_contact(customer, name="李建华", remarks="普洱人")
    an_interaction(customer, subject="来访", content="谈到普洱的事")
    a_contract(zhang, customer=customer, title="一期", terms="在普洱交货")
    a_product(zhang, name="表", description="普洱造")
    a_competitor(zhang, name="青岚", strategy="做普洱市场")
    a_news_item(zhang, title="上市", body="普洱上市")
    _page, told = ask("/search/", q="普洱")
    assert sorted(told) == sorted(
        (
            "备注：喜欢<mark>普洱</mark>茶",
            "备注：<mark>普洱</mark>人",
            "内容：谈到<mark>普洱</mark>的事",
            "合同条款：在<mark>普洱</mark>交货",
            "说明：<mark>普洱</mark>造",
            "应对策略：做<mark>普洱</mark>市场",
            "正文：<mark>普洱</mark>上市",
        )
    )
    _page, told = ask("/search/", q="lijianhua")
    assert (
        told == ["联系人：<mark>李建华</mark>"] * 3
    )  # customer, interaction, contract


def test_what_is_not_looked_into_by_its_sound_is_not_marked_by_it(ask, zhang):
    customer = a_customer(zhang, name="张家港泵业")
    a_contact(customer, name="苏婉", title="科长")
    for address in ("/search/", "/contacts/"):
        page, told = ask(address, q="zhang")
        assert "<mark>张</mark>家港泵业" in page
        assert "科<mark>长" not in page
        assert told == []


def test_telling_costs_few_queries(zhang, sign_in):
    for number in range(30):
        customer = a_customer(zhang, name=f"华夏{number}", phone="0871-63123456")
        a_contact(customer, name="李建华")
        an_interaction(customer)
        a_contract(zhang, customer=customer)
        an_encounter(a_competitor(zhang, name=f"青岚{number}"), customer)
    browser = sign_in(zhang)
    kinds = ("customers", "contacts", "interactions", "contracts", "encounters")
    for kind in kinds:
        for typed in ("李建华", "6312345"):
            browser.get(f"/{kind}/", {"q": typed})
            with CaptureQueriesContext(connection) as queries:
                browser.get(f"/{kind}/", {"q": typed})
            assert len(queries) <= 12, (kind, typed)
    with CaptureQueriesContext(connection) as queries:
        browser.get("/search/", {"q": "李建华"})
    assert len(queries) <= 13  # how many of each kind one sees is asked, too


@pytest.mark.parametrize("address", ["/system/inbox/", "/system/recycle-bin/"])
def test_inbox_and_recycle_bin_mark_and_tell_as_well(address, zhang, lina, sign_in):
    customer = a_customer(
        zhang, name="测试（中国）", phone="13912340001", registered=False
    )
    contact = a_contact(customer, name="<b>李建华", registered=False)
    if "bin" in address:
        contact.discard(lina)
        customer.discard(lina)
    browser = sign_in(lina)
    page = browser.get(address, {"q": "cszg"}).content.decode()
    assert "<mark>测试（中国</mark>）" in page
    page = browser.get(address, {"q": "13912340001"}).content.decode()
    assert "电话：<mark>13912340001</mark>" in BESIDE.findall(page)
    assert "<b>李建华" not in browser.get(address, {"q": "建华"}).content.decode()


@pytest.mark.parametrize(
    ("typed", "total", "errors"),
    [
        ("(", 1, 0),
        ("）", 1, 0),
        ("。", 0, 0),
        ("+", 0, 0),
        ("\u200b", 0, 1),
        ("\u0301", 0, 1),
        (" \u3000", 2, 0),
    ],
)
def test_signs_are_found_as_they_stand_and_nothing_is_told(
    typed, total, errors, zhang, sign_in
):
    a_customer(zhang, name="测试（中国）"), a_customer(zhang, name="别的")
    page = sign_in(zhang).get("/customers/", {"q": typed})
    assert len(page.context["errors"]) == errors
    assert page.context["total"] == total
    assert ("没有可查找的内容" in page.content.decode()) is bool(errors)
