"""系统工具 › 后台任务: who sees which jobs, and what one does with them."""

from datetime import date, time, timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection, transaction
from django.utils import timezone

from crm.jobs import shipped, working_days
from crm.jobs.asking import ask
from crm.jobs.models import Beat, Holiday, Job, Schedule
from crm.jobs.rhythm import Rhythm
from crm.models import HistoryEntry, Role
from system import sweeping, upkeep
from tests import works
from tests.pages import form_of
from tests.people import hire
from tests.races import signed_in, together

pytestmark = pytest.mark.django_db

PAGE = "/system/jobs/"
SILENT = 'data-worker="silent"'


@pytest.fixture(autouse=True)
def _shipped(db):
    """Bring what ships: a test that writes for good leaves empty tables behind."""
    shipped.fill()


def a_count(person, upto=2):
    """Ask for a job of some slices."""
    return ask(works.count, by=person, upto=upto, person=person.pk)


def _done(person):
    """Ask for a job and have it cancelled: one more that is over."""
    job = a_count(person)
    job.cancel(by=person)
    return job


def address(job, more=""):
    """Return the address of a job, or of a verb of it."""
    return f"{PAGE}{job.pk}/{more}"


def sent(browser, job, verb):
    """Do a verb as the button of the page does."""
    job.refresh_from_db()
    return browser.post(address(job, f"{verb}/"), {"version": job.version})


# --- Who sees what --------------------------------------------------------------------


def test_people_see_their_own_jobs_and_the_administrator_all(zhang, wang, zhou, client):
    job = a_count(zhang)
    for person, total in ((zhang, 1), (wang, 0), (zhou, 1)):
        client.force_login(person)
        page = client.get(PAGE)
        assert (f'data-id="{job.pk}"' in page.text) == bool(total)
        assert client.get(address(job)).status_code == (200 if total else 404)


def may_operate(reach):
    """Let salespeople see jobs and change them, so far."""
    role = Role.objects.get(code="salesperson")
    role.grants |= {"jobs.view_job": reach, "jobs.change_job": reach}
    role.save()


@pytest.mark.parametrize(
    ("reach", "others", "programs"),
    [
        ("own", 404, 404),
        ("subordinates", 404, 404),
        ("department", 404, 404),
        ("department_tree", 404, 404),
        ("all", 302, 302),
    ],
)
def test_a_right_to_jobs_goes_as_far_as_its_reach(
    zhang, wang, sign_in, reach, others, programs
):
    may_operate(reach)
    browser = sign_in(zhang)
    sealing = ask(upkeep.seal_history, by=None)
    for job, expected in (
        (a_count(zhang), 302),
        (a_count(wang), others),
        (sealing, programs),
    ):
        shown = f'data-id="{job.pk}"' in browser.get(PAGE).text
        assert shown is (expected == 302)
        assert sent(browser, job, "cancellation").status_code == expected
        assert sent(browser, job, "retry").status_code == expected


def test_who_may_see_the_jobs_of_a_department_may_not_cancel_them(
    zhang, sales_department, sign_in
):
    may_operate("department")
    role = Role.objects.get(code="salesperson")
    role.grants["jobs.change_job"] = "own"
    role.save()
    colleague = hire("beside", "陈红", "salesperson", department=sales_department)
    job, browser = a_count(colleague), sign_in(zhang)
    page = browser.get(address(job))
    assert page.status_code == 200
    assert address(job, "cancellation/") not in page.text
    assert sent(browser, job, "cancellation").status_code == 403
    assert sent(sign_in(colleague), job, "cancellation").status_code == 302


def test_a_schedule_leads_only_to_a_job_that_one_may_see(zhang, sign_in):
    role = Role.objects.get(code="salesperson")
    role.grants["jobs.view_schedule"] = "all"
    role.save()
    schedule = Schedule.objects.first()
    job = ask(upkeep.seal_history, by=None, schedule=schedule)
    browser = sign_in(zhang)
    for reach, leads in (("own", False), ("all", True)):
        may_operate(reach)
        assert (f'href="{address(job)}"' in browser.get(PAGE).text) is leads


def test_only_the_administrator_sees_the_schedules(zhang, zhou, client):
    for person, expected in ((zhang, False), (zhou, True)):
        client.force_login(person)
        page = client.get(PAGE)
        assert ("data-schedules" in page.text) is expected
        assert (f'href="{PAGE}"' in page.text.partition("<main")[0]) is expected


