"""提醒: whom the clock tells what, once each, and never what they may not see."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts import approval
from contracts.models import Contract, Round
from crm.jobs import shipped
from crm.jobs.asking import ask
from crm.jobs.models import Holiday, Job, Reminder
from crm.jobs.worker import Worker
from crm.jobs.working_days import working_days_ago
from crm.models import Deputy, User
from crm.notices.models import Notice, Reminded, Unwanted
from crm.queries.days import codes_of
from customers.models import Customer, Membership
from system.calendar.models import CalendarEvent
from system.calendar.reminders import is_anybody_due
from system.calendar.work import remind_soon
from system.reminders.work import remind, remind_person
from tests.factories import a_contact, a_contract, a_customer
from tests.pages import form_of, shows
from tests.people import dismiss, let_leave

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def _shipped(db):
    """Bring what ships: a test that writes for good leaves empty tables behind."""
    shipped.fill()


def tell(*people, on=FRIDAY):
    """Remind people on a day as the job does, with the rights they have by now."""
    for person in people:
        remind_person(User.objects.with_grants().get(pk=person.pk), on)


def written(rows, **values):
    """Let rows have values that no verb gives them: what happened days ago."""
    table = rows.model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        rows.update(**values)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def told(person, *verbs):
    """Return [(verb, titles)] of what a person was told."""
    rows = Notice.objects.filter(person=person).order_by("pk")
    rows = rows.filter(verb__in=verbs) if verbs else rows
    return [(n.verb, [title for _pk, title in n.subjects]) for n in rows]


def in_force(owner, lina, left, **fields):
    """Return a contract in force that ends so many days after that Friday."""
    contract = a_contract(owner, ends_on=FRIDAY + timedelta(days=left), **fields)
    approval.submit(contract, by=owner)
    approval.register(contract, by=lina)
    Notice.objects.all().delete()
    return contract


def at_ten(day):
    """Return ten o'clock of a day in Shanghai."""
    return timezone.make_aware(datetime.combine(day, time(10)))


# --- Contracts that end ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "expected"),
    [(91, 0), (90, 1), (61, 1), (30, 1), (7, 1), (0, 1), (-1, 0)],
)
def test_a_contract_that_ends_is_told_to_its_owner(left, expected, zhang, lina):
    contract = in_force(zhang, lina, left)
    tell(zhang)
    tell(zhang)
    title = f"{contract} · {contract.ends_on}"
    assert told(zhang) == [("contract_ends", [title])] * expected


def test_each_of_the_four_times_is_told_once_whatever_days_were_missed(zhang, lina):
    contract = in_force(zhang, lina, 100)
    for days in range(102):
        Notice.objects.update(read_at=timezone.now())
        tell(zhang, on=FRIDAY + timedelta(days=days))
    marks = Reminded.objects.filter(subject=contract.pk).order_by("pk")
    assert [one.mark for one in marks] == [
        f"{contract.ends_on}:{n}" for n in (90, 60, 30, 7)
    ]
    assert Notice.objects.count() == 4
    late = in_force(zhang, lina, 120)
    tell(zhang, on=late.ends_on - timedelta(days=5))
    assert Reminded.objects.get(subject=late.pk).mark == f"{late.ends_on}:7"


def test_only_what_is_in_force_ends(zhang, lina):
    ended = in_force(zhang, lina, 20)
    approval.complete(ended, by=lina)
    a_contract(zhang, ends_on=FRIDAY + timedelta(days=20))
    tell(zhang)
    assert told(zhang) == []


def test_the_nearest_head_is_told_of_30_and_7_days(zhang, zhao, qian, wang, lina):
    for left in (60, 30):
        in_force(zhang, lina, left)
    own = in_force(zhao, lina, 25)
    in_force(wang, lina, 25)  # no head in that department: the next one above
    tell(zhao, qian)
    found = {person: told(person, "head_contract_ends") for person in (zhao, qian)}
    assert [len(titles) for _verb, titles in found[zhao]] == [1]
    (_verb, titles), *_none = found[qian]
    assert len(titles) == 2
    assert any(title.startswith(str(own)) for title in titles)


def test_a_new_end_is_told_anew(zhang, lina):
    contract = in_force(zhang, lina, 5)
    tell(zhang)
    written(Contract.objects.all(), ends_on=FRIDAY + timedelta(days=6))
    tell(zhang)
    assert Reminded.objects.filter(subject=contract.pk).count() == 2


