"""What an upload may be: every kind of table, and nothing that harms."""

import json
import subprocess
import sys
import zipfile
from io import BytesIO

import pytest

from crm.forms import typed_values
from crm.imports import headers
from system.imports import parser, reading
from system.imports.importers import importer_of
from system.imports.parsing import workbooks
from system.models import ImportRun
from tests.samples import SAMPLES, counts, run, sample, upload, workbook

pytestmark = pytest.mark.django_db
TEXT = "客户名称,地址\n甲公司,昆明\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("gb18030"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode("gb18030"),
        TEXT.replace("\n", "\r\n").encode(),
        workbook(["客户名称", "地址"], ["甲公司", "昆明"]),
    ],
)
def test_every_writing_of_a_table_is_read(lina, sign_in, content):
    name = "客户.xlsx" if content.startswith(b"PK") else "客户.csv"
    assert counts(run(sign_in(lina), content, name)) == (1, 1, 0, 0, 0)


def test_signs_within_a_cell_stay(lina, sign_in):
    text = '名称,备注\n"甲,公司","他说""好"",\n然后走了 🍣"\n'
    found = run(sign_in(lina), text)
    customer = found.model.objects.get()
    assert customer.name == "甲,公司"
    assert customer.remarks == '他说"好",\n然后走了 🍣'


def refused(browser, content, name):
    answer = upload(browser, content, name)
    assert answer.status_code == 422, name
    assert answer.context["form"].errors["file"]
    assert not ImportRun.objects.exists()
    return str(answer.context["form"].errors["file"])


def bomb(size):
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * size)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"),
        ("a.csv.html", TEXT.encode()),
        ("a.csv", b""),
        ("a.csv", b"\n\n  \n,,\n"),
        ("a.csv", b"\0\1\2"),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.xls", b"<html><table><tr><td>x</td></tr></table></html>"),
        ("a.xlsx", b"PK\x03\x04 nothing more"),
        ("a.xlsx", bomb(parser.LARGEST_UNZIPPED + 1)),
        ("a.xls", workbooks.OLE + b"\0" * 2000),
        ("a.csv", ("a," * 400).encode()),
    ],
)
def test_what_is_no_table_is_refused_with_a_word(lina, sign_in, name, content):
    refused(sign_in(lina), content, name)


def test_too_large_a_file_is_refused(lina, sign_in, settings):
    settings.CRM_MAX_UPLOAD_BYTES = 10
    refused(sign_in(lina), TEXT, "a.csv")


def test_entities_and_foreign_documents_are_not_fetched(lina, sign_in):
    evil = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">'
        b'<!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row><c t="inlineStr"><is>'
        b"<t>&b;</t></is></c></row></sheetData></worksheet>"
    )
    source, content = BytesIO(workbook(["名称"], ["甲"])), BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(content, "w") as new:
        for part in old.namelist():
            sheet = part.endswith("sheet1.xml")
            new.writestr(part, evil if sheet else old.read(part))
    answer = upload(sign_in(lina), content.getvalue(), "a.xlsx")
    assert answer.status_code in (302, 422)
    for found in ImportRun.objects.all():
        assert "root:" not in str(list(reading.rows(found)))


def test_a_parser_that_hangs_or_dies_harms_nobody(lina, sign_in, monkeypatch, tmp_path):
    for lines in ("import os; os.abort()", "while True: pass", "x = bytearray(2**31)"):
        broken = tmp_path / "parser.py"
        broken.write_text(
            "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))\n"
            + lines
        )
        monkeypatch.setattr(reading, "PARSER", ("-I", broken))
        monkeypatch.setattr(reading, "SECONDS", 1)
        refused(sign_in(lina), TEXT, "a.csv")