def test_the_page_of_a_job_says_how_far_it_is(zhang, sign_in, worker):
    job = a_count(zhang)
    assert 'data-status="waiting" data-progress="0"' in sign_in(zhang).get(
        address(job)
    ).text.replace("\n", " ")
    worker.drain()
    page = sign_in(zhang).get(address(job)).text
    assert 'data-status="done"' in page
    assert 'data-progress="100"' in page


def test_a_failure_is_told_in_words(zhang, sign_in, worker):
    job = ask(works.refuse, by=zhang)
    worker.drain()
    browser = sign_in(zhang)
    for page in (PAGE, address(job)):
        assert "今天不行。" in browser.get(page).text
    notices = browser.get("/notices/").text
    assert f'href="{address(job)}"' in notices
    assert "今天不行。" in notices


def test_jobs_are_narrowed_by_status_and_bad_conditions_are_named(zhang, sign_in):
    job, browser = a_count(zhang), sign_in(zhang)
    assert f'data-id="{job.pk}"' in browser.get(f"{PAGE}?status=waiting").text
    assert f'data-id="{job.pk}"' not in browser.get(f"{PAGE}?status=failed").text
    for wrong in ("status=lost", "colour=red", "before=x", "before=" + "9" * 40):
        page = browser.get(f"{PAGE}?{wrong}")
        assert page.status_code == 200
        assert f'data-id="{job.pk}"' not in page.text
        assert 'role="alert"' in page.text.partition("<nav")[2]


def test_many_jobs_are_turned_over(zhang, sign_in, django_assert_max_num_queries):
    jobs = [_done(zhang) for _each in range(55)]
    browser = sign_in(zhang)
    with django_assert_max_num_queries(12):
        first = browser.get(PAGE).text
    assert 'data-total="55"' in first
    assert f'data-id="{jobs[4].pk}"' not in first
    older = browser.get(f"{PAGE}?before={jobs[5].pk}").text
    assert f'data-id="{jobs[4].pk}"' in older


def test_the_bell_names_a_job_in_the_readers_language(zhou, sign_in, worker):
    job = ask(upkeep.seal_history, by=zhou)
    worker.drain()
    browser = sign_in(zhou)
    for language, name in (("zh-hans", "封印操作历史"), ("en", "Seal the history")):
        browser.cookies["language"] = language
        page = browser.get("/notices/").text.partition("<main")[2]
        assert f"<bdi>{name}</bdi>" in page
        assert f'href="{address(job)}"' in page


# --- Cancelling, and doing it again ---------------------------------------------------


def test_one_cancels_and_repeats_ones_own_job(zhang, sign_in, worker):
    job, browser = a_count(zhang), sign_in(zhang)
    assert sent(browser, job, "cancellation").status_code == 302
    job.refresh_from_db()
    assert job.status == "cancelled"
    assert sent(browser, job, "cancellation").status_code == 409
    assert sent(browser, job, "retry").status_code == 302
    worker.drain()
    job.refresh_from_db()
    assert job.status == "done"
    assert sent(browser, job, "retry").status_code == 409


def test_what_people_do_to_jobs_is_in_the_history(zhang, sign_in):
    job, browser = a_count(zhang), sign_in(zhang)
    sent(browser, job, "cancellation")
    sent(browser, job, "retry")
    entries = HistoryEntry.objects.filter(label="jobs.job", object_id=job.pk)
    assert [entry.actor_name for entry in entries] == ["张伟"]
    cancelled = HistoryEntry.objects.filter(label="jobs.cancellation")
    assert {entry.verb for entry in cancelled} == {"created", "removed"}


def test_another_persons_job_is_not_there(zhang, wang, sign_in):
    job, browser = a_count(zhang), sign_in(wang)
    for verb in ("cancellation", "retry"):
        assert sent(browser, job, verb).status_code == 404
    job.refresh_from_db()
    assert job.status == "waiting"


def test_a_button_that_was_seen_before_a_change_does_nothing(zhang, sign_in):
    job, browser = a_count(zhang), sign_in(zhang)
    sent(browser, job, "cancellation")
    stale = {"version": job.version}
    sent(browser, job, "retry")
    answer = browser.post(address(job, "cancellation/"), stale)
    assert answer.status_code == 409
    job.refresh_from_db()
    assert job.status == "waiting"


# --- Schedules ------------------------------------------------------------------------


@pytest.fixture
def sealing():
    """The schedule of the sealing."""
    return Schedule.objects.get(task_path=upkeep.seal_history.module_path)


