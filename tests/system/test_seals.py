"""系统工具 › 历史封印: checked every night, and whoever looks after it is told."""

import pytest

from crm.history import sealing
from crm.jobs import shipped
from crm.jobs.asking import ask
from crm.jobs.models import Job, Schedule
from crm.jobs.worker import Worker
from crm.models import HistorySeal
from crm.notices.models import Notice
from system import proving
from tests.crm.test_sealing import rewrite
from tests.factories import a_customer

pytestmark = pytest.mark.django_db

PAGE = "/system/seals/"


@pytest.fixture
def sealed(zhang, monkeypatch):
    """Four seals, and slices of three of them."""
    monkeypatch.setattr(proving, "AT_ONCE", 3)
    for _time in range(4):
        a_customer(zhang)
        sealing.seal()
    return list(HistorySeal.objects.order_by("pk"))


def check(by=None):
    """Have the seals checked as the schedule does, and return the job."""
    job = ask(proving.check_history, by=by)
    worker = Worker()
    worker.drain()
    worker.lease.close()
    job.refresh_from_db()
    return job


def test_it_is_checked_every_night_and_the_page_says_that_all_is_well(
    sealed, zhou, zhang, sign_in
):
    shipped.fill()
    path = proving.check_history.module_path
    assert Schedule.objects.get(task_path=path).rhythm == "daily"
    Schedule.objects.update(active=False)  # no other work seals meanwhile
    browser = sign_in(zhou)
    assert 'data-history="unchecked"' in browser.get(PAGE).text
    assert browser.post(f"{PAGE}check/").status_code == 302
    job = Job.objects.get(person=zhou)
    worker = Worker()
    worker.drain()
    worker.lease.close()
    job.refresh_from_db()
    assert (job.status, job.done) == ("done", HistorySeal.objects.count())
    page = browser.get(PAGE).text
    assert 'data-history="whole"' in page
    assert str(sealed[-1]) in page
    assert not Notice.objects.filter(verb="history_broken").exists()
    assert sign_in(zhang).get(PAGE).status_code == 403
    assert sign_in(zhang).get(f"{PAGE}check/").status_code == 405


def test_what_was_rewritten_is_told_once_and_stands_on_the_page(
    sealed, zhou, zhang, sign_in
):
    rewrite(
        "UPDATE crm_historyentry SET actor_name = '别人' WHERE id = %s",
        sealed[3].until,
    )
    job = check()
    assert job.status == "failed"
    assert str(sealed[3].pk) in job.detail
    notice = Notice.objects.get(verb="history_broken")
    assert notice.person == zhou
    page = sign_in(zhou).get(PAGE).text
    assert 'data-history="broken"' in page
    assert "历史已被改动" in page
    assert 'data-verb="history_broken"' in sign_in(zhou).get("/notices/").text
    assert not Notice.objects.filter(person=zhang, verb="history_broken").exists()
