"""Tables as people make them: headers of two rows, feet, formulas, old calendars."""

import datetime
import re
import zipfile
from io import BytesIO

import pytest
import xlsxwriter

from customers.models import Customer
from system.imports.parsing import workbooks
from system.imports.record_rows import is_record
from tests.pages import form_of
from tests.samples import counts, preview, run

pytestmark = pytest.mark.django_db

HEADERS = ["客户名称", "联系人", "电话"]


@pytest.mark.parametrize(
    "cells",
    [
        ["合计：2"],
        ["本页小计", "", "120"],
        ["合计", 12000000000000000],
        ["Total: 12"],
        ["制表人：王五"],
        ["填表日期：2026-11-26", "", "审核：赵六"],
        ["第 1 页 共 3 页"],
        ["以下空白"],
        ["注：电话以名片为准"],
        ["客户名称", "联系人", "电话"],
        ["客户 名称*", "联系人", "电话"],
    ],
)
def test_what_is_no_record_is_passed_over(cells):
    assert not is_record(cells, HEADERS)


@pytest.mark.parametrize(
    "cells",
    [
        ["合计科技有限公司"],
        ["总计算力有限公司", "张三"],
        ["审核：昆明", "张三", "0871"],
        ["注：电话", "张三"],
        ["客户名称", "张三", ""],
        ["第 1 页文化传媒有限公司", "张三"],
        [12, "张三"],
        [{"error": "#N/A"}, "合计"],
    ],
)
def test_what_may_be_a_record_is_one(cells):
    assert is_record(cells, HEADERS)


def test_rows_passed_over_are_counted_and_shown(lina, sign_in):
    text = (
        "客户资料表,,\n客户名称,联系人,电话\n甲公司,张三,0871-63120031\n"
        "\ufeff客户名称,联系人,电话\n乙公司,李四,0871-63120032\n合计：2,,\n"
        "制表人：王五,,审核：赵六\n"
    )
    browser = sign_in(lina)
    found = preview(browser, text)
    said = found.preview
    assert (said["read"], said["created"], said["passed"]) == (2, 2, 4)
    assert [row[0] for row in said["passed_rows"]] == [4, 6, 7]
    assert "制表人：王五 审核：赵六" in browser.get(found.get_absolute_url()).text
    assert counts(run(browser, text)) == (2, 2, 0, 0, 0)


def test_a_remark_below_the_only_column_of_a_list_is_a_record():
    assert is_record(["注：甲"], ["客户名称"])


def book_of(fill, **options):
    """Return the bytes of a workbook whose sheet a function fills."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, **options})
    fill(book, book.add_worksheet())
    book.close()
    return content.getvalue()


def test_a_header_of_two_rows_is_read_by_its_lower_one(lina, sign_in):
    def fill(_book, page):
        page.merge_range("A1:A2", "客户名称")
        page.merge_range("B1:C1", "联系方式")
        page.write_row(1, 1, ["电话", "邮箱"])
        page.merge_range("D1:D2", "地址")
        page.write_row(2, 0, ["甲公司", "0871-63120071", "a@example.com", "昆明"])

    found = run(sign_in(lina), book_of(fill), "表.xlsx")
    assert counts(found) == (1, 1, 0, 0, 0)
    made = Customer.objects.get()
    assert (made.name, made.email, made.address) == ("甲公司", "a@example.com", "昆明")


def test_a_word_in_a_long_list_names_no_column(lina, sign_in):
    text = "\n".join([*(f"第{number}商行" for number in range(6)), "网址", "丁商行"])
    assert counts(run(sign_in(lina), text)) == (8, 8, 0, 0, 0)


def without_values(content):
    """Return a workbook as some programs write it: formulas without their values."""
    found = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(found, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            new.writestr(part, re.sub(rb"</f><v>[^<]*</v>", b"</f><v></v>", text))
    return found.getvalue()


def formulas(_book, page):
    page.write_row(0, 0, ["客户名称", "年营业额", "员工人数"])
    page.write_row(1, 0, ["甲公司", 1000, 5])
    page.write_row(2, 0, ["乙公司"])
    page.write_formula(2, 1, "=B2*2", None, 2000)
    page.write_formula(3, 1, "=B3*2", None, 4000)


def test_a_formula_without_its_value_is_not_empty(lina, sign_in):
    browser, book = sign_in(lina), book_of(formulas)
    found = run(browser, without_values(book), "公式.xlsx")
    assert counts(found) == (3, 1, 0, 0, 2)
    said = [row.reasons[0] for row in found.refusals.order_by("number")]
    assert all("公式没有结果" in reason for _column, reason in said)
    assert counts(run(browser, book, "公式.xlsx")) == (3, 1, 0, 1, 1)


def test_days_of_a_book_that_counts_from_1904_are_right(tmp_path):
    def fill(book, page):
        for column, code in enumerate(("yyyy/m/d", 31)):
            kind = book.add_format({"num_format": code})
            page.write_datetime(0, column, datetime.datetime(1990, 5, 6), kind)  # noqa: DTZ001

    path = tmp_path / "a.xlsx"
    for options in ({}, {"date_1904": True}):
        path.write_bytes(book_of(fill, **options))
        _about, rows = workbooks.table(path, {})
        assert next(rows)[1] == ["1990-05-06", "1990-05-06"]


WIDE = {
    "email": "ａ＠ｂ．ｃｏｍ",
    "website": "ｗｗｗ．ａ．ｃｏｍ",
    "employees": "５０人",
}


def test_what_is_typed_in_full_width_is_read_by_form_and_import(lina, sign_in):
    browser = sign_in(lina)
    sent = {**form_of(browser, "/customers/add/"), "name": "全角甲", **WIDE}
    assert browser.post("/customers/add/", sent).status_code == 302
    row = ",".join(("全角乙", *WIDE.values()))
    assert run(browser, f"名称,邮箱,网址,员工人数\n{row}\n").created == 1
    for made in Customer.objects.all():
        told = (made.email, made.website, made.employees)
        assert told == ("a@b.com", "http://www.a.com", 50)