def test_a_schedule_is_run_at_once_but_not_twice(zhou, sign_in, worker, sealing):
    browser = sign_in(zhou)
    url, seen = (
        f"/system/schedules/{sealing.pk}/run/",
        {"version": sealing.version},
    )
    answer = browser.post(url, seen)
    job = Job.objects.get(schedule=sealing)
    assert (answer.status_code, answer.url) == (302, address(job))
    said = [str(one) for one in get_messages(answer.wsgi_request)]
    assert said == [f"已安排：{sealing}"]  # asked for; done is what the job says
    assert browser.post(url, seen).status_code == 409
    worker.drain()
    job.refresh_from_db()
    assert (job.status, job.person) == ("done", zhou)


def test_a_schedule_that_is_switched_off_is_not_run(zhou, sign_in, sealing):
    sealing.active = False
    sealing.save()
    sealing.refresh_from_db()
    browser, url = sign_in(zhou), f"/system/schedules/{sealing.pk}/run/"
    answer = browser.post(url, {"version": sealing.version})
    assert answer.status_code == 422
    assert "已停用：请先启用，再立即执行。" in answer.text
    assert not Job.objects.filter(schedule=sealing).exists()


def test_a_time_of_day_has_no_seconds_in_the_history(zhou, sign_in, sealing):
    browser, url = sign_in(zhou), f"/system/schedules/{sealing.pk}/edit/"
    browser.post(url, form_of(browser, url) | {"rhythm": "daily", "at": "07:15"})
    entry = HistoryEntry.objects.get(label="jobs.schedule")
    page = browser.get(f"/system/log/{entry.pk}/").text
    assert "<ins>07:15</ins>" in page
    assert f"<del>{sealing.at:%H:%M}</del>" in page


def test_a_schedule_is_changed_and_the_next_time_follows(zhou, sign_in, sealing):
    browser, url = sign_in(zhou), f"/system/schedules/{sealing.pk}/edit/"
    data = form_of(browser, url) | {"rhythm": "monthly", "at": "07:15", "day": "31"}
    assert browser.post(url, data).status_code == 302
    sealing.refresh_from_db()
    local = timezone.localtime(sealing.next_at)
    assert (sealing.at, sealing.day) == (time(7, 15), 31)
    assert (local.hour, local.minute) == (7, 15)
    assert (local + timedelta(days=1)).day == 1
    assert HistoryEntry.objects.filter(label="jobs.schedule").count() == 1
    assert "每月 31 日 07:15" in browser.get(PAGE).text


@pytest.mark.parametrize("day", ["", "0", "32", "x"])
def test_a_month_needs_a_day(zhou, sign_in, sealing, day):
    browser, url = sign_in(zhou), f"/system/schedules/{sealing.pk}/edit/"
    answer = browser.post(
        url, form_of(browser, url) | {"rhythm": "monthly", "day": day}
    )
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text


def test_every_schedule_that_ships_is_work_that_is_done(worker):
    # A process of its own makes a backup: it sees no row of this transaction.
    Schedule.objects.filter(task_path="crm.backups.work.back_up").delete()
    # Every five minutes there is work only where an event is about to begin.
    Schedule.objects.filter(rhythm=Rhythm.MINUTES).delete()
    # Nobody reads other sites where none is named.
    Schedule.objects.filter(task_path="competitors.feeds.work.read_sources").delete()
    # Nothing goes back into a pool where no rule is in use.
    Schedule.objects.filter(task_path="system.pools.work.recycle").delete()
    # Nothing ends, and nobody is told, where nothing is registered.
    Schedule.objects.filter(task_path="customers.expiry.end").delete()
    # The same of what is quoted.
    Schedule.objects.filter(task_path="sales.expiry.end").delete()
    # No lead waits for anybody.
    Schedule.objects.filter(task_path="sales.leads.work.look_after").delete()
    # Nobody is expected to report where nobody may.
    Schedule.objects.filter(task_path__startswith="sales.reporting.").delete()
    a_minute_ago = timezone.now() - timedelta(minutes=1)
    Schedule.objects.update(next_at=a_minute_ago, active=True)
    worker.drain()
    assert Job.objects.count() == Schedule.objects.count() > 3
    assert set(Job.objects.values_list("status", flat=True)) == {"done"}


