"""查重: whether a company is in the books, and whose it is."""

import pytest

from crm.disclosures import MOST_A_DAY
from crm.models import HistoryEntry
from crm.notices.models import Notice
from customers.checking import MOST, check
from customers.models import Customer
from tests.contracts.test_contract_pages import words
from tests.factories import a_contact, a_customer, a_pool, put_in
from tests.people import hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def of_wang(wang):
    """A customer of 王芳's, with a telephone and a contact."""
    customer = a_customer(
        wang,
        name="昆明翠湖仪器有限公司",
        phone="0871-63123456",
        address="翠湖东路 1 号",
    )
    a_contact(customer, name="周明", mobile="13800138000")
    return customer


def asked_for(browser, text):
    """Return the page that answers."""
    return browser.get("/check/", {"q": text})


@pytest.mark.parametrize(
    "text",
    [
        "昆明翠湖仪器有限公司",
        "翠湖",
        "昆明翠湖仪器公司",
        "0871 63123456",
        "63123456",
        "138 0013 8000",
    ],
)
def test_somebody_elses_is_told_of_but_not_how_to_reach_it(
    text, of_wang, zhang, sign_in
):
    page = words(asked_for(sign_in(zhang), text))
    assert "昆明翠湖仪器有限公司" in page
    assert "王芳" in page
    link = f'href="{of_wang.get_absolute_url()}"'
    for hidden in ("周明", "翠湖东路", link, of_wang.number):
        assert hidden not in page
    for number in {"0871-63123456", "13800138000"} - {text}:
        assert number not in page


def test_a_credit_code_finds_its_customer(wang, zhang, sign_in):
    a_customer(wang, name="甲公司", credit_code="91530100MA6K3P1T4A")
    page = words(asked_for(sign_in(zhang), "91530100ma6k3p1t4a"))
    assert "甲公司" in page
    assert "没有这样的客户" in words(asked_for(sign_in(zhang), "91530100MA6K3P1T4B"))


def test_ones_own_is_opened_from_there(zhang, sign_in):
    customer = a_customer(zhang, name="大理洱海茶业有限公司")
    page = words(asked_for(sign_in(zhang), "洱海"))
    assert customer.get_absolute_url() in page
    assert customer.number in page
    assert "询问负责人" not in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("翠", "至少输入 2 个字"),
        ("138001", "至少输入 7 位"),
        ("公司", "每家公司的名称里都有"),
        ("有限公司", "每家公司的名称里都有"),
    ],
)
def test_too_little_is_told_at_the_field(text, said, of_wang, zhang, sign_in):
    answer = asked_for(sign_in(zhang), text)
    assert answer.status_code == 422
    page = words(answer)
    assert said in page
    assert f'value="{text}"' in page
    assert "王芳" not in page


@pytest.mark.parametrize(
    "text", ["\0翠\0湖", "翠湖" * 500, "%_\\", "((((", "１３８００１３８０００"]
)
def test_whatever_is_typed_is_answered(text, of_wang, zhang, sign_in):
    assert asked_for(sign_in(zhang), text).status_code in (200, 422)


def test_what_was_asked_is_kept_and_ends_for_the_day(wang, zhang, sign_in):
    for number in range(MOST_A_DAY + MOST):
        a_customer(wang, name=f"{chr(0x4E00 + number) * 3}{number}号翠湖厂")
    browser = sign_in(zhang)
    for number in range(MOST_A_DAY):
        asked_for(browser, chr(0x4E00 + number) * 3)
    told = HistoryEntry.objects.filter(actor_id=zhang.pk, verb="told_of_customer")
    assert told.count() == MOST_A_DAY
    page = words(asked_for(browser, chr(0x4E00 + MOST_A_DAY) * 3))
    assert "信息管理员" in page
    assert "王芳" not in page
    assert "没有这样的客户" not in page
    # What one has learnt of already is told again.
    assert "王芳" in words(asked_for(browser, chr(0x4E00) * 3))


def test_more_than_a_page_asks_for_a_longer_name(zhang, sign_in):
    for number in range(MOST + 1):
        a_customer(zhang, name=f"翠湖{number}号厂")
    assert "还有更多" in words(asked_for(sign_in(zhang), "翠湖"))
    answer = check("翠湖", zhang)
    assert (len(answer.hits), answer.has_more) == (MOST, True)


def test_as_many_queries_for_many(wang, zhang, sign_in, django_assert_max_num_queries):
    browser = sign_in(zhang)
    for number in range(9):
        a_customer(zhang, name=f"翠湖{number}号厂")
    asked_for(browser, "翠湖")
    with django_assert_max_num_queries(12):
        asked_for(browser, "翠湖")


def test_the_owner_is_told_who_asks(of_wang, wang, zhang, sign_in):
    browser = sign_in(zhang)
    url = f"/customers/{of_wang.pk}/asking/"
    assert browser.post(url).status_code == 404
    asked_for(browser, "翠湖")
    page = words(browser.post(url, {"note": "本周要去昆明"}, follow=True))
    assert "已告知王芳" in page
    notice = Notice.objects.get(person=wang, verb="asked_about")
    assert (notice.actor_name, notice.reason) == ("张伟", "本周要去昆明")


def test_what_is_in_a_pool_leads_there(wang, zhang, sign_in):
    pool = a_pool()
    pool.members.add(zhang)
    customer = put_in(pool, a_customer(wang, name="玉溪红塔包装有限公司"))
    page = words(asked_for(sign_in(zhang), "红塔包装"))
    assert f"/pools/{pool.pk}/customers/{customer.pk}/" in page
    assert sign_in(zhang).post(f"/customers/{customer.pk}/asking/").status_code == 422


def test_nobody_tries_out_what_a_pool_hides_of_a_telephone(wang, zhang, sign_in):
    pool = a_pool()
    pool.members.add(zhang)
    put_in(pool, a_customer(wang, name="玉溪红塔包装有限公司", phone="13908771104"))
    browser = sign_in(zhang)
    assert "139****1104" in words(browser.get(pool.get_absolute_url()))
    assert "红塔" not in words(asked_for(browser, "13908771104"))
    answer = browser.get("/customers/similar/", {"phone": "13908771104"})
    assert answer.text.strip() == ""
    named = browser.get("/customers/similar/", {"name": "玉溪红塔包装有限公司"})
    assert str(pool) in named.text


def test_who_may_not_see_customers_does_not_check(sign_in):
    guard = hire("guard", "门卫")
    assert asked_for(sign_in(guard), "翠湖").status_code == 403


def test_the_list_leads_there_and_it_leads_to_a_new_one(zhang, sign_in):
    browser = sign_in(zhang)
    assert 'href="/check/"' in words(browser.get("/customers/"))
    page = words(asked_for(browser, "丽江雪山"))
    assert "没有这样的客户" in page
    form = browser.get("/customers/add/", {"name": "丽江雪山"}).context["form"]
    assert form["name"].value() == "丽江雪山"
    assert not Customer.objects.exists()
