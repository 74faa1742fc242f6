"""Export: exactly the rows that a list shows, whole, harmless, and remembered."""

import csv
import datetime
import io
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from crm.models import HistoryEntry
from customers.models import Customer
from system.exports import sheets, views
from tests.factories import a_contact, a_customer
from tests.samples import SAMPLES, counts, run, sample

pytestmark = pytest.mark.django_db


def content(answer):
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    return b"".join(answer.streaming_content)


def rows_of(browser, address="/customers/export/", **query):
    answer = browser.get(address, {"format": "csv", **query})
    lines = csv.reader(io.StringIO(content(answer).decode("utf-8-sig")))
    return list(lines)


def sheet_of(browser, **query):
    answer = browser.get("/customers/export/", {"format": "xlsx", **query})
    book = CalamineWorkbook.from_filelike(io.BytesIO(content(answer)))
    return book.get_sheet_by_index(0).to_python()


def test_export_holds_exactly_the_rows_of_the_list(zhang, wang, sign_in):
    for place in range(30):
        a_customer(zhang, name=f"华夏{place:02}", employees=place)
    a_customer(zhang, name="别的公司", employees=100)
    a_customer(wang, name="华夏王芳")
    browser = sign_in(zhang)
    query = {"q": "华夏", "employees_min": "5", "sort": "-employees"}
    found = browser.get("/customers/", query)
    rows = rows_of(browser, **query)[1:]
    assert len(rows) == found.context["total"] == 25
    assert [row[0] for row in rows] == [f"华夏{n:02}" for n in range(29, 4, -1)]


def test_export_writes_all_columns_or_the_chosen_ones(zhang, sign_in):
    a_customer(zhang, name="甲公司", phone="010-87654321")
    browser = sign_in(zhang)
    assert len(rows_of(browser)[0]) == len(
        browser.get("/customers/").context["table"].columns.names()
    )
    assert rows_of(browser, column=["name", "phone"])[1] == ["甲公司", "010-87654321"]


def test_xlsx_holds_text_cells_and_real_numbers(zhang, sign_in):
    code = "91530902323106547R"
    a_customer(
        zhang, name="=1+1", credit_code=code, annual_revenue="1234567.80", employees=7
    )
    columns = ["name", "credit_code", "employees", "annual_revenue"]
    rows = sheet_of(sign_in(zhang), column=columns)
    assert rows[1] == ["=1+1", code, 7.0, 1234567.8]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+1", "-1+1", "@SUM(1)", "＝1", "＋1+1", "－a", "＠x", "'=1", "\t=1"],
)
def test_csv_neutralises_formulas(text):
    assert sheets.harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["'13800138000", "''0871-6312"])
def test_digits_behind_an_apostrophe_keep_it(text):
    assert sheets.harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "甲",
        "-12.50",
        "+3",
        "1,234",
        "'甲",
        "0871-6",
        "+86 10 6234 5678",
        "+1 (650) 2",
    ],
)
def test_plain_texts_and_numbers_stay(text):
    assert sheets.harmless(text) == text


def test_xlsx_holds_days_and_moments_and_amounts_as_such(zhang, sign_in):
    contact = a_contact(
        a_customer(zhang, next_contact_at="2026-12-01T09:30+08:00"),
        birthday="1980-02-29",
    )
    browser = sign_in(zhang)
    query = {"column": ["name", "next_contact_at", "annual_revenue"]}
    moment = sheet_of(browser, **query)[1][1]
    assert moment == datetime.datetime(2026, 12, 1, 9, 30)  # noqa: DTZ001 - a sheet has no zone
    answer = browser.get("/contacts/export/?format=xlsx&column=name&column=birthday")
    book = CalamineWorkbook.from_filelike(io.BytesIO(content(answer)))
    row = book.get_sheet_by_index(0).to_python()[1]
    assert row == [contact.name, datetime.date(1980, 2, 29)]


