"""Files to import, made on the spot, and real ones where they are at hand."""

from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

SAMPLES = Path(settings.ROOT).parent / "shared" / "data"


def sample(path):
    """Return the path of a real file; skip the test where there is none."""
    found = SAMPLES / path
    if not found.is_file():
        pytest.skip(f"{path} may not be redistributed and is not beside the project")
    return found


def workbook(*rows, sheet="Sheet1", at=(0, 0)):
    """Return the bytes of an .xlsx with these rows."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    page = book.add_worksheet(sheet)
    for line, row in enumerate(rows, start=at[0]):
        page.write_row(line, at[1], row)
    book.close()
    return content.getvalue()


def upload(browser, content, name="客户.csv", address="/customers/import/"):
    """Hand in a file and return the answer."""
    if isinstance(content, str):
        content = content.encode()
    return browser.post(address, {"file": SimpleUploadedFile(name, content)})


def chosen(browser, url, **changes):
    """Return what the mapping page would send, with some changes."""
    form = browser.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {n: "" if v is None else v for n, v in values.items()} | changes


def preview(browser, content, name="客户.csv", address="/customers/import/", **changes):
    """Go as far as the preview and return the import."""
    answer = upload(browser, content, name, address)
    assert answer.status_code == 302, answer.context["form"].errors
    answer = browser.post(answer.url, chosen(browser, answer.url, **changes))
    assert answer.status_code == 302, answer.context["form"].errors
    return browser.get(answer.url).context["run"]


def run(browser, content, name="客户.csv", address="/customers/import/", **changes):
    """Go through all steps and return the import."""
    found = preview(browser, content, name, address, **changes)
    answer = browser.post(f"/system/imports/{found.pk}/run/")
    assert answer.status_code == 302
    found.refresh_from_db()
    return found


def counts(found):
    """Return (read, created, updated, skipped, refused)."""
    return (
        found.read,
        found.created,
        found.updated,
        found.skipped,
        found.refused,
    )
