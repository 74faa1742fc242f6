"""系统工具 › 备份: one is made in the background, proved, kept for a time, fetched."""

import platform
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.backups import container, manifest, places, retention, shelf, work
from crm.backups.models import TRYING, Backup
from crm.backups.refusals import Refused
from crm.guards.actor import acting
from crm.jobs import shipped
from crm.jobs.asking import ask
from crm.jobs.background import Context
from crm.jobs.models import Job, Schedule
from crm.models import HistoryEntry
from crm.notices.models import Notice
from tests.installations import address, environment
from tests.people import PASSWORD

PAGE = "/system/backups/"
RUN = f"{PAGE}run/"
PATIENCE = 240  # seconds for what takes some on a busy machine


@pytest.fixture
def var(settings, tmp_path):
    """A directory of data, for the workers and for the pages."""
    settings.BACKUPS = tmp_path / "backups"
    return tmp_path


def a_backup(days=0, **fields):
    """Return the row of a backup that was made some days ago."""
    moment = timezone.now() - timedelta(days=days)
    given = {"state": "done", "size": 1, "made_at": moment, "begun_at": moment}
    verified = fields.pop("verified", None)
    backup = Backup.objects.create(name=f"crm-{days} days", **(given | fields))
    if verified is not None:
        with acting(None, verb=TRYING):
            Backup.objects.filter(pk=backup.pk).update(verified=verified)
        backup.refresh_from_db()
    return backup


# --- The road of the administrator ----------------------------------------------------