def test_amounts_are_shown_with_their_decimals(zhang, sign_in):
    a_customer(zhang, annual_revenue="1234567.80")
    answer = sign_in(zhang).get("/customers/export/?format=xlsx&column=annual_revenue")
    with zipfile.ZipFile(io.BytesIO(content(answer))) as book:
        assert 'formatCode="#,##0.00"' in book.read("xl/styles.xml").decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_of_other_kinds_is_known_again(lina, sign_in, kind):
    browser = sign_in(lina)
    files = {
        "products": '编码,名称,价格,备注\ndup-1,甲,"1,200.50",=1\n00012,乙,,\'0871\n',
        "competitors": "名称,别名,官网\n竞品（甲）,A、B,www.example.com\nABC Rival,,\n",
    }
    for segment, text in files.items():
        address = f"/{segment}/import/"
        assert run(browser, text, address=address).created == 2
        file = content(browser.get(f"/{segment}/export/?format={kind}"))
        again = run(browser, file, f"a.{kind}", address=address, known="update")
        assert counts(again) == (2, 0, 0, 2, 0), segment


def test_bad_conditions_give_the_list_and_no_file(zhang, sign_in):
    a_customer(zhang, name="甲公司")
    browser = sign_in(zhang)
    for query in (
        "status=nonsense",
        "colour=red",
        "sort=x",
        "column=x",
        "format=docx",
    ):
        answer = browser.get(f"/customers/export/?{query}")
        assert answer.status_code == 400, query
        page = answer.content.decode()
        assert 'role="alert"' in page
        assert "甲公司" not in page
    assert not HistoryEntry.objects.filter(verb="exported").exists()


def test_export_needs_its_right(chen, nobody, zhang, sign_in, client):
    a_customer(zhang)
    for person in (chen, nobody):
        assert sign_in(person).get("/customers/export/").status_code == 403
    assert sign_in(zhang).post("/customers/export/").status_code == 405
    client.logout()
    assert client.get("/customers/export/").status_code == 302


def test_who_sees_more_than_may_be_exported_exports_less(zhang, wang, sign_in):
    a_customer(zhang, name="甲公司")
    a_customer(wang, name="乙公司")
    role = zhang.roles.get()
    role.grants["customers.view_customer"] = "all"
    role.save()
    browser = sign_in(zhang)
    assert browser.get("/customers/").context["total"] == 2
    assert [row[0] for row in rows_of(browser)[1:]] == ["甲公司"]


def test_an_export_is_remembered(zhang, sign_in):
    a_customer(zhang)
    rows_of(sign_in(zhang), status="potential")
    entry = HistoryEntry.objects.get(verb="exported")
    assert entry.actor_id == zhang.pk
    assert entry.changes["rows"] == [None, 1]
    assert "潜在" in entry.changes["conditions"][1]


def test_contacts_name_their_customer(zhang, sign_in):
    for _ in range(3):
        a_contact(a_customer(zhang, name="甲公司"))
    rows = rows_of(sign_in(zhang), "/contacts/export/")
    assert {row[1] for row in rows[1:]} == {"甲公司"}


def test_queries_do_not_grow_with_rows(lina, sign_in):
    browser, asked = sign_in(lina), []
    for _ in range(2):
        for _ in range(10):
            a_customer(lina, parent=a_customer(lina))
        with CaptureQueriesContext(connection) as queries:
            rows_of(browser)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_what_is_exported_can_be_imported_again(lina, zhang, sign_in):
    values = {
        "short_name": "'=甲",
        "kind": "distributor",
        "credit_code": "91530902323106547R",
        "region_id": "530902",
        "address": '一路"1"号, 二楼',
        "phone": "0871-63123456",
        "employees": 12,
        "annual_revenue": "1234567.80",
        "status": "won",
        "effective": False,
        "tags": ["重点", "老"],
        "remarks": "=HYPERLINK(1)\n第二行 🍣",
        "next_contact_at": "2026-12-01T09:30+08:00",
    }
    a_customer(zhang, name="@甲公司", **values)
    a_customer(lina, name="乙公司 _x0041_", address="001")
    browser = sign_in(lina)
    files = {
        "a.csv": content(browser.get("/customers/export/?format=csv")),
        "a.xlsx": content(browser.get("/customers/export/?format=xlsx")),
    }
    names = [*values, "name", "owner_id", "reporter_id"]
    before = list(Customer.objects.order_by("name").values(*names))
    for name, file in files.items():
        Customer.objects.update(deleted_at="2026-11-22T00:00Z", deleted_by=lina)
        assert counts(run(browser, file, name)) == (2, 2, 0, 0, 0), name
        assert list(Customer.objects.order_by("name").values(*names)) == before, name