def test_payments_that_are_due_are_told_to_the_owner_once_each(zhang, wang, lina):
    contract = a_contract(zhang, amount=3)
    for left in (0, 0, 5):
        day = FRIDAY + timedelta(days=left)
        contract.instalments.create(due_on=day, amount=1)
    contract.refresh_from_db()
    planned = a_contract(zhang, amount=1)  # a draft owes nothing yet
    planned.instalments.create(due_on=FRIDAY, amount=1)
    approval.submit(contract, by=zhang)
    approval.register(contract, by=lina)
    Notice.objects.all().delete()
    for on in (FRIDAY, FRIDAY, FRIDAY + timedelta(days=1)):
        tell(zhang, wang, on=on)
    days = (FRIDAY, FRIDAY + timedelta(days=5))
    assert told(zhang) == [("payment_due", [f"{contract} · {day}" for day in days])]
    assert told(wang) == []


def test_a_payment_overdue_for_30_days_is_told_to_the_owner_and_two_heads(
    zhang, zhao, qian, wang, lina, sign_in
):
    due_on = timezone.localdate() - timedelta(days=30)
    contract = a_contract(zhang, amount=2)
    for day in (due_on, due_on + timedelta(days=90)):
        contract.instalments.create(due_on=day, amount=1)
    contract.refresh_from_db()
    approval.submit(contract, by=zhang)
    approval.register(contract, by=lina)
    Notice.objects.all().delete()
    for _morning in range(2):
        ask(remind, by=None)
        run_jobs()
    for person, verb in (
        (zhang, "payment_late"),
        (zhao, "head_payment_late"),
        (qian, "above_payment_late"),
    ):
        assert told(person) == [(verb, [f"{contract} · {due_on}"])]
        page = sign_in(person).get("/notices/")
        assert shows(page, "应收款逾期")
        assert f'href="{contract.get_absolute_url()}"' in page.text
    assert told(wang) == []


# --- Promises that are late -----------------------------------------------------------


def promised(owner, ago, **fields):
    """Return a customer who was to be called so many days before that Friday."""
    customer = a_customer(owner, **fields)
    Customer.objects.filter(pk=customer.pk).update(
        next_contact_at=at_ten(FRIDAY - timedelta(days=ago))
    )
    return customer


def test_a_late_promise_is_told_once_for_its_day(zhang, sign_in):
    late = promised(zhang, 1, name="昆明滇池食品有限公司")
    for ago in (0, -1):
        promised(zhang, ago)
    for days in range(3):
        tell(zhang, on=FRIDAY + timedelta(days=days and days + 30))
    titles = [title for _verb, titles in told(zhang) for title in titles]
    assert titles.count("昆明滇池食品有限公司 · 2026-11-26") == 1
    Customer.objects.filter(pk=late.pk).update(
        next_contact_at=at_ten(FRIDAY + timedelta(days=10))
    )
    tell(zhang, on=FRIDAY + timedelta(days=11))
    assert Reminded.objects.filter(subject=late.pk).count() == 2


def test_many_late_promises_are_one_notice_that_leads_to_their_list(zhang, sign_in):
    today = timezone.localdate()
    for _time in range(12):
        promised(zhang, (FRIDAY - today).days + 3)
    tell(zhang, on=today)
    notice = Notice.objects.get()
    assert (notice.verb, notice.number) == ("contact_overdue", 12)
    browser = sign_in(zhang)
    page = browser.get("/notices/")
    assert 'data-unread="1"' in page.text
    address = page.context["lines"][0]["url"]
    assert 'data-total="12"' in browser.get(address).text


def test_more_than_fit_one_transaction_are_told_in_the_next(zhang, monkeypatch):
    monkeypatch.setattr("crm.notices.reminding.AT_ONCE", 2)
    for _time in range(5):
        promised(zhang, 3)
    job = ask(remind, by=None)
    run_jobs()
    assert Job.objects.get(pk=job.pk).status == "done"
    assert Notice.objects.get(person=zhang).number == 5


def run_jobs():
    """Let a worker do what waits, as the one beside the server does it."""
    worker = Worker()
    while worker.work():
        pass
    worker.lease.close()


