"""What the preview of a file of customers says of those that are there already."""

import pytest

from crm import disclosures
from crm.models import HistoryEntry
from customers import similar
from customers.models import Customer
from tests.factories import a_customer
from tests.samples import preview, run

pytestmark = pytest.mark.django_db

FILE = (
    "客户名称,电话\n深圳前洲供应链有限公司,\n昆明华霞科技有限公司,\n"
    "另一家有限公司,+86 871 6312 3456\n大理东方贸易有限公司,\n"
)


def said(browser, content):
    """Return what the preview says, and the page."""
    found = preview(browser, content)
    return found.preview, browser.get(found.get_absolute_url()).content.decode()


def test_preview_names_likely_doubles_that_one_sees(zhang, sign_in):
    one = a_customer(zhang, name="昆明华夏科技有限公司")
    other = a_customer(zhang, name="滇润公司", phone="0871-63123456")
    found, page = said(sign_in(zhang), FILE)
    assert (found["created"], found["likely"]) == (4, 2)
    assert [row[0] for row in found["alike"]] == [3, 4]
    for known, word in ((one, "名称相近"), (other, "电话相同")):
        assert known.get_absolute_url() in page
        assert word in page


def test_of_others_customers_the_preview_says_only_whom_to_ask(zhang, wang, sign_in):
    hidden = a_customer(wang, name="深圳前洲供应链有限责任公司", address="秘密路1号")
    found, page = said(sign_in(zhang), FILE)
    assert found["alike"] == [[2, "深圳前洲供应链有限公司", [], [str(wang.department)]]]
    for secret in (hidden.name, "秘密", hidden.number, hidden.get_absolute_url()):
        assert secret not in page


def test_a_file_tells_of_no_more_customers_a_day_than_typing(
    zhang, wang, sign_in, monkeypatch
):
    monkeypatch.setattr(disclosures, "MOST_A_DAY", 2)
    names = [f"深圳{sign}洲供应链有限公司" for sign in "甲乙丙丁"]
    for name in names:
        a_customer(wang, name=name)
    browser = sign_in(zhang)
    for _time in range(2):
        found, page = said(browser, "\n".join(("客户名称", *names)))
        assert (found["created"], found["likely"], found["exhausted"]) == (4, 2, True)
        assert page.count(str(wang.department)) == 2
        assert "请向信息管理员询问" in page
    assert HistoryEntry.objects.filter(verb=disclosures.DISCLOSED).count() == 2
    # What is said when nothing more is told says nothing itself.
    found, _page = said(browser, "客户名称\n大理东方贸易有限公司\n")
    assert found["exhausted"]
    assert found["alike"] == []


@pytest.mark.parametrize(
    ("known", "row", "word"),
    [
        ({"phone": "0871-63123456转8; 13800138000"}, "乙,+86 871 6312 3456", "电话"),
        ({"phone": "021-62345678 13800138000"}, "乙,138 0013 8000", "电话"),
        ({"name": "滇润食品有限公司"}, "滇润食品股份有限公司,", "名称相同"),
        ({"name": "滇润食品"}, "滇潤 食品 集团有限公司,", "名称相同"),
        ({"name": "ACME Trading and Co., Ltd."}, "Acme Trading LLC,", "名称相同"),
        ({"name": "云南滇润有限公司", "short_name": "滇润"}, "滇润公司,", "简称相同"),
        ({"name": "有限公司"}, "公司,", ""),
    ],
)
def test_the_last_row_is_compared_as_the_first(zhang, sign_in, known, row, word):
    one = a_customer(zhang, **{"name": "甲"} | known)
    others = (f"另外{n}号商行,0871-6{n:07}" for n in range(150))
    found, page = said(sign_in(zhang), "\n".join(("客户名称,电话", *others, row)))
    assert found.get("likely", 0) == bool(word)
    assert (one.get_absolute_url() in page) is bool(word)
    assert word in page


def test_queries_do_not_grow_with_the_rows(
    zhang, wang, sign_in, django_assert_max_num_queries
):
    for number in range(30):
        a_customer(wang, name=f"深圳{number}洲供应链有限公司")
    names = [f"深圳{number}洲供应链有限公司" for number in range(300)]
    customers = [Customer(name=name, owner=zhang) for name in names]
    similar.similar_to_each(customers, zhang)  # what is told is told once
    with django_assert_max_num_queries(7):
        found = similar.similar_to_each(customers, zhang)
    assert sum(bool(each.others) for each in found) == 30


def test_who_sees_all_is_told_of_all_and_goes_on(zhang, lina, sign_in):
    one = a_customer(zhang, name="深圳前洲供应链公司")
    found, page = said(sign_in(lina), FILE)
    assert one.get_absolute_url() in page
    assert "exhausted" not in found
    assert run(sign_in(lina), FILE).created == 4
