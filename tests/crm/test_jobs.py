"""Jobs: asked for once, done slice by slice with the rights of the moment."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from crm.jobs import taking
from crm.jobs.asking import ask
from crm.jobs.background import UPGRADE
from crm.jobs.models import Beat, Cancellation, Job
from crm.jobs.slices import Failed, Lost, do_slice
from crm.models import HistoryEntry
from crm.notices.models import Notice
from tests import works
from tests.people import dismiss
from tests.races import together

pytestmark = pytest.mark.django_db


def a_count(person, upto=3, **options):
    """Ask for a job of some slices."""
    return ask(works.count, by=person, upto=upto, person=person.pk, **options)


def now(job):
    """Return the job as it is now."""
    return Job.objects.get(pk=job.pk)


def die(worker, job):
    """Leave a job as a killed worker does: its lease is free (test_worker_killed)."""
    worker.lease.release(job.pk)


def soon():
    """Let what waits for a while be tried at once."""
    DBTaskResult.objects.filter(status="READY").update(
        run_after=timezone.now() - timedelta(seconds=1)
    )


def test_a_job_is_done_slice_by_slice(zhang, worker):
    job = a_count(zhang)
    assert (job.status, job.percent) == ("waiting", 0)
    worker.drain()
    job = now(job)
    assert works.counted() == [0, 1, 2]
    assert (job.status, job.percent, job.done, job.total) == ("done", 100, 3, 3)
    assert job.finished_at
    assert job.queued.status == "SUCCESSFUL"


def test_progress_is_kept_between_slices(zhang, worker):
    job = a_count(zhang, upto=4)
    taken = taking.take(worker.lease, "worker")
    assert taken == job
    assert do_slice(job.pk, taken.run)
    assert (now(job).status, now(job).percent) == ("running", 25)


def test_what_is_taken_back_with_the_request_was_never_asked_for(zhang, worker):
    with transaction.atomic():
        a_count(zhang)
        transaction.set_rollback(True)
    worker.drain()
    assert works.counted() == []
    assert not DBTaskResult.objects.exists()


def test_asked_for_twice_under_one_key_it_is_one_job(zhang, wang):
    job = a_count(zhang, key="a")
    assert a_count(zhang, key="a") == job
    assert Job.objects.count() == DBTaskResult.objects.count() == 1
    with pytest.raises(ValidationError):
        ask(works.count, by=wang, key="a", upto=1, person=wang.pk)


def test_two_jobs_of_one_key_are_refused_by_the_database(zhang):
    job = a_count(zhang, key="a")
    other = a_count(zhang)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=other.pk).update(key=job.key)


def test_nobody_fills_the_queue_for_all_others(zhang, wang, monkeypatch):
    monkeypatch.setattr("crm.jobs.models.job.MOST_UNFINISHED", 2)
    a_count(zhang), a_count(zhang)
    with pytest.raises(ValidationError, match="2"):
        a_count(zhang)
    a_count(wang)


def test_nor_by_having_cancelled_jobs_done_again(zhang, zhou, monkeypatch):
    monkeypatch.setattr("crm.jobs.models.job.MOST_UNFINISHED", 2)
    cancelled = a_count(zhang)
    cancelled.cancel(by=zhang)
    a_count(zhang), a_count(zhang)
    with pytest.raises(ValidationError, match="2"):
        now(cancelled).retry(by=zhang)
    assert now(cancelled).status == "cancelled"
    now(cancelled).retry(by=zhou)  # who looks after the queue knows


# --- Whose rights ---------------------------------------------------------------------


def test_who_left_meanwhile_has_nothing_done(zhang, worker):
    job = a_count(zhang)
    dismiss(zhang)
    worker.drain()
    assert (now(job).status, now(job).reason) == ("failed", "person")
    assert works.counted() == []


def test_a_right_taken_away_meanwhile_counts(zhang, worker):
    job, again = ask(works.look, by=zhang), ask(works.look, by=zhang)
    assert worker.work()
    assert now(job).status == "done"
    zhang.role_assignments.all().delete()
    worker.drain()
    assert (now(again).status, now(again).reason) == ("failed", "right")


def test_what_a_slice_changes_is_the_doing_of_whoever_asked(zhang, worker):
    job = a_count(zhang, upto=1)
    worker.drain()
    entries = HistoryEntry.objects.filter(label="jobs.job", object_id=job.pk)
    assert not entries.exists()  # asked for outside of a request: nobody did it
    with pytest.raises(ValidationError):
        now(job).cancel(by=zhang)


# --- How it ends ----------------------------------------------------------------------


def test_a_fault_is_tried_three_times_and_then_told_without_details(zhang, worker):
    job = ask(works.stumble, by=zhang)
    for tries in (1, 2):
        worker.drain()
        assert (now(job).status, now(job).tries) == ("waiting", tries)
        assert not worker.work()  # not before a while
        soon()
    worker.drain()
    job = now(job)
    assert (job.status, job.reason, job.detail, job.tries) == ("failed", "fault", "", 3)
    notice = Notice.objects.get(person=zhang)
    assert notice.verb == "job_failed"
    assert "secret" not in str(job.queued.__dict__)


def test_a_refusal_is_told_in_words_and_not_tried_again(zhang, worker):
    job = ask(works.refuse, by=zhang)
    worker.drain()
    job = now(job)
    assert (job.status, job.reason, job.run) == ("failed", "refused", 1)
    assert job.detail == "今天不行。"


def test_work_that_is_no_more_is_said_to_be_unknown(zhang, worker):
    job = a_count(zhang)
    yesterday = timezone.now() - UPGRADE
    Job.objects.filter(pk=job.pk).update(
        task_path="tests.works.gone", asked_at=yesterday
    )
    worker.drain()
    assert now(job).reason == "unknown"


def test_work_that_a_newer_version_brings_is_left_to_its_worker(zhang, worker):
    job = a_count(zhang)
    known = job.task_path
    Job.objects.filter(pk=job.pk).update(task_path="tests.works.to_come")
    for _time in range(taking.MOST_TRIES + 1):
        worker.drain()
        assert (now(job).status, now(job).tries) == ("waiting", 0)
        soon()
    Job.objects.filter(pk=job.pk).update(task_path=known)
    worker.drain()
    assert now(job).status == "done"


def test_whoever_asked_is_told_when_it_is_done(zhang, worker):
    job = a_count(zhang, upto=1)
    worker.drain()
    notice = Notice.objects.get(verb="job_done")
    assert (notice.person, notice.subjects[0][0]) == (zhang, job.pk)


def test_a_waiting_job_is_cancelled_at_once(zhang, worker):
    job = a_count(zhang)
    job.cancel(by=zhang)
    worker.drain()
    assert now(job).status == "cancelled"
    assert works.counted() == []
    with pytest.raises(ValidationError):
        job.cancel(by=zhang)


def test_a_running_job_is_cancelled_after_its_slice(zhang, worker):
    job = a_count(zhang)
    run = taking.take(worker.lease, "worker").run
    do_slice(job.pk, run)
    now(job).cancel(by=zhang)
    assert now(job).status == "running"
    assert not do_slice(job.pk, run)
    assert now(job).status == "cancelled"
    assert works.counted() == [0]
    assert Cancellation.objects.get(job=job).by == zhang


def test_one_that_is_put_back_just_then_is_cancelled_all_the_same(zhang, worker):
    job = a_count(zhang)
    run = taking.take(worker.lease, "worker").run
    to_come = ["put back"]

    def put_back_meanwhile(execute, sql, *given):
        done = execute(sql, *given)
        if to_come and sql.startswith("UPDATE"):
            to_come.clear()
            taking.put_back(job.pk, run)
        return done

    with connection.execute_wrapper(put_back_meanwhile):
        now(job).cancel(by=zhang)
    assert now(job).status == "waiting"
    worker.lease.release(job.pk)
    worker.drain()
    assert now(job).status == "cancelled"
    assert works.counted() == []


def test_what_was_cancelled_goes_on_where_it_stopped(zhang, worker):
    job = a_count(zhang)
    run = taking.take(worker.lease, "worker").run
    do_slice(job.pk, run)
    now(job).cancel(by=zhang)
    do_slice(job.pk, run)
    worker.lease.release(job.pk)
    now(job).retry(by=zhang)
    worker.drain()
    assert now(job).status == "done"
    assert works.counted() == [0, 1, 2]
    with pytest.raises(ValidationError):
        now(job).retry(by=zhang)


# --- Who works on it ------------------------------------------------------------------


def test_a_job_is_taken_by_one_worker(zhang, worker):
    a_count(zhang)
    assert taking.take(worker.lease, "one")
    assert taking.take(worker.lease, "other") is None


@pytest.mark.django_db(transaction=True)
def test_a_job_that_is_being_cancelled_is_passed_over(zhang):
    """Neither waits for the other while holding what the other wants next."""
    job = a_count(zhang)

    def take(_number):
        lease = taking.Lease()
        try:
            return taking.take(lease, "other")
        finally:
            lease.close()

    with transaction.atomic():
        Job.objects.select_for_update().get(pk=job.pk)
        assert together(1, take) == [None]
        job.cancel(by=zhang)
    assert now(job).status == "cancelled"


def test_a_job_whose_worker_lives_is_left_to_it(zhang, worker):
    taken = (a_count(zhang), taking.take(worker.lease, "one"))[1]
    assert taking.recover() == 0
    die(worker, taken)
    assert taking.recover() == 1
    assert now(taken).status == "waiting"


def test_one_that_was_believed_dead_does_nothing_more(zhang, worker):
    job = a_count(zhang)
    first = taking.take(worker.lease, "one")
    die(worker, job)
    taking.recover()
    second = taking.take(worker.lease, "other")
    assert second.run == first.run + 1
    with pytest.raises(Lost):
        do_slice(job.pk, first.run)
    assert do_slice(job.pk, second.run)
    assert works.counted() == [0]


def test_one_that_kills_its_worker_each_time_is_given_up(zhang, worker):
    job = a_count(zhang)
    for _time in range(taking.MOST_TRIES):
        assert taking.take(worker.lease, "worker")
        die(worker, job)
        assert taking.recover() == 1
    assert (now(job).status, now(job).reason) == ("failed", "died")
    assert taking.take(worker.lease, "worker") is None


def test_tries_count_only_where_nothing_moves(zhang, worker):
    job = a_count(zhang, upto=9)
    for _time in range(6):
        taken = taking.take(worker.lease, "worker")
        do_slice(job.pk, taken.run)
        die(worker, job)
        taking.recover()
    worker.drain()
    assert now(job).status == "done"
    assert works.counted() == list(range(9))


def test_a_worker_that_is_told_to_stop_puts_its_job_back(zhang, worker):
    job = a_count(zhang)
    worker.stop()
    worker.work()
    assert (now(job).status, now(job).tries) == ("waiting", 0)
    assert works.counted() == [0]


def test_one_that_does_what_waits_and_ends_can_be_stopped(zhang, worker):
    a_count(zhang), a_count(zhang)
    worker.stop()
    worker.drain()
    assert works.counted() == []


def test_a_long_job_lets_others_have_their_turn(zhang, wang, worker, monkeypatch):
    monkeypatch.setattr("crm.jobs.worker.TURN", 0)
    long, short = a_count(zhang), ask(works.look, by=wang)
    worker.work()
    assert now(long).status == "waiting"
    worker.work()
    assert now(short).status == "done"


def test_failed_needs_a_reason_and_an_end(zhang):
    job = a_count(zhang)
    for wrong in ({"status": "failed"}, {"status": "done"}, {"status": "lost"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.filter(pk=job.pk).update(**wrong)


def test_the_reason_of_a_failure_is_kept(zhang, worker):
    job = a_count(zhang)
    taken = taking.take(worker.lease, "worker")
    taking.fail(job.pk, taken.run, Failed(Job.Reason.REFUSED, "长" * 2000))
    assert len(now(job).detail) == 1000


def test_the_newest_sign_of_life_is_never_forgotten():
    Beat.objects.give("old")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE jobs_beat SET seen_at = now() - interval '9 days'")
    assert not Beat.objects.alive().exists()
    assert Beat.objects.exists()
    Beat.objects.give("new")
    assert [beat.name for beat in Beat.objects.all()] == ["new"]