def test_hostile_texts_survive_the_way_out_and_in(lina, sign_in):
    path = sample("nasty/payloads/csv_formula_injection.txt")
    texts = path.read_text().splitlines()
    texts += (SAMPLES / "nasty/payloads/xss_quick.txt").read_text().splitlines()
    for place, text in enumerate(texts):
        a_customer(lina, name=f"客户{place:03}", address=text.strip()[:300])
    browser = sign_in(lina)
    before = list(Customer.objects.order_by("name").values_list("name", "address"))
    file = content(browser.get("/customers/export/?format=csv"))
    for row in csv.reader(io.StringIO(file.decode("utf-8-sig"))):
        assert not any(cell.startswith(("=", "@", "＝")) for cell in row)
    Customer.objects.update(deleted_at="2026-11-22T00:00Z", deleted_by=lina)
    run(browser, file)
    after = list(Customer.objects.order_by("name").values_list("name", "address"))
    lost = [pair for pair in before if pair not in after]
    assert [address for _name, address in lost if address != "-"] == []


def test_a_large_export_is_sent_while_it_is_written(zhang, sign_in, monkeypatch):
    monkeypatch.setattr(views, "LARGE", 3)
    monkeypatch.setattr(sheets, "PIECE", 2)
    for place in range(5):
        a_customer(zhang, name=f"华夏{place}", status="won")
    browser = sign_in(zhang)
    browser.cookies["language"] = "en"
    answer = browser.get("/customers/export/?format=csv&column=name&column=status")
    pieces = iter(answer.streaming_content)
    header = next(pieces).decode("utf-8-sig")
    assert header == "Customer name,Customer status\r\n"
    assert next(pieces).count(b",Won\r\n") == 2
    assert not HistoryEntry.objects.filter(verb="exported").exists()
    assert len(list(pieces)) == 2
    entry = HistoryEntry.objects.get(verb="exported")
    assert entry.changes["rows"] == [None, 5]


def test_an_export_that_breaks_off_is_remembered(zhang, sign_in, monkeypatch):
    monkeypatch.setattr(views, "LARGE", 3)
    monkeypatch.setattr(sheets, "PIECE", 2)
    for _ in range(5):
        a_customer(zhang)
    answer = sign_in(zhang).get("/customers/export/?format=csv")
    pieces = iter(answer.streaming_content)
    next(pieces), next(pieces)
    answer._iterator.close()  # as a server does when the browser has gone
    entry = HistoryEntry.objects.get(verb="exported")
    assert entry.changes["rows"] == [None, 2]


def test_a_third_large_export_waits(lina, sign_in, monkeypatch):
    a_customer(lina)
    a_customer(lina)
    monkeypatch.setattr(views, "LARGE", 1)
    monkeypatch.setattr(views, "AT_ONCE", 0)
    for kind in ("csv", "xlsx"):
        answer = sign_in(lina).get("/customers/export/", {"format": kind})
        assert answer.status_code == 429
        assert answer.headers["Retry-After"]


def test_more_rows_than_a_sheet_holds_are_refused(lina, sign_in, monkeypatch):
    a_customer(lina)
    a_customer(lina)
    monkeypatch.setattr(sheets, "MOST_ROWS", 1)
    browser = sign_in(lina)
    assert browser.get("/customers/export/?format=xlsx").status_code == 400
    assert len(rows_of(browser)) == 3
