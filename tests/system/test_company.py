"""公司信息: what stands at the head of papers, said by the system administrator."""

from base64 import b64decode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.models import HistoryEntry
from crm.papers import shipped
from crm.papers.models import Company
from tests.factories import a_contract
from tests.pages import form_of
from tests.papers import text_of

pytestmark = pytest.mark.django_db

PAGE = "/system/papers/company/"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
    b'<rect width="9" height="9"/></svg>'
)
PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


@pytest.fixture(autouse=True)
def _shipped(db):
    """Bring the row: a test that writes for good leaves empty tables behind."""
    shipped.fill()


def with_picture(browser, name, content, **more):
    """Send the form of the company with a picture."""
    given = {**form_of(browser, PAGE), "name": "示例科技", "tax_number": "9131 0000"}
    given["picture"] = SimpleUploadedFile(name, content)
    return browser.post(PAGE, {**given, **more})


def test_papers_bear_what_the_administrator_says(zhou, zhang, sign_in):
    browser = sign_in(zhou)
    assert with_picture(browser, "logo.svg", SVG).status_code == 302
    company = Company.objects.get()
    assert company.logo == SVG.decode()
    assert browser.get("/system/papers/company/logo/").content == SVG
    changed = HistoryEntry.objects.filter(subject_label="papers.company").last()
    assert set(changed.changes) == {"name", "tax_number", "logo_hash"}
    contract = a_contract(zhang)
    sheet = sign_in(zhang).get(f"{contract.get_absolute_url()}sheet.pdf")
    assert "示例科技" in text_of(sheet.content)
    browser = sign_in(zhou)
    assert with_picture(browser, "logo.png", PNG).status_code == 302
    assert "data:image/png;base64," in Company.objects.get().logo
    given = {**form_of(browser, PAGE), "without": "on", "picture": ""}
    assert browser.post(PAGE, given).status_code == 302
    assert Company.objects.get().logo == ""
    assert browser.post(PAGE, given).status_code == 409


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        PNG[:20],
        b"<html><svg></svg></html>",
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>',
        SVG.replace(b"/></svg>", b""),
        b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\xff\xff\xff\0\xff\xff\xff" + b"0" * 50,
        b"0" * 400_000,
    ],
)
def test_a_logo_is_told_by_its_content(content, zhou, sign_in):
    answer = with_picture(sign_in(zhou), "logo.png", content)
    assert answer.status_code == 422
    assert answer.context["form"].errors["picture"]
    assert not Company.objects.get().logo


def test_nobody_else_says_what_the_company_is(lina, zhao, sign_in):
    for person in (lina, zhao):
        assert sign_in(person).get(PAGE).status_code == 403
        assert sign_in(person).get("/system/papers/company/logo/").status_code == 403
