"""Files of records: which are taken, who may fetch them, how they are sent."""

import zipfile
from hashlib import sha256
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.attachments import MOST_FILES, clean_name, disposition, path_of
from crm.file_types import KINDS
from crm.models import HistoryEntry
from customers.models import CustomerAttachment, Membership
from tests.factories import a_customer

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\nA contract."
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def workbook():
    """Return the smallest content that passes for a spreadsheet."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as members:
        members.writestr("[Content_Types].xml", "<Types/>")
        members.writestr("xl/workbook.xml", "<workbook/>")
    return packed.getvalue()


def upload(browser, record, *files):
    """Send files to a customer's page; return the answer."""
    data = {"file": [SimpleUploadedFile(name, content) for name, content in files]}
    return browser.post(f"/customers/{record.pk}/attachments/", data)


def test_a_file_is_stored_under_its_hash_and_shown(zhang, sign_in):
    customer, browser = a_customer(zhang), sign_in(zhang)
    answer = upload(browser, customer, ("合同 扫描件.pdf", PDF))
    assert answer.status_code == 302
    file = customer.attachments.get()
    digest = sha256(PDF).hexdigest()
    assert (file.name, file.sha256, file.size) == ("合同 扫描件.pdf", digest, len(PDF))
    assert path_of(digest).read_bytes() == PDF
    assert path_of(digest).parent.parent.name == digest[:2]
    assert file.uploaded_by == zhang
    assert "合同 扫描件.pdf" in browser.get(answer.url).content.decode()


def test_a_download_is_saved_and_never_run(zhang, sign_in):
    customer, browser = a_customer(zhang), sign_in(zhang)
    upload(browser, customer, ("报价.pdf", PDF))
    file = customer.attachments.get()
    answer = browser.get(f"/customers/{customer.pk}/attachments/{file.pk}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Disposition"] == disposition("报价.pdf")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Content-Type"] == "application/pdf"


def test_pictures_and_pdf_are_shown_on_demand_and_nothing_else(zhang, sign_in):
    customer, browser = a_customer(zhang), sign_in(zhang)
    upload(browser, customer, ("报价.pdf", PDF), ("图.png", PNG), ("注.txt", b"x"))
    how, csp = {}, {}
    for file in customer.attachments.all():
        url = f"/customers/{customer.pk}/attachments/{file.pk}/?preview=1"
        answer = browser.get(url)
        kind = file.name.rpartition(".")[2]
        how[kind] = answer.headers["Content-Disposition"].partition(";")[0]
        csp[kind] = answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert how == {"pdf": "inline", "png": "inline", "txt": "attachment"}
    assert csp["png"] == csp["txt"] == "sandbox; default-src 'none'"
    assert csp["pdf"].startswith("default-src 'none'")
    assert "script-src" not in csp["pdf"]


def test_a_download_is_noted(zhang, sign_in):
    customer, browser = a_customer(zhang), sign_in(zhang)
    upload(browser, customer, ("a.pdf", PDF))
    file = customer.attachments.get()
    browser.get(f"/customers/{customer.pk}/attachments/{file.pk}/")
    entry = HistoryEntry.objects.get(verb="downloaded")
    assert (entry.actor_id, entry.subject_id) == (zhang.pk, customer.pk)
    assert entry.changes["name"] == [None, "a.pdf"]