# --- Birthdays ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("birthday", "on", "mark"),
    [
        (date(1980, 11, 30), FRIDAY, "2026-11-30:3"),
        (date(1980, 11, 27), FRIDAY, "2026-11-27:0"),
        (date(1980, 11, 26), FRIDAY, None),
        (date(1980, 12, 1), FRIDAY, None),
        (date(1980, 1, 1), date(2026, 12, 30), "2027-01-01:3"),
        # Born on a leap day: the 28th where there is none.
        (date(1984, 2, 29), date(2027, 2, 28), "2027-02-28:0"),
        (date(1984, 2, 29), date(2028, 2, 28), "2028-02-29:3"),
        (date(1984, 2, 29), date(2028, 2, 29), "2028-02-29:0"),
        (date(1984, 2, 28), date(2028, 2, 28), "2028-02-28:0"),
    ],
)
def test_birthdays_are_told_three_days_before_and_on_the_day(birthday, on, mark, zhang):
    a_contact(a_customer(zhang), birthday=birthday)
    tell(zhang, on=on)
    tell(zhang, on=on)
    marks = list(Reminded.objects.values_list("mark", flat=True))
    assert marks == ([mark] if mark else [])


def test_every_day_of_a_year_keeps_the_birthdays_of_one_day():
    for year, number in ((2027, 366), (2028, 366)):
        days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
        codes = [code for day in days if day.year == year for code in codes_of(day)]
        assert len(codes) == len(set(codes)) == number


# --- Approvals that wait --------------------------------------------------------------


def submitted(owner, day, amount=200_000):
    """Return a contract that has waited since a day."""
    contract = a_contract(owner, amount=amount)
    approval.submit(contract, by=owner)
    written(Round.objects.filter(contract=contract), submitted_at=at_ten(day))
    Notice.objects.all().delete()
    return contract


def test_working_days_are_counted_by_the_calendar():
    assert working_days_ago(1, FRIDAY) == date(2026, 11, 26)
    assert working_days_ago(3, FRIDAY) == date(2026, 11, 24)
    assert working_days_ago(1, date(2026, 11, 30)) == date(2026, 11, 29)
    assert working_days_ago(2, date(2026, 11, 30)) == date(2026, 11, 26)
    # Over National Day, with Saturday the 10th made up.
    assert working_days_ago(2, date(2026, 10, 10)) == date(2026, 10, 8)
    assert working_days_ago(3, date(2026, 10, 9)) == date(2026, 9, 29)
    Holiday.objects.create(day=date(2026, 11, 26), kind="holiday")
    assert working_days_ago(2, FRIDAY) == date(2026, 11, 24)


def test_who_lets_a_contract_wait_is_reminded_and_then_the_head_above(
    zhang, zhao, qian, wang
):
    contract = submitted(zhang, date(2026, 11, 24))
    submitted(zhang, date(2026, 11, 27))
    title = f"{contract} · 2026-11-24"
    tell(zhang, zhao, qian, wang, on=date(2026, 11, 24))
    assert not Notice.objects.exists()
    tell(zhang, zhao, qian, wang, on=date(2026, 11, 25))
    assert told(zhao) == [("waits", [title])]
    assert told(qian) == []
    tell(zhang, zhao, qian, wang)
    tell(zhang, zhao, qian, wang)
    assert told(zhao) == [("waits", [title])]
    assert told(qian) == [("waits_below", [title])]
    assert told(zhang) == told(wang) == []


def test_the_deputy_of_who_is_away_is_reminded(zhang, zhao, sun, qian):
    today = timezone.localdate()
    submitted(zhang, today - timedelta(days=10))
    Deputy.objects.create(person=zhao, deputy=sun, starts_on=today, ends_on=today)
    tell(sun, on=today)
    assert [verb for verb, _titles in told(sun)] == ["waits"]


# --- To whom --------------------------------------------------------------------------


def test_who_stands_in_is_known_by_far_as_they_see(zhang, liu):
    seen, _unseen = promised(zhang, 3), promised(zhang, 4)
    Membership.objects.create(customer=seen, user=liu)
    Deputy.objects.create(person=zhang, deputy=liu, starts_on=FRIDAY, ends_on=FRIDAY)
    tell(liu)
    tell(liu, on=FRIDAY + timedelta(days=1))
    notice = Notice.objects.get(person=liu)
    assert (notice.number, notice.reason) == (1, "张伟")


def test_nobody_is_told_who_has_left_or_may_see_no_more(zhang, wang, zhou, lina):
    for person in (zhang, wang):
        promised(person, 3)
    dismiss(zhang)
    wang.role_assignments.all().delete()
    job = ask(remind, by=None)
    run_jobs()
    assert Job.objects.get(pk=job.pk).status == "done"
    assert not Reminded.objects.exists()
    promised(lina, 3)
    let_leave(lina)
    ask(remind, by=None)
    run_jobs()
    assert not Reminded.objects.exists()


def test_who_does_not_want_to_know_is_told_when_they_want_to(zhang):
    promised(zhang, 3)
    Unwanted.objects.create(person=zhang, verb="contact_overdue")
    tell(zhang)
    assert not Reminded.objects.exists()
    Unwanted.objects.all().delete()
    tell(zhang)
    assert Notice.objects.get().verb == "contact_overdue"


