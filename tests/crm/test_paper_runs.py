"""Papers of many records: set by a job, fetched once as a ZIP by who asked."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.jobs.models import Job
from crm.models import HistoryEntry
from crm.papers import runs, shipped
from crm.papers.models import PaperFile, PaperRun
from system import sweeping
from tests.factories import a_contract
from tests.papers import text_of

pytestmark = pytest.mark.django_db


def test_ticked_contracts_become_one_zip(zhang, wang, sign_in, worker, monkeypatch):
    shipped.fill()
    monkeypatch.setattr(runs, "SLICE", 2)
    mine = [a_contract(zhang, title=f"合同 {n}/{n}") for n in range(3)]
    foreign = a_contract(wang)
    browser = sign_in(zhang)
    ids = [contract.pk for contract in (*mine, foreign)]
    answer = browser.post("/contracts/bulk/", {"action": "papers", "ids": ids})
    run = PaperRun.objects.get()
    assert answer.url == run.get_absolute_url()
    assert browser.get(f"{answer.url}file/").status_code == 404
    worker.drain()
    assert Job.objects.get().status == "done"
    assert b"data-ready" in browser.get(answer.url).content
    sent = b"".join(browser.get(f"{answer.url}file/").streaming_content)
    with zipfile.ZipFile(io.BytesIO(sent)) as packed:
        names = packed.namelist()
        said = [text_of(packed.read(name)) for name in names]
    assert len(names) == 3
    assert not any("/" in name for name in names)
    assert all(
        contract.number in text for contract, text in zip(mine, said, strict=True)
    )
    assert HistoryEntry.objects.get(verb="exported").changes["rows"] == [None, 3]
    assert sign_in(wang).get(answer.url).status_code == 404
    assert sign_in(wang).get(f"{answer.url}file/").status_code == 404
    PaperRun.objects.update(asked_at=timezone.now() - timedelta(days=3))
    sweeping.forget_papers()
    assert not PaperFile.objects.exists()


def test_more_than_a_job_bears_is_refused(zhang, sign_in, monkeypatch):
    monkeypatch.setattr(runs, "MOST", 1)
    for _number in range(2):
        a_contract(zhang)
    answer = sign_in(zhang).post("/contracts/bulk/", {"action": "papers", "all": "1"})
    assert answer.status_code == 422
    assert not PaperRun.objects.exists()
