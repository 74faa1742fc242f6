"""Nothing lies on the disk for ever that nobody asks for; nothing needed goes."""

import os
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone

from contracts import approval
from crm.attachments import path_of, store
from crm.models import Intake
from crm.notices.models import Notice
from system.imports import reading
from system.models import ImportRun
from system.sweeping import sweep
from tests.factories import a_contract, a_customer
from tests.samples import preview, run, upload

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 a contract"
TABLE = "客户名称\n甲公司\n"


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    """Have an attachment store of one's own."""
    settings.ATTACHMENTS = tmp_path / "attachments"
    settings.ATTACHMENTS.mkdir()


def files():
    """Return the names of all files in the store."""
    found = settings.ATTACHMENTS.rglob("*")
    return {path.name for path in found if path.is_file()}


def hours_later(hours=2):
    """Have all files lie still for some hours."""
    then = time.time() - hours * 3600
    for path in settings.ATTACHMENTS.rglob("*"):
        os.utime(path, (then, then))


def attached(browser, record, content=PDF, name="a.pdf"):
    """Hand in a file for a customer and return the answer."""
    file = SimpleUploadedFile(name, content)
    data = {"file": file, "version": record.version}
    return browser.post(f"{record.get_absolute_url()}attachments/", data)


def test_the_content_of_a_file_that_was_removed_goes(zhang, sign_in):
    customer = a_customer(zhang)
    assert attached(sign_in(zhang), customer).status_code == 302
    hours_later()
    assert sweep() == (0, 0)
    customer.attachments.all().delete()
    hours_later()
    assert sweep() == (1, len(PDF))
    assert files() == set()


def test_what_has_just_been_written_stays():
    digest = store(SimpleUploadedFile("a.pdf", PDF))
    (settings.ATTACHMENTS / "incoming-abc").write_bytes(b"half")
    sweep()
    assert files() == {digest, "incoming-abc"}
    hours_later()
    sweep()
    assert files() == set()


def test_the_files_of_a_finished_import_go(lina, sign_in):
    run(sign_in(lina), TABLE)
    assert len(files()) == 2
    hours_later()
    sweep()
    assert files() == set()


def test_an_import_under_way_keeps_its_files_for_a_day(lina, sign_in):
    found = preview(sign_in(lina), TABLE)
    before = files()
    hours_later()
    sweep()
    assert files() == before
    assert list(reading.rows(found))
    yesterday = timezone.now() - timedelta(hours=25)
    ImportRun.objects.update(created_at=yesterday)
    sweep()
    assert files() == set()


def test_an_import_that_was_given_up_says_so(lina, sign_in):
    browser = sign_in(lina)
    found = preview(browser, TABLE)
    ImportRun.objects.update(created_at=timezone.now() - timedelta(hours=25))
    hours_later()
    sweep()
    answer = browser.post(f"/system/imports/{found.pk}/run/")
    assert answer.status_code == 410
    assert "请重新上传" in answer.text


def test_what_was_decided_on_stays_readable(zhang, zhao):
    """The verdict speaks of the file by its hash, whatever becomes of the row."""
    contract = a_contract(zhang, amount=200_000)
    digest = store(SimpleUploadedFile("a.pdf", PDF))
    contract.attachments.create(
        name="a.pdf",
        sha256=digest,
        size=len(PDF),
        content_type="application/pdf",
        uploaded_by=zhang,
    )
    approval.submit(contract, by=zhang)
    approval.recall(contract, by=zhang)
    contract.attachments.all().delete()
    hours_later()
    sweep()
    assert path_of(digest).exists()


def test_nobody_fills_the_disk_in_a_day(zhang, lina, sign_in, settings):
    settings.CRM_DAILY_UPLOAD_BYTES = 2 * len(PDF)
    customer = a_customer(zhang)
    browser = sign_in(zhang)
    for number in range(2):
        assert attached(browser, customer, name=f"{number}.pdf").status_code == 302
        customer.attachments.all().delete()
    before = files()
    answer = attached(browser, customer)
    assert answer.status_code == 422
    assert "每人每天上传总量" in answer.text
    assert upload(browser, TABLE).status_code == 422
    assert files() == before
    assert upload(sign_in(lina), TABLE).status_code == 302
    Intake.objects.update(at=timezone.now() - timedelta(days=3))
    assert attached(sign_in(zhang), customer).status_code == 302
    call_command("sweep", verbosity=0)
    assert Intake.objects.filter(user=zhang).count() == 1


def test_what_was_refused_counts_too(zhang, sign_in):
    customer = a_customer(zhang)
    assert attached(sign_in(zhang), customer, name="a.exe").status_code == 422
    assert Intake.objects.get().size == len(PDF)


def test_only_what_was_read_and_is_old_is_forgotten_of_notices(zhang):
    now = timezone.now()
    for reason, days, read_at in (
        ("old and read", 91, now),
        ("old and unread", 91, None),
        ("read lately", 89, now),
    ):
        Notice.objects.create(
            person=zhang,
            verb="returned",
            subject_label="customers.customer",
            reason=reason,
            at=now - timedelta(days=days),
            read_at=read_at,
        )
    call_command("sweep", verbosity=0)
    left = set(Notice.objects.values_list("reason", flat=True))
    assert left == {"old and unread", "read lately"}
