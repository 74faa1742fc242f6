"""An import in the background: slice by slice, with the rights of the moment."""

import signal
import threading

import pytest
from django.db import connection, transaction
from django.urls import reverse

from crm.jobs.asking import ask
from crm.jobs.models import Beat, Job
from crm.models import HistoryEntry, Role
from crm.notices.models import Notice
from customers.models import Customer
from system.imports import running, work
from system.models import ImportRun
from tests import works
from tests.people import dismiss
from tests.races import together
from tests.samples import counts, preview, run
from tests.workers import PATIENCE, is_over, state, wait_for

pytestmark = pytest.mark.django_db
FIVE = "名称,邮箱\n" + "".join(f"公司{n},{'x' if n == 3 else ''}\n" for n in range(5))


@pytest.fixture
def _slices_of_two(monkeypatch):
    monkeypatch.setattr(running, "SLICE", 2)


def page_of(browser, found):
    """Return the report of an import."""
    return browser.get(reverse("import_detail", args=[found.pk])).text


def verb(browser, found, name):
    """Press the button of the report that does a verb of the import or its job."""
    address = reverse(f"import_{name}", args=[found.pk])
    seen = Job.objects.get() if name == "cancel" else ImportRun.objects.get()
    version = seen.version if name == "cancel" else seen.decisions
    return browser.post(address, {"version": version})


def test_a_small_import_needs_no_job(lina, sign_in):
    browser = sign_in(lina)
    found = run(browser, FIVE)
    assert counts(found) == (5, 4, 0, 0, 1)
    page = page_of(browser, found)
    assert 'data-status="done" data-progress="100"' in page
    assert not Job.objects.exists()


@pytest.mark.usefixtures("_slices_of_two")
def test_a_job_speaks_the_language_of_who_asked_for_it(lina, sign_in, worker):
    browser = sign_in(lina)
    browser.cookies["language"] = "en"
    found = run(browser, FIVE)
    worker.drain()
    assert "Enter a valid email" in found.refusals.get().reasons[0][1]


@pytest.mark.usefixtures("_slices_of_two")
def test_a_large_import_is_a_job_that_goes_on_slice_by_slice(lina, sign_in, worker):
    browser = sign_in(lina)
    found = run(browser, FIVE)
    job = Job.objects.get()
    assert (found.state, found.read, job.status) == ("running", 0, "waiting")
    page = page_of(browser, found)
    assert 'data-status="waiting" data-progress="0"' in page
    assert 'data-worker="silent"' in page
    assert 'hx-trigger="every 2s"' in page
    assert "刷新" in page  # without JavaScript
    for answer in (browser.get, browser.post):
        there = answer(reverse("import_mapping", args=[found.pk]))
        assert there.url == reverse("import_detail", args=[found.pk])
    Beat.objects.give("worker")
    assert 'data-worker="silent"' not in page_of(browser, found)
    worker.drain()
    found.refresh_from_db()
    assert (found.state, counts(found)) == ("finished", (5, 4, 0, 0, 1))
    assert Customer.objects.count() == 4
    page = page_of(browser, found)
    assert 'data-status="done" data-progress="100"' in page
    assert "hx-trigger" not in page.partition('id="import"')[2]
    assert (
        reverse("import_detail", args=[found.pk])
        in browser.get(job.get_absolute_url()).text
    )
    told = Notice.objects.values_list("verb", "number")
    assert list(told) == [("imported", 1)]
    entries = HistoryEntry.objects.filter(verb="imported", label="customers.customer")
    assert {(e.actor_id, e.request_id) for e in entries} == {(lina.pk, f"job-{job.pk}")}


@pytest.mark.usefixtures("_slices_of_two")
def test_a_second_click_makes_no_second_job(lina, sign_in, worker):
    browser = sign_in(lina)
    found = run(browser, FIVE)
    assert browser.post(reverse("import_run", args=[found.pk])).status_code == 302
    assert Job.objects.count() == 1
    worker.drain()
    assert Customer.objects.count() == 4
    assert browser.post(reverse("import_run", args=[found.pk])).status_code == 302
    assert Job.objects.get().status == "done"


