"""What cannot be certain about a file is asked, and a file without rows is told."""

import pytest

from customers.models import Customer
from system.imports.parsing import texts
from system.imports.parsing.refusal import Refused
from system.models import ImportRun
from tests.samples import chosen, counts, preview, upload, workbook

pytestmark = pytest.mark.django_db

SWALLOWED = '客户名称,备注\n甲公司,"3 寸管\n乙公司,5 寸管"\n丙公司,好\n'


def read_as(browser, url, quotes):
    """Say what the quotation marks of a file are, then go through the other steps."""
    sent = {"header_row": "1", "encoding": "", "delimiter": ",", "quotes": quotes}
    assert browser.post(url.replace("mapping", "reading"), sent).status_code == 302
    answer = browser.post(url, chosen(browser, url))
    assert answer.status_code == 302, answer.context["form"].errors
    browser.post(answer.url.replace("preview", "run"))
    return ImportRun.objects.get()


def test_marks_that_may_swallow_a_row_are_asked_about(lina, sign_in):
    browser = sign_in(lina)
    url = upload(browser, SWALLOWED).url
    page = browser.get(url).content.decode()
    assert "第 2 行起，一对引号跨越多行" in page
    assert "乙公司,5 寸管" in page
    assert browser.post(url, chosen(browser, url)).status_code == 422
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("quotes", "names"),
    [
        ("plain", ["甲公司", "乙公司", "丙公司"]),
        ("enclosing", ["甲公司", "丙公司"]),
    ],
)
def test_marks_are_what_a_person_says(lina, sign_in, quotes, names):
    browser = sign_in(lina)
    found = read_as(browser, upload(browser, SWALLOWED).url, quotes)
    assert counts(found) == (len(names), len(names), 0, 0, 0)
    assert list(Customer.objects.order_by("pk").values_list("name", flat=True)) == names


@pytest.mark.parametrize(
    "text",
    [
        SWALLOWED,
        '客户名称,地址,备注\n甲,"3 寸,x\n乙,5 寸",y\n丙,东,z\n',
        '客户名称\n"甲公司\n乙公司"\n丙公司\n',
        '客户名称\t备注\n甲公司\t"3 寸管\n乙公司\t5 寸管"\n',
    ],
)
def test_each_table_in_which_a_row_may_be_swallowed_asks(text):
    about, found = texts.table(text.encode(), {})
    list(found)
    assert about["quotes"]["line"] == 2
    about, found = texts.table(text.encode(), {"quotes": "plain"})
    filled = [cells for _number, cells in found if any(cells)]
    assert len(filled) == len(text.splitlines())


@pytest.mark.parametrize(
    "text",
    [
        '"客户\n名称",备注,地址\n甲公司,"多行\n备注",昆明\n',
        '客户名称,备注\n甲公司,"第一行, 好\n第二行"\n乙公司,好\n',
        '客户名称,备注\n"甲公司","他说""好""\n真的"\n"乙公司","好"\n',
    ],
)
def test_cells_of_several_lines_ask_nothing(text):
    about, found = texts.table(text.encode(), {})
    assert len([cells for _number, cells in found if any(cells)]) > 1
    assert "quotes" not in about


def test_a_mark_that_closes_within_a_cell_is_refused_with_its_line():
    text = '客户名称,备注\n丙公司,好\n甲公司,"3 寸管\n乙公司,5" 管\n'
    with pytest.raises(Refused) as refused:
        list(texts.table(text.encode(), {})[1])
    assert (refused.value.code, refused.value.line) == ("open_quote", 3)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("客户名称,电话\n", "a.csv"),
        ("客户资料\n客户名称,电话\n", "a.csv"),
        (workbook(["客户名称", "电话"]), "a.xlsx"),
    ],
)
def test_a_file_of_a_header_alone_says_so(lina, sign_in, content, name):
    browser = sign_in(lina)
    url = upload(browser, content, name).url
    assert "只有表头，没有数据行。" in browser.get(url).content.decode()
    answer = browser.post(url, chosen(browser, url))
    assert answer.status_code == 422
    assert "只有表头，没有数据行。" in answer.content.decode()


def test_the_only_row_of_a_list_can_be_taken_for_a_record(lina, sign_in):
    browser = sign_in(lina)
    url = upload(browser, "客户名称,电话\n").url
    sent = {"header_row": "0", "encoding": "", "delimiter": ","}
    browser.post(url.replace("mapping", "reading"), sent)
    assert "只有表头" not in browser.get(url).content.decode()


@pytest.fixture
def swept(lina, sign_in, settings, tmp_path):
    """An import that was previewed and whose file is removed."""
    settings.ATTACHMENTS = tmp_path / "attachments"
    settings.ATTACHMENTS.mkdir()
    found = preview(sign_in(lina), "客户名称\n甲公司\n")
    for path in settings.ATTACHMENTS.rglob("*"):
        if path.is_file():
            path.unlink()
    return found


@pytest.mark.parametrize(
    ("verb", "step"),
    [
        ("get", "mapping"),
        ("post", "mapping"),
        ("post", "reading"),
        ("get", "preview"),
        ("post", "preview"),
        ("post", "run"),
    ],
)
def test_an_import_without_its_file_says_what_to_do(swept, lina, sign_in, verb, step):
    browser = sign_in(lina)
    answer = getattr(browser, verb)(f"/system/imports/{swept.pk}/{step}/")
    assert answer.status_code == 410
    page = answer.content.decode()
    assert "24 小时后清除" in page
    assert 'href="/customers/import/"' in page


def test_a_report_whose_file_is_gone_offers_no_going_on(swept, lina, sign_in):
    ImportRun.objects.filter(pk=swept.pk).update(state="running", created=1)
    page = sign_in(lina).get(f"/system/imports/{swept.pk}/").content.decode()
    assert "其中 1 行" in page
    assert "继续导入" not in page
