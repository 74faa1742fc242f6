"""Notices by mail: one letter a day, whatever the mail server does."""

import smtplib
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.jobs import shipped
from crm.jobs.asking import ask
from crm.jobs.worker import Worker
from crm.models import User
from crm.notices import mailing
from crm.notices.models import ByMail, Letter, Notice, Unwanted
from crm.notices.sending import notify
from customers.models import Customer
from system.reminders.work import remind, send_letters
from tests.browsers import Browser
from tests.factories import a_customer
from tests.letters import HANGS_UP, IS_SLOW, REFUSED, REFUSES, REFUSES_SOME, mail_server
from tests.pages import form_of, shows
from tests.people import PASSWORD, dismiss

pytestmark = pytest.mark.django_db

NAME = "昆明滇池食品有限公司"


@pytest.fixture(autouse=True)
def _at_once(db, monkeypatch):
    """Let a letter be tried again at once, and a job after a fault, too."""
    shipped.fill()
    monkeypatch.setattr("crm.notices.mailing.PAUSE", timedelta())
    monkeypatch.setattr("crm.jobs.taking.PAUSE", timedelta())


def reached_by_mail(person, *verbs, address=""):
    """Let a person have an address and wish for letters."""
    User.objects.filter(pk=person.pk).update(
        email=address or f"{person.username}@example.com"
    )
    for verb in verbs or ("returned",):
        ByMail.objects.create(person=person, verb=verb)


def post_letters():
    """Have the letters of today sent, as the schedule does; return the job."""
    job = ask(send_letters, by=None)
    work()
    job.refresh_from_db()
    return job


def work():
    """Let a worker do what waits."""
    worker = Worker()
    while worker.work():
        pass
    worker.lease.close()


def returned(owner, by, name=NAME):
    """Return a report of the owner's."""
    report = a_customer(owner, registered=False, name=name)
    report.send_back(by, "请补充地址")
    return report


def test_a_letter_a_day_tells_what_is_new_and_unread(zhang, lina, settings):
    reached_by_mail(zhang)
    returned(zhang, lina)
    with mail_server(settings) as server:
        assert post_letters().status == "done"
        returned(zhang, lina, name="当天晚些时候")
        assert post_letters().status == "done"
    (letter,) = server.letters
    text = letter.get_content()
    assert letter["To"] == "sales@example.com"
    assert "1 条新通知" in letter["Subject"]
    assert NAME in text
    assert "请补充地址" in text
    assert "李娜" in text
    assert letter["Message-ID"].startswith(f"<notices-{timezone.localdate()}-")


def test_a_letter_is_in_the_language_of_its_reader(
    zhang, wang, lina, settings, sign_in
):
    """张伟 has switched in his browser, 王芳 in hers before she signed in."""
    sign_in(zhang).post("/language/", {"language": "en"})
    hers = Browser()
    hers.post("/language/", {"language": "en"})
    hers.post("/login/", {"login": wang.username, "password": PASSWORD})
    for person in (zhang, wang):
        reached_by_mail(person)
        returned(person, lina, name=f"{NAME}{person.pk}")
    with mail_server(settings) as server:
        post_letters()
    for letter in server.letters:
        assert "1 new notice" in letter["Subject"]
        assert "新通知" not in letter.get_content()
    elsewhere = Browser()
    elsewhere.post("/login/", {"login": wang.username, "password": PASSWORD})
    assert '<html lang="en">' in elsewhere.get("/notices/").text


def test_the_next_day_tells_only_what_has_come_since(zhang, lina, settings):
    reached_by_mail(zhang)
    returned(zhang, lina)
    with mail_server(settings) as server:
        post_letters()
        Letter.objects.update(day=timezone.localdate() - timedelta(days=1))
        post_letters()
        assert len(server.letters) == 1
        returned(zhang, lina, name="大理苍山雪茶有限公司")
        post_letters()
    assert "大理苍山雪茶有限公司" in server.letters[1].get_content()


def test_what_was_read_goes_to_nobody(zhang, lina, settings):
    reached_by_mail(zhang)
    returned(zhang, lina)
    Notice.objects.update(read_at=timezone.now())
    with mail_server(settings) as server:
        assert post_letters().status == "done"
    assert not server.letters
    assert not Letter.objects.exists()


def test_what_is_wanted_by_mail_alone_is_not_in_the_bell(
    zhang, lina, settings, sign_in
):
    reached_by_mail(zhang)
    Unwanted.objects.create(person=zhang, verb="returned")
    returned(zhang, lina)
    page = sign_in(zhang).get("/notices/")
    assert 'data-unread="0"' in page.text
    assert not shows(page, NAME)
    with mail_server(settings) as server:
        post_letters()
    assert NAME in server.letters[0].get_content()


def test_a_letter_names_nothing_that_its_reader_may_not_see_any_more(
    zhang, wang, lina, settings
):
    reached_by_mail(zhang, "registered")
    report = a_customer(zhang, registered=False, name=NAME)
    report.register(lina)
    Customer.objects.filter(pk=report.pk).update(owner=wang)
    with mail_server(settings) as server:
        post_letters()
    text = server.letters[0].get_content()
    assert NAME not in text
    assert "另有 1 条" in text


def test_who_has_left_or_wants_none_gets_none(zhang, wang, liu, lina, settings):
    for person in (zhang, liu):
        reached_by_mail(person)
    User.objects.filter(pk=liu.pk).update(email="")
    for person in (zhang, wang, liu):
        returned(person, lina)
    dismiss(zhang)
    with mail_server(settings) as server:
        assert post_letters().status == "done"
    assert not server.letters


