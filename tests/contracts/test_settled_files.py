"""Files beside money: once it is decided, nobody takes away what others brought."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from crm.guards.actor import acting
from tests.contracts.test_approval import in_state
from tests.contracts.test_invoices import issued
from tests.contracts.test_receipts import confirmed
from tests.factories import an_invoice
from tests.people import hire

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\nAn invoice."


@pytest.fixture
def he(head_office):
    """何敏 of finance."""
    return hire("finance", "何敏", "finance", department=head_office)


@pytest.fixture
def contract(zhang, zhao):
    """A contract of 张伟's in force."""
    return in_state("registered", zhang, zhao)


def upload(browser, record, name):
    """Add a file to a record; return its row."""
    url = f"{record.get_absolute_url()}attachments/"
    version = type(record).objects.get(pk=record.pk).version
    data = {"version": version, "file": SimpleUploadedFile(name, PDF)}
    assert browser.post(url, data).status_code == 302
    return record.attachments.get(name=name)


def removal(record, file):
    """Return the address that takes a file away, and what is sent to it."""
    version = type(record).objects.get(pk=record.pk).version
    url = f"{record.get_absolute_url()}attachments/{file.pk}/delete/"
    return url, {"version": version}


@pytest.mark.parametrize("kind", ["invoice", "receipt"])
def test_what_was_decided_keeps_the_files_of_others(kind, contract, zhang, he, sign_in):
    if kind == "invoice":
        record = issued(contract, "100", he)
    else:
        record = confirmed(contract.customer, "100", zhang, he)
    scan = upload(sign_in(he), record, "发票扫描件.pdf")
    browser = sign_in(zhang)
    own = upload(browser, record, "快递单.pdf")
    page = browser.get(record.get_absolute_url()).text
    assert removal(record, own)[0] in page
    assert removal(record, scan)[0] not in page
    answer = browser.post(*removal(record, scan))
    assert answer.status_code == 403
    assert "他人上传的附件随已作出的决定保留，不能删除" in answer.text
    with (
        pytest.raises(IntegrityError, match="decided"),
        transaction.atomic(),
        acting(zhang),
    ):
        scan.delete()
    assert browser.post(*removal(record, own)).status_code == 302
    assert list(record.attachments.all()) == [scan]


def test_what_is_only_asked_for_does_not(contract, zhang, zhao, sign_in):
    invoice = an_invoice(contract, "100", zhang)
    file = upload(sign_in(zhao), invoice, "开票资料.pdf")
    assert sign_in(zhang).post(*removal(invoice, file)).status_code == 302
    assert not invoice.attachments.exists()
