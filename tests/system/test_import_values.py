"""What cells mean: two readings, two columns that contradict, units, sums, letters."""

import pytest

from customers.models import Contact, Customer
from tests.factories import a_customer
from tests.samples import counts, preview, run, sample

pytestmark = pytest.mark.django_db


def reason(found):
    return found.refusals.get().reasons[0][1]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_decimal_comma_is_refused_or_asked_for(lina, sign_in, language):
    browser = sign_in(lina)
    browser.cookies["language"] = language
    text = '客户名称,年营业额\n甲公司,"1234,56"\n乙公司,"1,234.56"\n'
    found = run(browser, text)
    assert counts(found) == (2, 1, 0, 0, 1)
    assert "1234,56" in reason(found)
    text = '客户名称,年营业额\n甲公司,"1234,56"\n丙公司,"1.234,5"\n'
    run(browser, text, decimal_sign="comma")
    found = Customer.objects.filter(name__in=("甲公司", "丙公司")).order_by("pk")
    assert [str(c.annual_revenue) for c in found] == ["1234.56", "1234.50"]


def test_digits_that_a_program_would_join_are_refused(lina, sign_in):
    text = "客户名称,年营业额\n甲公司,1_000\n乙公司,1000\n"
    found = run(sign_in(lina), text)
    assert counts(found) == (2, 1, 0, 0, 1)
    assert Customer.objects.get().name == "乙公司"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_day_and_month_are_asked_for_once(lina, sign_in, language):
    browser = sign_in(lina)
    browser.cookies["language"] = language
    a_customer(lina, name="华夏")
    text = "客户,姓名,生日\n华夏,甲,05/06/1990\n华夏,乙,5/6/90\n华夏,丙,02/29/1992\n"
    found = run(browser, text, address="/contacts/import/")
    assert counts(found) == (3, 1, 0, 0, 2)
    assert f"{Contact.objects.get().birthday}" == "1992-02-29"
    run(browser, text, address="/contacts/import/", day_order="dmy")
    assert f"{Contact.objects.get(name='甲').birthday}" == "1990-06-05"


@pytest.mark.parametrize(
    ("header", "cell", "amount"),
    [
        ("年营业额", "1.5亿", "150000000.00"),
        ("年营业额", "300万元", "3000000.00"),
        ("年收入（万元）", "300", "3000000.00"),
    ],
)
def test_amounts_in_other_units_are_understood(lina, sign_in, header, cell, amount):
    text = f"客户名称,{header}\n甲公司,{cell}\n"
    run(sign_in(lina), text, column_1="annual_revenue")
    assert str(Customer.objects.get().annual_revenue) == amount


def test_powers_of_ten_are_figures_as_all_others(lina, sign_in):
    text = "客户名称,年营业额\n甲公司,1E+5\n乙公司,1.23457E+11\n丙公司,2.5e+06\n"
    browser = sign_in(lina)
    found = preview(browser, text)
    assert [cells[-1] for _row, cells in found.preview["rows"]] == [
        "100,000",
        "2,500,000",
    ]
    found = run(browser, text)
    assert counts(found) == (3, 2, 0, 0, 1)
    assert "取整" in reason(found)
    assert Customer.objects.get(name="甲公司").annual_revenue == 100_000


def test_rows_of_sums_are_passed_over_and_counted(lina, sign_in):
    browser = sign_in(lina)
    text = "客户名称,员工人数\n甲公司,3\n乙公司,4\n合 计,7\n"
    assert preview(browser, text).preview["passed"] == 1
    found = run(browser, text)
    assert counts(found) == (2, 2, 0, 0, 0)
    assert (found.passed, found.done, found.total) == (1, 3, 3)
    page = browser.get(f"/system/imports/{found.pk}/").content.decode()
    assert 'data-passed="1"' in page


@pytest.mark.parametrize(
    "named",
    ["云南省,海口市", "海口市,云南省", "江苏省,宁波市", "广东,洛阳", "湖北,忻州"],
)
def test_columns_that_contradict_refuse_the_row(lina, sign_in, named):
    found = run(sign_in(lina), f"客户名称,省份,城市\n甲公司,{named}\n")
    assert counts(found) == (1, 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("named", "region"),
    [
        ("云南省,不存在市", "云南省"),
        ("昆明市,云南省", "云南省昆明市"),
        ("北京,朝阳", "北京市朝阳区"),
        ("吉林省,吉林市", "吉林省吉林市"),
    ],
)
def test_columns_that_agree_name_the_smallest_region(lina, sign_in, named, region):
    run(sign_in(lina), f"客户名称,省份,城市\n甲公司,{named}\n")
    assert Customer.objects.get().region.full_name == region


def test_no_customer_of_a_real_list_leaves_its_province(lina, sign_in):
    content = sample("crm/tableau_superstore_zh_2014_gb18030.csv").read_bytes()
    run(sign_in(lina), content, unknown="empty")
    for customer in Customer.objects.filter(name__startswith="曾"):
        assert customer.region is None or customer.region.full_name


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("C 制造业", "C"),
        ("C制造业", "C"),
        ("D 水电煤气", "D"),
        ("N 公共环保", "N"),
        ("I 信息技术", "I"),
        ("S 综合", None),
        ("T 恤制造", None),
        ("A 股", None),
        ("J 软件", None),
        ("C. 采矿业", None),
    ],
)
def test_a_letter_counts_only_with_a_word_that_agrees(lina, sign_in, cell, code):
    found = run(sign_in(lina), f"客户名称,行业\n甲公司,{cell}\n")
    assert found.refused == (code is None)
    if code:
        assert Customer.objects.get().industry.code == code


def test_usual_names_of_ownership_are_known(lina, sign_in):
    run(sign_in(lina), "客户名称,企业性质\n甲公司,国有企业\n乙公司,集体所有制\n")
    found = Customer.objects.order_by("pk")
    assert [c.ownership.code for c in found] == ["state", "collective"]


def test_a_bad_value_is_refused_where_unknown_options_are_left_empty(lina, sign_in):
    found = run(sign_in(lina), "客户名称,邮箱\n甲公司,falsch\n", unknown="empty")
    assert counts(found) == (1, 0, 0, 0, 1)