def test_without_a_mail_server_nothing_is_tried(zhang, lina):
    reached_by_mail(zhang)
    returned(zhang, lina)
    assert post_letters().status == "done"
    assert not Letter.objects.exists()


def test_reminders_go_by_mail_too(zhang, settings):
    reached_by_mail(zhang, "contact_overdue")
    customer = a_customer(zhang, name=NAME)
    Customer.objects.filter(pk=customer.pk).update(
        next_contact_at=timezone.now() - timedelta(days=3)
    )
    ask(remind, by=None)
    with mail_server(settings) as server:
        post_letters()
    assert NAME in server.letters[0].get_content()


# --- Servers that behave badly --------------------------------------------------------


def told_on_the_page(job, zhou, sign_in):
    """Return what the page of the jobs says of a job."""
    browser = sign_in(zhou)
    assert shows(browser.get("/system/jobs/"), job.detail)
    return browser.get(f"/system/jobs/{job.pk}/").text


def test_a_letter_that_is_refused_is_tried_three_times_and_stops_no_other(
    zhang, wang, lina, zhou, settings, sign_in
):
    reached_by_mail(zhang, address="nobody@example.com")
    reached_by_mail(wang)
    for person in (zhang, wang):
        returned(person, lina)
    with mail_server(settings, REFUSES_SOME) as server:
        job = post_letters()
        assert (job.status, server.met) == ("failed", 4)
        assert [letter["To"] for letter in server.letters] == ["sales2@example.com"]
        assert "张伟" in job.detail
        assert REFUSED[:20] in job.detail
        assert 'data-status="failed"' in told_on_the_page(job, zhou, sign_in)
        server.manners = 0
        job.retry(by=zhou)
        work()
        job.refresh_from_db()
        assert job.status == "done"
        assert len(server.letters) == 2


@pytest.mark.parametrize("manners", [REFUSES, HANGS_UP, IS_SLOW])
def test_a_server_that_takes_no_letter_is_told_of(manners, zhang, lina, settings):
    reached_by_mail(zhang)
    returned(zhang, lina)
    with mail_server(settings, manners) as server:
        settings.EMAIL_TIMEOUT = 0.3 if manners == IS_SLOW else 20
        job = post_letters()
        assert (job.status, server.met) == ("failed", 3)
    letter = Letter.objects.get()
    assert (letter.tries, letter.sent_at) == (3, None)
    assert letter.trouble in job.detail
    assert Notice.objects.get().mailed_at is None


def test_a_server_that_is_not_there_is_tried_three_times(
    zhang, wang, lina, zhou, settings, sign_in, monkeypatch
):
    for person in (zhang, wang):
        reached_by_mail(person)
        returned(person, lina)
    with mail_server(settings):
        pass  # it is gone by now, its port is free
    calls = []
    connect = smtplib.SMTP.connect
    monkeypatch.setattr(
        smtplib.SMTP, "connect", lambda *a: calls.append(a) or connect(*a)
    )
    job = post_letters()
    assert (job.status, len(calls)) == ("failed", 3)
    assert "无法连接邮件服务器" in job.detail
    told_on_the_page(job, zhou, sign_in)
    assert not Letter.objects.exclude(tries=0).exists()


def test_a_letter_waits_before_it_is_tried_again(zhang, lina, settings, monkeypatch):
    monkeypatch.setattr("crm.notices.mailing.PAUSE", timedelta(minutes=5))
    reached_by_mail(zhang)
    returned(zhang, lina)
    with mail_server(settings, REFUSES) as server:
        job = post_letters()
        assert (job.status, server.met) == ("waiting", 1)
        after = job.queued.run_after - timezone.now()
        assert timedelta(minutes=4) < after <= timedelta(minutes=5)
        monkeypatch.setattr("crm.notices.mailing.PAUSE", timedelta())
        server.manners = 0
        type(job.queued).objects.update(run_after=timezone.now())
        work()
        assert len(server.letters) == 1
    job.refresh_from_db()
    assert job.status == "done"


# --- Wishes ---------------------------------------------------------------------------


def test_everybody_says_what_comes_by_mail(zhang, lina, settings, sign_in):
    browser, page = sign_in(zhang), "/notices/settings/"
    assert shows(browser.get(page), "未设置邮件服务器。")
    settings.EMAIL_HOST = "127.0.0.1"
    assert shows(browser.get(page), "您尚未填写电子邮箱。")
    reached_by_mail(zhang, "registered")
    sent = form_of(browser, page)
    assert sent["mailed"] in ("registered", ["registered"])
    browser.post(page, {**sent, "mailed": ["returned", "birthday"]})
    verbs = ByMail.objects.filter(person=zhang).values_list("verb", flat=True)
    assert set(verbs) == {"returned", "birthday"}
    assert browser.post(page, {**sent, "mailed": "weather"}).status_code == 422


def test_who_wants_neither_is_told_nothing(zhang, lina):
    Unwanted.objects.create(person=zhang, verb="returned")
    returned(zhang, lina)
    assert not Notice.objects.exists()
    notify(zhang.pk, "registered", a_customer(zhang), by=lina)
    assert Notice.objects.get().in_bell


def test_a_letter_is_written_down_once_for_a_day(zhang, lina):
    reached_by_mail(zhang)
    returned(zhang, lina)
    today = timezone.localdate()
    assert [mailing.write_down(today) for _time in range(2)] == [1, 1]
    assert Letter.objects.count() == 1
