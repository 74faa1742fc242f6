"""What stands in a file is read in one way, or a person is asked, or it is refused."""

from io import BytesIO

import pytest
import xlsxwriter

from customers.models import Customer
from system.imports.parsing import number_formats, texts
from system.imports.parsing.refusal import Refused
from system.models import ImportRun
from tests.samples import chosen, counts, preview, run, sample, upload, workbook

pytestmark = pytest.mark.django_db
NAMES = "name,address\n編碼測試三號有限公司,臺北市\n"


def formatted(*rows):
    """Return the bytes of an .xlsx whose cells are values or (value, format)."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    page = book.add_worksheet("表")
    for line, row in enumerate(rows):
        for place, cell in enumerate(row):
            value, code = cell if isinstance(cell, tuple) else (cell, None)
            form = book.add_format({"num_format": code}) if code else None
            page.write(line, place, value, form)
    book.close()
    return content.getvalue()


def read_anew(browser, url, **data):
    form = browser.get(url).context["reading"]
    values = {name: form[name].value() for name in form.fields}
    values = {n: "" if v is None else v for n, v in values.items()} | data
    return browser.post(url.replace("mapping", "reading"), values)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_file_with_a_mark_is_certain(lina, sign_in, encoding):
    found = run(sign_in(lina), NAMES.encode(encoding))
    assert counts(found) == (1, 1, 0, 0, 0)
    assert Customer.objects.get().name == "編碼測試三號有限公司"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (NAMES, "cp950"),
        (
            "name,address\nPhébéo of America,x\nMüller GmbH,Sociedad Española\n",
            "cp1252",
        ),
    ],
)
def test_an_encoding_that_is_not_certain_is_asked_for(lina, sign_in, text, encoding):
    browser = sign_in(lina)
    url = upload(browser, text.encode(encoding)).url
    page = browser.get(url)
    name = text.splitlines()[1].split(",")[0]
    assert name in page.content.decode()  # as one of the ways to read the file
    assert browser.post(url, chosen(browser, url, column_0="name")).status_code == 422
    assert read_anew(browser, url, encoding=encoding).url == url
    answer = browser.post(url, chosen(browser, url))
    browser.post(answer.url.replace("preview", "run"))
    assert Customer.objects.order_by("pk")[0].name == name


def test_usual_chinese_files_are_certain(lina, sign_in):
    for path in ("companies_cn/registry_yunnan_2015.csv",):
        text = sample(path).read_text(encoding="utf-8-sig")
        about, _rows = texts.table(text.encode("gb18030"), {})
        assert (about["encoding"], about["certain"]) == ("gb18030", True)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"name,address\n\x81\xff,\x8d\xa0x\n", "encoding"),
        (b"\xef\xbb\xbfname\n\xff", "encoding"),
        ('名称,备注\n甲,"没有结束\n乙,好\n丙,好\n'.encode(), "open_quote"),
        ('名称,备注\n甲,好\n乙,"没有结束'.encode(), "open_quote"),
        (
            (
                "名称,地址,备注\n"
                + '甲,一,"3 寸管\n'
                + "乙,二,好\n" * 3
                + '丙,三,5 寸"\n'
            ).encode(),
            "open_quote",
        ),
    ],
)
def test_what_cannot_be_read_for_certain_is_refused(content, code):
    with pytest.raises(Refused) as refused:
        list(texts.table(content, {})[1])
    assert refused.value.code == code


def test_an_open_quote_is_refused_with_its_line(lina, sign_in):
    rows = "".join(
        f"引号{n:03}公司,昆明,{chr(34) if n == 10 else ''}好\n" for n in range(99)
    )
    answer = upload(sign_in(lina), "客户名称,地址,备注\n" + rows)
    assert answer.status_code == 422
    assert "12" in str(answer.context["form"].errors["file"])
    assert not ImportRun.objects.exists()


def test_lines_within_a_cell_are_no_open_quote(lina, sign_in):
    text = '客户名称,备注\n甲公司,"第一行, 好\n第二行"\n乙公司,好\n'
    assert counts(run(sign_in(lina), text)) == (2, 2, 0, 0, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("无头例一有限公司,昆明\n无头例二有限公司,大理\n", 2),
        ("万科A\n深振业A\n国农科技\n", 3),
        ("甲公司,13800138000\n乙公司,13800138001\n", 2),
    ],
)
def test_a_list_without_a_header_loses_no_row(lina, sign_in, text, expected):
    found = run(sign_in(lina), text)
    assert counts(found) == (expected, expected, 0, 0, 0)
    assert found.header_row == 0


def test_short_names_without_a_header_all_come_in(lina, sign_in):
    content = sample("companies_cn/company_short_names_5000.txt").read_bytes()
    found = preview(sign_in(lina), content, "names.txt")
    assert (found.total, found.passed, found.header_row) == (5000, 0, 0)


def test_a_long_name_beside_names_we_know_is_no_value(lina, sign_in):
    text = f"客户名称,{'说明' * 35},简称\n甲公司,x,甲\n乙公司,y,乙\n"
    found = preview(sign_in(lina), text)
    assert (found.header_row, found.total) == (1, 2)


def test_the_header_row_can_be_changed(lina, sign_in):
    browser = sign_in(lina)
    text = "二〇二六年往来单位一览表\n往来户,主管,片\n甲,张三,东\n乙,李四,西\n"
    url = upload(browser, text).url
    found = ImportRun.objects.get()
    assert (found.header_row, found.passed, found.total) == (2, 1, 2)
    assert "非记录行" in browser.get(url).content.decode()
    read_anew(browser, url, header_row=0)
    found.refresh_from_db()
    assert (found.header_row, found.passed, found.total) == (0, 0, 4)
    assert read_anew(browser, url, header_row=99).status_code == 422
    read_anew(browser, url, header_row=1)
    found.refresh_from_db()
    assert found.columns[0] == "二〇二六年往来单位一览表"
    answer = browser.get(f"/system/imports/{found.pk}/mapping/")
    assert answer.context["lines"][0][0] == 1


@pytest.mark.parametrize(
    "text",
    [
        "cat,label,review\n手机,1,很好用的手机，电池也耐用\n平板,0,不好\n",
        "客户名称,偏好,属性\n" + "甲公司,茶,小\n" * 11 + "乙公司,电话,公司\n",
    ],
)
def test_a_row_of_data_is_no_header(lina, sign_in, text):
    upload(sign_in(lina), text)
    assert ImportRun.objects.get().header_row == 1


def test_another_separator_can_be_chosen(lina, sign_in):
    browser = sign_in(lina)
    url = upload(browser, "客户名称|地址\n甲公司|昆明\n").url
    assert chosen(browser, url)["column_1"] == "address"
    read_anew(browser, url, delimiter=";")
    assert len(ImportRun.objects.get().columns) == 1


def test_the_sheet_with_the_table_is_found_and_can_be_chosen(lina, sign_in):
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.add_worksheet("填写说明").write(0, 0, "请在第二张表填写。")
    for name in ("客户", "另一张"):
        page = book.add_worksheet(name)
        page.write_row(0, 0, ["客户名称", "地址"])
        page.write_row(1, 0, [f"{name}公司", "昆明"])
        page.set_row(1, None, None, {"hidden": name == "客户"})
    book.close()
    browser = sign_in(lina)
    url = upload(browser, content.getvalue(), "客户.xlsx").url
    page = browser.get(url).content.decode()
    assert "工作表“客户”" in page
    assert "隐藏" in page
    read_anew(browser, url, sheet="另一张")
    found = ImportRun.objects.get()
    assert (found.said["sheet"], found.total) == ("另一张", 1)


def test_a_cell_is_read_as_its_sheet_shows_it(lina, sign_in):
    content = formatted(
        ["客户名称", "电话", "年营业额", "备注", "简称"],
        ["甲公司", (87163123456, "000000000000"), (1234.5666666667, "#,##0.00"),
         (1.5, "[h]:mm:ss"), (7, '"P-"000')],
        ["乙公司", (1012345678, "0000-00000000"), (434.99999999999994, "#,##0.00"),
         (0.5, "0%"), (12, "00000")],
    )  # fmt: skip
    assert counts(run(sign_in(lina), content, "客户.xlsx")) == (2, 2, 0, 0, 0)
    first, second = Customer.objects.order_by("pk")
    assert (first.phone, second.phone) == ("087163123456", "0010-12345678")
    assert [str(c.annual_revenue) for c in (first, second)] == ["1234.57", "435.00"]
    assert (first.remarks, second.remarks) == ("36:00:00", "50%")
    assert (first.short_name, second.short_name) == ("P-007", "00012")


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.125, "0.0%", "12.5%"),
        (1234567, '0.00,,"M"', "1.23M"),
        (-5.5, "#,##0.00;(#,##0.00)", "(5.50)"),
        (-5.5, "0.0", "-5.5"),
        (0, '0;-0;"-"', "0"),
        (1234.5, "[$¥-804]#,##0.00", "¥1,234.50"),
        (1234.5, r'_(* #,##0.00_);_(* \(#,##0.00\);_(* "-"??_);_(@_)', "1,234.50"),
        (13800138000, "000-0000-0000", "138-0013-8000"),
        (1.5, "# ?/?", "1.5"),
        (12, "[>5]0.0;0", "12"),
        (1e-7, "General", "0.0000001"),
    ],
)
def test_numbers_are_shown_in_their_format(value, code, text):
    assert number_formats.shown(value, code) == text


@pytest.mark.parametrize("error", ["#DIV/0!", "#N/A", "#REF!", "#VALUE!", "#NAME?"])
def test_an_error_of_excel_is_an_error_of_its_row(lina, sign_in, error):
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, ["客户名称", "备注"])
    page.write(1, 0, "甲公司")
    page.write_formula(1, 1, "=1/0", None, error)
    page.write_row(2, 0, ["乙公司", "好"])
    book.close()
    found = run(sign_in(lina), content.getvalue(), "客户.xlsx")
    assert counts(found) == (2, 1, 0, 0, 1)
    assert error in str(found.refusals.get().reasons)
    text = f"客户名称,备注\n丙公司,{error.lower()}\n丁公司,好\n"
    found = run(sign_in(lina), text)
    assert counts(found) == (2, 1, 0, 0, 1)
    assert error.lower() in str(found.refusals.get().reasons)


def test_merged_cells_hold_for_all_their_rows(lina, sign_in):
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, ["省份", "客户名称"])
    page.merge_range(1, 0, 9, 0, "云南省")
    for line in range(1, 4):
        page.write(line, 1, f"合并{line}公司")
    book.close()
    found = run(sign_in(lina), content.getvalue(), "客户.xlsx")
    assert counts(found) == (3, 3, 0, 0, 0)
    assert {c.region.full_name for c in Customer.objects.all()} == {"云南省"}


def test_a_nul_harms_neither_heading_nor_row(lina, sign_in):
    text = "客户名称,地\0址,邮箱\n零字符\0\0,昆明,坏\0\n好公司,昆明,\n"
    for content, name in (
        (text.encode("utf-16"), "a.csv"),
        (workbook(*(line.split(",") for line in text.splitlines())), "a.xlsx"),
    ):
        found = run(sign_in(lina), content, name)
        assert (found.read, found.refused) == (2, 1), name
    assert Customer.objects.get().name == "好公司"


def test_digits_kept_as_text_are_unwrapped(lina, sign_in):
    text = '客户名称,电话\n甲公司,"=""13800138000"""\n乙公司,\'13800138001\n'
    run(sign_in(lina), text)
    phones = Customer.objects.order_by("pk").values_list("phone", flat=True)
    assert list(phones) == ["13800138000", "13800138001"]


def test_a_telephone_behind_an_apostrophe_is_read_in_a_workbook_too(lina, sign_in):
    content = workbook(["客户名称", "电话"], ["甲公司", "'13800138001"])
    run(sign_in(lina), content, "客户.xlsx")
    assert Customer.objects.get().phone == "13800138001"


def test_signs_of_private_use_are_refused(lina, sign_in):
    found = run(sign_in(lina), "客户名称,备注\n甲公司,\ue123\n乙公司,好\n")
    assert counts(found) == (2, 1, 0, 0, 1)


def test_a_line_break_in_a_field_of_one_line_is_a_blank(lina, sign_in):
    run(sign_in(lina), '客户名称,备注\n"换行\n丁公司","一\n二"\n')
    customer = Customer.objects.get()
    assert (customer.name, customer.remarks) == ("换行 丁公司", "一\n二")