def test_a_range_past_the_end_is_refused(zhang, sign_in):
    customer, browser = a_customer(zhang), sign_in(zhang)
    upload(browser, customer, ("a.pdf", PDF))
    url = f"/customers/{customer.pk}/attachments/{customer.attachments.get().pk}/"
    assert browser.get(url, headers={"range": "bytes=9999-"}).status_code == 416
    assert browser.get(url, headers={"range": "bytes=0-3"}).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "a.html",
        "a.svg",
        "a.pHp",
        "a.pdf.html",
        "a.pdf.",
        "a.pdf．",
        "a．pdf",
        "a.ｐｄｆ",
        ".pdf",
        " .pdf",
        "pdf",
        "a.exe",
        "a.pdf\u202e.exe",
    ],
)
def test_traps_in_names_are_refused(zhang, sign_in, name):
    customer = a_customer(zhang)
    answer = upload(sign_in(zhang), customer, (name, PDF))
    assert answer.status_code == 422
    assert not customer.attachments.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/密码.pdf", "密码.pdf"),
        (r"C:\我的文档\报价.PDF", "报价.PDF"),
        ("gpj\u202e合同.pdf", "gpj合同.pdf"),
        ("a\x00b\t.pdf", "ab .pdf"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_names_are_cleaned(name, kept):
    assert clean_name(name) == kept


def test_any_name_makes_one_valid_header():
    header = disposition(clean_name('报 "价"\r\n😀.pdf'))
    assert header.startswith("attachment; filename=\"file.pdf\"; filename*=UTF-8''")
    assert header.isascii()
    assert header.isprintable()
    assert header.endswith("%F0%9F%98%80.pdf")


def archive_of(*names):
    """Return a zip with these members."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "taken"),
    [
        ("a.pdf", PDF, True),
        ("a.pdf", b"<html><script>alert(1)</script>", False),
        ("a.png", PDF, False),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 20, True),
        ("a.xlsx", workbook(), True),
        ("a.docx", workbook(), False),
        ("a.zip", workbook(), True),
        ("a.docx", archive_of("[Content_Types].xml", "word/document.xml"), True),
        ("a.docx", archive_of("[Content_Types].xml", "word/other.xml"), False),
        ("a.docx", b"PK\x03\x04[Content_Types].xml word/", False),
        (
            "a.docx",
            archive_of(
                "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"
            ),
            False,
        ),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 20, True),
        ("a.txt", "你好".encode("gb18030"), True),
        ("a.txt", "\ufeff你好".encode("utf-16-le"), True),
        ("a.txt", b"MZ\x90\0\x03", False),
        ("a.csv", PDF, False),
        ("a.csv", "名称,电话\n".encode(), True),
        ("a.txt", b"", False),
    ],
)
def test_content_must_agree_with_the_name(zhang, sign_in, name, content, taken):
    customer = a_customer(zhang)
    answer = upload(sign_in(zhang), customer, (name, content))
    assert answer.status_code == (302 if taken else 422)
    assert customer.attachments.exists() is taken


def test_every_extension_has_a_fixed_type():
    assert all("html" not in kind and "/" in kind for kind, _agrees in KINDS.values())


def test_a_file_that_is_too_large_is_refused(zhang, sign_in, settings):
    settings.CRM_MAX_UPLOAD_BYTES = 100
    customer, browser = a_customer(zhang), sign_in(zhang)
    assert upload(browser, customer, ("a.pdf", PDF.ljust(101))).status_code == 413
    assert not customer.attachments.exists()
    assert upload(browser, customer, ("a.pdf", PDF.ljust(100))).status_code == 302


def test_a_full_disk_stores_nothing(zhang, sign_in, settings, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    settings.ATTACHMENTS = blocked
    customer = a_customer(zhang)
    assert upload(sign_in(zhang), customer, ("a.pdf", PDF)).status_code == 507
    assert not customer.attachments.exists()


def test_all_files_of_one_upload_are_stored_or_none(zhang, sign_in):
    customer = a_customer(zhang)
    answer = upload(sign_in(zhang), customer, ("a.pdf", PDF), ("b.exe", b"MZ"))
    assert answer.status_code == 422
    assert not customer.attachments.exists()


def test_the_same_name_twice_makes_two_files(zhang, sign_in):
    customer, browser = a_customer(zhang), sign_in(zhang)
    for _time in range(2):
        upload(browser, customer, ("a.pdf", PDF))
    assert customer.attachments.count() == 2


def test_the_fifty_first_file_is_refused(zhang, sign_in):
    customer = a_customer(zhang)
    CustomerAttachment.objects.bulk_create(
        CustomerAttachment(
            record=customer,
            name=f"{n}.pdf",
            sha256="0" * 64,
            size=1,
            content_type="application/pdf",
            uploaded_by=zhang,
        )
        for n in range(MOST_FILES)
    )
    assert upload(sign_in(zhang), customer, ("a.pdf", PDF)).status_code == 422
    assert customer.attachments.count() == MOST_FILES


def test_nothing_chosen_is_said(zhang, sign_in):
    customer = a_customer(zhang)
    assert upload(sign_in(zhang), customer).status_code == 422


def test_a_file_can_be_removed(zhang, sign_in):
    customer, browser = a_customer(zhang), sign_in(zhang)
    upload(browser, customer, ("a.pdf", PDF))
    url = f"/customers/{customer.pk}/attachments/{customer.attachments.get().pk}/"
    assert browser.get(f"{url}delete/").status_code == 405
    assert browser.post(f"{url}delete/").status_code == 302
    assert not customer.attachments.exists()
    again = browser.post(f"{url}delete/")  # somebody else was quicker
    assert again.status_code == 409
    assert "此记录已由他人处理" in again.text
    assert browser.get(url).status_code == 404


def test_files_of_unseen_records_do_not_exist(zhang, wang, sign_in):
    theirs = a_customer(wang)
    upload(sign_in(wang), theirs, ("a.pdf", PDF))
    url = f"/customers/{theirs.pk}/attachments/{theirs.attachments.get().pk}/"
    browser = sign_in(zhang)
    assert browser.get(url).status_code == 404
    assert browser.post(f"{url}delete/").status_code == 404
    assert upload(browser, theirs, ("b.pdf", PDF)).status_code == 404
    own = a_customer(zhang)
    crossed = f"/customers/{own.pk}/attachments/{theirs.attachments.get().pk}/"
    assert browser.get(crossed).status_code == 404
    assert theirs.attachments.count() == 1


def test_who_may_only_read_gets_no_upload_form(zhang, wang, sign_in):
    customer = a_customer(zhang)
    upload(sign_in(zhang), customer, ("a.pdf", PDF))
    Membership.objects.create(customer=customer, user=wang)
    browser = sign_in(wang)
    page = browser.get(f"/customers/{customer.pk}/").content.decode()
    assert "a.pdf" in page
    assert f'action="/customers/{customer.pk}/attachments/"' not in page
    assert upload(browser, customer, ("b.pdf", PDF)).status_code == 404
    url = f"/customers/{customer.pk}/attachments/{customer.attachments.get().pk}/"
    assert browser.get(url).status_code == 200


def test_without_a_role_there_are_no_files(zhang, nobody, sign_in):
    customer = a_customer(zhang)
    assert upload(sign_in(nobody), customer, ("a.pdf", PDF)).status_code == 403
