"""What a file may cost: on the disk, in memory, and beside others."""

import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from crm.attachments import path_of, store
from crm.models import Intake
from system.imports import parser, reading
from system.models import ImportRun
from tests.samples import run, upload, workbook

pytestmark = pytest.mark.django_db
SHEET = (
    '<?xml version="1.0"?><worksheet xmlns='
    '"http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}'
    "</sheetData></worksheet>"
)


def shared(length, columns, rows):
    """Return a small workbook in which every cell is one and the same long text."""
    strings = (
        '<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/'
        f'spreadsheetml/2006/main"><si><t>{"x" * length}</t></si></sst>'
    )
    line = "<row>" + '<c t="s"><v>0</v></c>' * columns + "</row>"
    source, content = BytesIO(workbook(["名称"], ["甲"])), BytesIO()
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part.endswith("sheet1.xml"):
                new.writestr(part, SHEET.format(line * rows))
            elif part.endswith("sharedStrings.xml"):
                new.writestr(part, strings)
            else:
                new.writestr(part, old.read(part))
    return content.getvalue()


def on_disk():
    """Return how many bytes the attachment store takes."""
    files = settings.ATTACHMENTS.rglob("*")
    return sum(path.stat().st_size for path in files if path.is_file())


@pytest.mark.parametrize(
    ("length", "columns", "rows"),
    [(30_000, 10, 447), (300_000, 200, 1), (300_000, 120, 2), (4000, 10, 30_000)],
)
def test_a_small_workbook_fills_neither_disk_nor_memory(
    lina, sign_in, length, columns, rows
):
    content, before = shared(length, columns, rows), on_disk()
    answer = upload(sign_in(lina), content, "a.xlsx")
    assert answer.status_code in (302, 422)
    assert on_disk() - before <= len(content) + 11 * max(len(content), 500_000)
    for found in ImportRun.objects.all():
        widest = max(len(str(cells)) for _number, cells in reading.rows(found))
        assert widest < 2 * parser.LONGEST_ROW


def test_a_long_cell_is_refused_by_its_field_and_not_shortened(lina, sign_in):
    text = f"客户名称,备注\n甲公司,{'长' * 6000}\n乙公司,{'长' * 5000}\n"
    found = run(sign_in(lina), text)
    assert (found.created, found.refused) == (1, 1)
    assert len(found.model.objects.get().remarks) == 5000


def beside(digest):
    """Return the names of a file and of all that lies with it, others' among it."""
    return {path.name for path in path_of(digest).parent.iterdir()}


def test_the_same_file_can_be_read_by_four_at_once():
    """As a double click sends it."""
    content = "客户名称\n" + "甲公司\n" * 5000
    digest = store(SimpleUploadedFile("a.csv", content.encode()))
    before = beside(digest)
    with ThreadPoolExecutor(4) as four:
        told = list(four.map(reading.parse, [digest] * 4))
    assert [one["rows"] for one in told] == [5001] * 4
    assert beside(digest) == before | {f"{digest}.rows"}


def test_what_a_refused_file_has_written_is_gone():
    content = shared(5000, 10, 3000)
    digest = store(SimpleUploadedFile("a.xlsx", content))
    before = beside(digest)
    with pytest.raises(ValidationError) as refused:
        reading.parse(digest)
    assert refused.value.code == "bomb"
    assert beside(digest) == before


def test_a_disk_that_is_full_is_not_the_file_s_fault(tmp_path, monkeypatch):
    broken = tmp_path / "parser.py"
    broken.write_text("print('{\"errno\": 28}')")
    monkeypatch.setattr(reading, "PARSER", ("-I", broken))
    digest = store(SimpleUploadedFile("a.csv", b"a,b"))
    with pytest.raises(OSError, match=os.strerror(28)):
        reading.parse(digest)


def test_nothing_is_held_while_a_file_is_read(lina, sign_in, monkeypatch):
    browser, within, parse = sign_in(lina), [], reading.parse
    outside = len(connection.savepoint_ids)

    def looked_at(*said):
        within.append((len(connection.savepoint_ids), Intake.objects.count()))
        return parse(*said)

    monkeypatch.setattr(reading, "parse", looked_at)
    url = upload(browser, "客户名称\n甲公司\n").url
    assert within == [(outside, 1)]
    form = browser.get(url).context["reading"]
    values = {n: form[n].value() or "" for n in form.fields} | {"delimiter": ";"}
    assert browser.post(url.replace("mapping", "reading"), values).url == url
    assert within == [(outside, 1), (outside, 1)]


def test_a_file_that_takes_too_long_is_refused_in_words_and_counts(
    lina, sign_in, monkeypatch
):
    monkeypatch.setattr(reading.parse, "__defaults__", (None, 0.001))
    answer = upload(sign_in(lina), "客户名称\n甲公司\n")
    assert answer.status_code == 422
    assert "读取此文件用时过长" in answer.content.decode()
    assert Intake.objects.get().user == lina


def test_a_reading_that_somebody_overtook_changes_nothing(lina, sign_in, monkeypatch):
    browser, parse = sign_in(lina), reading.parse
    url = upload(browser, "客户名称\n甲公司\n").url

    def overtaken(*said):
        ImportRun.objects.update(decisions=7)
        return parse(*said)

    monkeypatch.setattr(reading, "parse", overtaken)
    form = browser.get(url).context["reading"]
    values = {n: form[n].value() or "" for n in form.fields} | {"delimiter": ";"}
    answer = browser.post(url.replace("mapping", "reading"), values)
    assert answer.status_code == 409
    assert ImportRun.objects.get().decisions == 7