def test_the_parser_confines_itself(tmp_path):
    (tmp_path / "a.csv").write_text(TEXT)
    told = subprocess.run(
        [sys.executable, "-c", _CONFINED],
        cwd=reading.ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    assert json.loads(told.stdout) == [parser.MEMORY, parser.SECONDS]


_CONFINED = """
import json, resource
from system.imports import parser
parser.confine()
limits = (resource.RLIMIT_AS, resource.RLIMIT_CPU)
print(json.dumps([resource.getrlimit(limit)[0] for limit in limits]))
"""


def test_real_files_are_read_or_refused_with_a_word(lina, sign_in):
    sample("companies_cn/sse_list.xls")
    browser, read = sign_in(lina), []
    folders = ("nasty/*", "crm", "vcard")
    for path in sorted(p for f in folders for p in SAMPLES.glob(f"{f}/**/*.*")):
        if path.suffix.lstrip(".") in reading.EXTENSIONS:
            kind = "contacts" if path.suffix == ".vcf" else "customers"
            address = f"/{kind}/import/"
            answer = upload(browser, path.read_bytes(), path.name, address)
            assert answer.status_code in (302, 422), path
            if answer.status_code == 302:
                assert browser.get(answer.url).status_code == 200, path
                read.append(path.name)
            elif path.name.startswith("password"):
                (error,) = answer.context["form"].errors.as_data()["file"]
                assert error.code == "password"
    assert len(read) > 40


def test_a_list_of_the_stock_exchange_is_imported(lina, sign_in):
    content = sample("companies_cn/szse_mainboard_500_alias.csv").read_bytes()
    found = run(sign_in(lina), content)
    assert counts(found) == (500, 497, 0, 0, 3)  # S 综合 is no section
    bank = found.model.objects.get(name="平安银行股份有限公司")
    assert bank.short_name == "平安银行"
    assert bank.industry.code == "J"
    assert bank.region.full_name == "广东省深圳市"
    assert bank.website == "http://bank.pingan.com"


def test_foreign_lists_are_accounted_for(lina, sign_in):
    content = sample("crm/maven/accounts.csv").read_bytes()
    browser = sign_in(lina)
    found = run(browser, content)
    assert (found.read, found.created + found.refused) == (85, 85)
    assert found.refused
    again = run(browser, content, unknown="empty", column_6="")
    assert (again.read, again.refused) == (85, 0)
    assert found.created + again.created == 85


def test_orders_give_their_customers_once(lina, sign_in):
    content = sample("crm/tableau_superstore_zh_2014_gb18030.csv").read_bytes()
    found = run(sign_in(lina), content, unknown="empty")
    assert found.read == 1764
    assert found.created + found.skipped == 1764
    assert found.refused == 0


def test_an_old_workbook_is_read(lina, sign_in):
    content = sample("companies_cn/sse_list.xls").read_bytes()
    answer = upload(sign_in(lina), content, "sse_list.xls")
    assert answer.status_code == 302
    found = ImportRun.objects.get()
    assert found.total == 1696
    assert "short_name" in found.mapping.values()


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("* 客户名称（必填）", "name"),
        ("客戶名稱", "name"),
        ("公司电话:", "phone"),
        ("Customer Name", "name"),
        ("ACCOUNT_NAME", "name"),
        ("统一社会信用代码", "credit_code"),
        ("客户级别", "level"),
        ("省/自治区", "region"),
        ("年收入（万元）", None),
        ("年收入", "annual_revenue"),
        ("法人代表", None),
        ("id", None),
        ("创建人", None),
    ],
)
def test_a_header_is_recognised(lina, header, field):
    importer = importer_of("customers.customer")(lina)
    found = headers.matched([header], importer.targets, importer.prefixes)
    assert found.get(0) == field


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5 May 2026", "2026-05-05"),
        ("May 5th, 2026", "2026-05-05"),
        ("25/12/2026", "2026-12-25"),
        ("12/25/2026", "2026-12-25"),
        ("5/5/2026", "2026-05-05"),
        ("2026/1/5", "2026-01-05"),
        ("2026年1月5日", "2026-01-05"),
        ("20260105", "2026-01-05"),
        ("2026.1.5 9:30", "2026-01-05 9:30"),
        ("yesterday", "yesterday"),
    ],
)
def test_days_are_read_in_every_writing(text, day):
    assert typed_values.day(text) == day