def worker(var, *more):
    """Start a worker on the database of this test."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "worker", *more],
        cwd=settings.ROOT,
        env=environment(var, address()),
    )


def wait_for(happens):
    """Wait until something is true; fail when it never is."""
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.installation
def test_one_is_made_although_the_worker_is_killed_and_then_fetched(
    transactional_db, zhou, sign_in, var
):
    shipped.fill()
    browser = sign_in(zhou)
    assert browser.post(RUN).status_code == 302
    assert browser.post(RUN).status_code == 409
    job = Job.objects.get()
    killed = worker(var)
    wait_for(lambda: list((var / "backups").glob("new-*")))
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert worker(var, "--once").wait(PATIENCE) == 0
    job.refresh_from_db()
    assert (job.status, job.percent) == ("done", 100)
    backup = Backup.objects.filter(verified=True).latest("pk")
    page = browser.get(PAGE)
    assert f'data-id="{backup.pk}" data-status="done" data-verified="yes"' in page.text
    assert "manage.py restore" in page.text
    made = HistoryEntry.objects.filter(label="backups.backup", verb="created")
    assert made.first().actor_name == zhou.name
    fetched_only_with_the_password(browser, backup)


def fetched_only_with_the_password(browser, backup):
    """The download asks for it, is written down, and is the file."""
    session = browser.session
    session["account_authentication_methods"] = []  # typed long ago
    session.save()
    url = f"{PAGE}{backup.pk}/download/"
    assert browser.post(url).url.startswith("/profile/confirm/?next=")
    given = {"password": PASSWORD, "next": url}
    sent = browser.post("/profile/confirm/", given)
    content = b"".join(sent.streaming_content)
    assert content == (places.home() / backup.name).read_bytes()
    assert "attachment" in sent.headers["Content-Disposition"]
    entry = HistoryEntry.objects.filter(verb="downloaded").latest("pk")
    assert (entry.label, entry.object_id) == ("backups.backup", backup.pk)


@pytest.mark.django_db
def test_nobody_else_comes_near(zhang, lina, zhou, sign_in, var):
    backup = a_backup(verified=True)
    for person in (zhang, lina):
        browser = sign_in(person)
        assert browser.get(PAGE).status_code == 403
        assert browser.post(RUN).status_code == 403
        assert browser.post(f"{PAGE}{backup.pk}/download/").status_code == 403
    assert sign_in(zhang).get(RUN).status_code == 405
    assert sign_in(zhou).get(f"{PAGE}{backup.pk}/download/").status_code == 405
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_a_file_of_another_machine_is_said_to_be_there(zhou, sign_in, var):
    backup = a_backup(verified=True, host="app-2")
    answer = sign_in(zhou).post(f"{PAGE}{backup.pk}/download/")
    assert answer.status_code == 409
    assert "app-2" in answer.text


# --- What is too old is told ----------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "verified", "is_overdue"),
    [(1, True, False), (3, True, True), (3, None, False), (1, False, False)],
)
def test_a_proved_backup_is_not_older_than_two_days(
    zhou, zhang, sign_in, client, var, days, verified, is_overdue
):
    """A new installation has two days for its first one."""
    a_backup(days, verified=verified)
    shown = 'data-backup="overdue"' in sign_in(zhou).get(PAGE).text
    assert shown is is_overdue
    health = client.get("/health/")
    told = "ok, but no backup" if is_overdue else "ok"
    assert (health.status_code, health.text) == (200, told)
    work.watch.call(Context(None, None, 0, 0))
    rows = Notice.objects.filter(verb="backup_overdue").values_list("person", flat=True)
    assert list(rows) == ([zhou.pk] if is_overdue else [])


@pytest.mark.django_db
def test_a_scheduled_backup_that_fails_tells_the_administrators(zhou, zhang, var):
    backup = a_backup(size=None, made_at=None, state="running")
    shelf.refused(backup, Refused("tools_old", tools=15, server=18))
    context = Context(None, {"backup": backup.pk}, 0, 0)
    context.place = work.back_up.call(context)
    notice = Notice.objects.get(verb="backup_failed")
    assert notice.person == zhou
    assert "15" in notice.reason
    with pytest.raises(Exception, match="15"):
        work.back_up.call(context)


@pytest.mark.django_db
def test_nobody_makes_a_backup_proved_but_who_proves_it(var, wang):
    """As somebody would who has got hold of the role that serves pages."""
    backup = a_backup()
    now = timezone.now()
    changes = (
        {"verified": True},
        {"verified": False, "verified_at": now},
        {"copied": True},
        {"size": 2},
        {"made_at": now},
        {"state": "failed"},
        {"name": "crm-2026-11-27-023000.tar"},
        {"person": wang},
    )
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            Backup.objects.filter(pk=backup.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Backup.objects.create(
            name="x", state="done", size=1, made_at=now, verified=True
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        backup.delete()
    shelf.refused(backup, Refused("damaged"))
    shelf.proved(backup)
    backup.refresh_from_db()
    assert backup.verified


@pytest.mark.django_db
def test_what_was_only_interrupted_is_begun_anew(var):
    backup = a_backup(size=None, made_at=None, state="running")
    shelf.refused(backup, Refused("stopped"))
    place = work.back_up.call(Context(None, {"backup": backup.pk}, 0, 0))
    assert place["backup"] != backup.pk


@pytest.mark.django_db
def test_a_process_that_always_dies_is_not_started_for_ever(var):
    long_ago = timezone.now() - timedelta(hours=1)
    backup = a_backup(size=None, made_at=None, state="running", seen_at=long_ago)
    with pytest.raises(ValidationError, match="一再中断"):
        work.back_up.call(Context(None, {"backup": backup.pk, "starts": 3}, 0, 0))


@pytest.mark.django_db
def test_one_is_due_every_night_by_itself(db):
    shipped.fill()
    schedule = Schedule.objects.get(task_path=work.back_up.module_path)
    assert (schedule.active, schedule.rhythm) == (True, "daily")
    with acting(None):
        job = ask(work.back_up, by=None, schedule=schedule)
    assert job.status == "waiting"


# --- What is kept ---------------------------------------------------------------------


def test_days_weeks_and_months_are_kept_and_always_the_newest_proved_one():
    now = datetime(2026, 11, 27, 2, 30, tzinfo=UTC)
    made = [
        Backup(pk=day, made_at=now - timedelta(days=day), verified=day > 2)
        for day in range(800)
    ]
    gone = {one.pk for one in retention.superfluous(made)}
    ages = [one.pk for one in made if one.pk not in gone]
    assert ages[:7] == [0, 1, 2, 3, 4, 5, 6]
    assert len(ages) <= 7 + 4 + 12
    assert ages[-1] > 330
    hours = [Backup(pk=n, made_at=now - timedelta(hours=n)) for n in range(24)]
    assert retention.superfluous(hours) == []
    lonely = [Backup(pk=n, made_at=now - timedelta(days=n)) for n in range(900)]
    lonely[-1].verified = True
    assert lonely[-1] not in retention.superfluous(lonely)


@pytest.mark.django_db
def test_a_file_that_no_row_tells_of_is_taken_over(var):
    told = manifest.Manifest(
        made_at="2026-11-26T02:30:00+00:00",
        version="1.0.0",
        server=18,
        tools=18,
        migrations=[],
        tables={},
    )
    dump = var / "dump"
    dump.write_bytes(b"-")
    path = places.home() / "crm-2026-11-26-103000.tar"
    container.write(path, told, dump, None, datetime(2026, 11, 26, tzinfo=UTC))
    (places.home() / "crm-2026-11-25-103000.tar").write_bytes(b"no backup")
    lost = a_backup(5, host=platform.node())
    shelf.tidy()
    (backup,) = Backup.objects.all()
    assert (backup.name, backup.verdict) == (path.name, "waiting")
    assert backup.pk != lost.pk