@pytest.mark.usefixtures("_slices_of_two")
def test_cancelled_half_way_it_goes_on_without_doubles(
    lina, wang, sign_in, worker, monkeypatch
):
    browser = sign_in(lina)
    found = run(browser, FIVE)
    advance = running.advance

    def cancel_after(pk):
        done = advance(pk)
        if done.read == 4:
            Job.objects.get().cancel(by=lina)
        return done

    monkeypatch.setattr(running, "advance", cancel_after)
    worker.drain()
    monkeypatch.undo()
    found.refresh_from_db()
    assert (found.state, found.read) == ("running", 4)
    assert found.created + found.refusals.count() == 4
    page = page_of(browser, found)
    assert 'data-status="cancelled" data-progress="80"' in page
    assert "继续导入" in page
    for place in (page, browser.get(reverse("import_list")).text):
        assert "中途停止：已取消" in place
        assert "导入中" not in place
    verb(browser, found, "run")
    assert Job.objects.get().status == "waiting"
    worker.drain()
    found.refresh_from_db()
    assert (found.state, counts(found)) == ("finished", (5, 4, 0, 0, 1))
    assert Customer.objects.count() == 4


@pytest.mark.usefixtures("_slices_of_two")
def test_who_imports_can_cancel_before_it_begins(lina, wang, sign_in, worker):
    browser = sign_in(lina)
    found = run(browser, FIVE)
    address = reverse("import_cancel", args=[found.pk])
    assert browser.get(address).status_code == 405
    assert sign_in(wang).post(address).status_code == 404
    assert sign_in(lina).post(address, {"version": 99}).status_code == 409
    assert verb(sign_in(lina), found, "cancel").status_code == 302
    worker.drain()
    assert not Customer.objects.exists()
    assert verb(browser, found, "cancel").status_code == 409


@pytest.mark.usefixtures("_slices_of_two")
@pytest.mark.parametrize("lost", ["right", "person", "file"])
def test_what_is_lost_meanwhile_stops_it_and_is_said(lina, sign_in, worker, lost):
    browser = sign_in(lina)
    found = run(browser, FIVE)
    if lost == "right":
        role = Role.objects.get(code="information_administrator")
        role.grants.pop("customers.import_customer")
        role.save()
    elif lost == "person":
        dismiss(lina)
    else:
        running.reading.path_of(found.sha256).unlink()
    worker.drain()
    job = Job.objects.get()
    reasons = {"right": "right", "person": "person", "file": "refused"}
    assert (job.status, job.reason) == ("failed", reasons[lost])
    assert not Customer.objects.exists()
    if lost == "file":
        assert "24" in job.detail
        assert job.detail in browser.get(job.get_absolute_url()).text


@pytest.mark.django_db(transaction=True)
def test_an_import_that_another_one_keeps_waiting_becomes_a_job(
    lina, sign_in, worker, monkeypatch
):
    monkeypatch.setattr(work, "PATIENCE", "100ms")
    browser = sign_in(lina)
    found = preview(browser, FIVE)

    def press(number):
        if number:
            barrier.wait(timeout=60)
            browser.post(reverse("import_run", args=[found.pk]))
            done.set()
            return
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, hashtext(%s))",
                [running.LOCK, found.kind],
            )
            barrier.wait(timeout=60)
            assert done.wait(timeout=60)

    barrier, done = threading.Barrier(2), threading.Event()
    together(2, press)
    assert Job.objects.get().status == "waiting"
    worker.drain()
    found.refresh_from_db()
    assert counts(found) == (5, 4, 0, 0, 1)


@pytest.mark.installation
@pytest.mark.django_db(transaction=True)
def test_killed_before_and_after_each_slice_every_row_comes_once(
    lina, sign_in, workers, tmp_path, settings
):
    settings.ATTACHMENTS = tmp_path / "attachments"
    settings.ATTACHMENTS.mkdir()
    found = preview(sign_in(lina), FIVE)
    notes = tmp_path / "notes"
    notes.mkdir()
    given = {"pk": found.pk, "size": 2, "notes": str(notes)}
    job = ask(works.import_dying, by=lina, **given)
    for _death in range(6):
        assert workers().wait(timeout=PATIENCE) == -signal.SIGKILL
        assert not is_over(job)
    workers()
    wait_for(lambda: is_over(job))
    assert state(job)[:2] == ("done", 5)
    found.refresh_from_db()
    assert (found.state, counts(found)) == ("finished", (5, 4, 0, 0, 1))
    names = Customer.objects.order_by("name").values_list("name", flat=True)
    assert list(names) == [f"公司{n}" for n in (0, 1, 2, 4)]
    assert Notice.objects.filter(verb="imported").count() == 1