def test_jobs_that_are_long_over_are_forgotten(zhang, worker):
    own, recent = a_count(zhang), a_count(zhang)
    clocks = ask(upkeep.seal_history, by=None)
    worker.drain()
    long_ago = timezone.now() - timedelta(days=91)
    Job.objects.filter(pk=own.pk).update(finished_at=long_ago)
    Job.objects.filter(pk=clocks.pk).update(
        finished_at=timezone.now() - timedelta(days=8)
    )
    ask(upkeep.forget, by=None)
    worker.drain()
    left = set(Job.objects.values_list("pk", flat=True))
    assert left & {own.pk, recent.pk, clocks.pk} == {recent.pk}


def test_that_jobs_are_forgotten_is_nobodys_doing(zhang, zhou, sign_in, worker):
    job = a_count(zhang)
    sent(sign_in(zhang), job, "cancellation")
    long_ago = timezone.now() - timedelta(days=91)
    Job.objects.filter(pk=job.pk).update(finished_at=long_ago)
    forgetting = ask(upkeep.forget, by=zhou)
    worker.drain()
    assert Job.objects.get(pk=forgetting.pk).status == "done"
    assert not Job.objects.filter(pk=job.pk).exists()
    entries = HistoryEntry.objects.filter(label__startswith="jobs.")
    assert {entry.verb for entry in entries} == {"created"}  # the cancellation


@pytest.mark.django_db(transaction=True)
def test_a_job_that_is_being_done_again_is_not_forgotten(zhang):
    job = a_count(zhang)
    job.cancel(by=zhang)
    long_ago = timezone.now() - timedelta(days=91)
    Job.objects.filter(pk=job.pk).update(finished_at=long_ago)
    with transaction.atomic():
        job.retry(by=zhang)
        assert together(1, lambda _number: sweeping.forget_jobs()) == [False]
    assert Job.objects.get(pk=job.pk).status == "waiting"


# --- Working days, and whether anybody works ------------------------------------------


def test_the_administrator_edits_the_holidays(zhou, sign_in):
    browser = sign_in(zhou)
    url = "/system/holidays/add/"
    new = {"day": "2027-01-01", "kind": "holiday", "name": "元旦"}
    assert browser.post(url, form_of(browser, url) | new).status_code == 302
    day = Holiday.objects.get(day=date(2027, 1, 1))
    page = browser.get("/system/holidays/?day_after=2027-01-01").text
    assert 'data-total="1"' in page
    again = browser.post(url, form_of(browser, url) | new)
    assert (again.status_code, "invalid-feedback" in again.text) == (422, True)
    browser.post(f"/system/holidays/{day.pk}/delete/", {"version": day.version})
    assert not Holiday.objects.filter(pk=day.pk).exists()


def test_december_warns_on_the_page_and_the_workbench(zhou, zhang, client, monkeypatch):
    monkeypatch.setattr(working_days, "DECEMBER", timezone.localdate().month)
    year = timezone.localdate().year + 1
    Holiday.objects.filter(day__year=year).delete()
    for person, warned in ((zhou, True), (zhang, False)):
        client.force_login(person)
        assert (f'data-missing-year="{year}"' in client.get(PAGE).text) is warned
        assert ('data-card="missing_holidays"' in client.get("/").text) is warned
    Holiday.objects.create(day=date(year, 1, 1), kind="holiday")
    client.force_login(zhou)
    assert "data-missing-year" not in client.get(PAGE).text
    assert "missing_holidays" not in client.get("/").text


def test_a_silent_worker_is_told_and_people_are_served_all_the_same(zhang, sign_in):
    browser = sign_in(zhang)
    assert browser.get("/health/").text == "ok"  # none was ever there
    assert SILENT in browser.get(PAGE).text
    Beat.objects.give("here:1")
    assert browser.get("/health/").text == "ok"
    assert SILENT not in browser.get(PAGE).text
    with connection.cursor() as cursor:
        cursor.execute("UPDATE jobs_beat SET seen_at = now() - interval '121 s'")
    answer = browser.get("/health/")
    assert (answer.status_code, answer.text) == (200, "ok, but no worker")
    assert SILENT in browser.get(PAGE).text
    Beat.objects.expect()  # one is being started
    assert browser.get("/health/").text == "ok"


ALONE = ("/system/backups/run/", "/system/seals/check/", "/system/duplicates/scan/")


@pytest.mark.django_db(transaction=True)
def test_of_all_who_ask_at_one_moment_for_the_same_work_one_gets_it(zhou, lina):
    for address in ALONE:
        person = lina if "duplicates" in address else zhou
        browsers = [signed_in(person) for _n in range(3)]
        answers = together(3, lambda n, b=browsers, a=address: b[n].post(a).status_code)
        assert sorted(answers) == [302, 409, 409], address
    assert Job.objects.count() == len(ALONE)