def test_a_person_costs_the_same_however_much_is_due(zhang, lina, zhao):
    costs = []
    tell(zhang)  # whose turn it is, is reckoned once and kept
    for number in (1, 9):
        for _time in range(number):
            promised(zhang, 3)
            a_contact(a_customer(zhang), birthday=date(1980, 11, 30))
            in_force(zhang, lina, 5)
            submitted(zhang, date(2026, 11, 20))
        for person in (zhang, zhao):
            person = User.objects.with_grants().get(pk=person.pk)
            with CaptureQueriesContext(connection) as queries:
                remind_person(person, FRIDAY)
            costs.append(len(queries))
            Notice.objects.all().delete()
    assert costs[:2] == costs[2:]
    assert max(costs) <= 40


# --- The pages ------------------------------------------------------------------------


def test_the_administrator_says_how_many_days_before(zhou, zhang, lina, sign_in):
    browser = sign_in(zhou)
    assert "/system/reminders/" in browser.get("/system/jobs/").text
    row = Reminder.objects.get(verb="contract_ends")
    url = f"/system/reminders/{row.pk}/edit/"
    for typed in ("soon", "-3", "400", "1 2 3 4 5 6 7 8 9 10 11", "9" * 30):
        answer = browser.post(url, form_of(browser, url) | {"days": typed})
        assert answer.status_code == 422
        assert shows(answer, typed)
    answer = browser.post(url, form_of(browser, url) | {"days": "15、 ４５，15"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.days == [45, 15]
    assert shows(browser.get("/system/reminders/"), "45, 15")
    in_force(zhang, lina, 60)
    tell(zhang)
    assert told(zhang) == []
    in_force(zhang, lina, 40)
    tell(zhang)
    assert len(told(zhang)) == 1


def test_nobody_else_does(zhang, lina, sign_in):
    row = Reminder.objects.first()
    for person in (zhang, lina):
        browser = sign_in(person)
        assert browser.get("/system/reminders/").status_code == 403
        assert browser.get(f"/system/reminders/{row.pk}/edit/").status_code == 403


def test_without_any_days_nobody_is_told(zhang):
    promised(zhang, 3)
    Reminder.objects.filter(verb="contact_overdue").update(days=[])
    tell(zhang)
    assert not Notice.objects.exists()


# --- Calendars ------------------------------------------------------------------------


def test_a_contact_and_an_event_of_today_are_told_in_the_morning(zhang, zhao):
    customer = a_customer(zhang, next_contact_at=at_ten(FRIDAY))
    a_customer(zhang, next_contact_at=at_ten(FRIDAY + timedelta(days=1)))
    begins = {"starts_at": at_ten(FRIDAY), "ends_at": at_ten(FRIDAY)}
    CalendarEvent.objects.create(person=zhang, title="晨会", **begins)
    for _time in range(2):
        tell(zhang, zhao)
    assert told(zhang, "contact_due", "event_today") == [
        ("contact_due", [f"{customer.name} · {FRIDAY}"]),
        ("event_today", [f"晨会 · {FRIDAY}"]),
    ]
    assert told(zhao, "contact_due", "event_today") == []


def test_an_event_is_told_of_as_long_before_as_its_person_says(zhang, wang, client):
    now = timezone.now()

    def plan(person, minutes, ahead, title):
        at = {"starts_at": now + ahead, "ends_at": now + ahead + timedelta(hours=1)}
        return CalendarEvent.objects.create(
            person=person, title=title, remind_minutes=minutes, **at
        )

    soon = plan(zhang, 60, timedelta(minutes=50), "演示")
    plan(zhang, 30, timedelta(minutes=50), "以后再提醒")
    plan(zhang, None, timedelta(minutes=5), "不提醒")
    plan(wang, 0, timedelta(minutes=-1), "王芳的会")
    Unwanted.objects.create(person=wang, verb="event_soon")
    assert is_anybody_due()
    for _time in range(2):
        ask(remind_soon, by=None)
        run_jobs()
    assert [verb for verb, _titles in told(zhang)] == ["event_soon"]
    ((_verb, (title,)),) = told(zhang)
    assert title.startswith("演示")
    assert told(wang) == []
    assert not is_anybody_due()
    client.force_login(zhang)
    assert shows(client.get("/notices/"), "演示")
    Notice.objects.all().delete()
    soon.starts_at += timedelta(minutes=5)  # it is told again when it was moved
    soon.save()
    assert is_anybody_due()
