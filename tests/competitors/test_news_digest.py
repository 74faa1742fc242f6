"""Once a week whoever reads news is told how much of it last week brought."""

from datetime import date, timedelta

import pytest

from competitors.occasions import LAST_WEEK
from crm.jobs import shipped
from crm.jobs.models import Holiday, Reminder
from crm.models import User
from crm.notices.models import ByMail, Notice, Unwanted
from crm.notices.showing import lines_of
from system.reminders.work import remind_person
from tests.factories import a_news_item

pytestmark = pytest.mark.django_db

#: The week before has the 23rd to the 29th of November.
MONDAY = date(2026, 11, 30)
FRIDAY_BEFORE = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def _shipped(db):
    """Bring what ships: a test that writes for good leaves empty tables behind."""
    shipped.fill()


def tell(person, on=MONDAY):
    """Remind a person on a day as the job does."""
    remind_person(User.objects.with_grants().get(pk=person.pk), on)


def digests(person):
    """Return what a person was told of a week's news."""
    return Notice.objects.filter(person=person, verb=LAST_WEEK).order_by("pk")


def some_news(by, *days, **fields):
    """Return news of some days."""
    return [a_news_item(by, published_on=day, **fields) for day in days]


def test_the_news_of_last_week_is_one_notice_that_leads_to_its_list(
    lina, zhang, sign_in
):
    some_news(lina, date(2026, 11, 23), FRIDAY_BEFORE, date(2026, 11, 29))
    some_news(lina, date(2026, 11, 22), MONDAY)
    tell(zhang)
    (notice,) = digests(zhang)
    assert notice.number == 3
    Notice.objects.update(at="2026-11-30T07:00:00+08:00")
    notice.refresh_from_db()
    (line,) = lines_of([notice], zhang)
    assert line["url"] == (
        "/news/?published_on_after=2026-11-23&published_on_before=2026-11-29"
    )
    page = sign_in(zhang).get(line["url"])
    assert page.context["total"] == 3


def test_it_is_told_once_a_week_however_often_the_clock_strikes(lina, zhang):
    some_news(lina, FRIDAY_BEFORE)
    tell(zhang)
    some_news(lina, FRIDAY_BEFORE)  # entered later: the list has it
    for ahead in range(1, 6):
        tell(zhang, MONDAY + timedelta(days=ahead))
    assert [notice.number for notice in digests(zhang)] == [1]
    some_news(lina, MONDAY)
    tell(zhang, MONDAY + timedelta(days=7))
    assert sum(notice.number for notice in digests(zhang)) == 2


def test_a_monday_that_was_missed_is_made_up_for(lina, zhang):
    some_news(lina, FRIDAY_BEFORE)
    tell(zhang, MONDAY + timedelta(days=2))
    assert digests(zhang).count() == 1


def test_a_week_without_news_is_not_spoken_of(zhang):
    tell(zhang)
    assert not digests(zhang).exists()


def test_it_waits_for_the_first_day_that_is_worked(lina, zhang):
    some_news(lina, FRIDAY_BEFORE)
    for ahead in range(2):
        day = MONDAY + timedelta(days=ahead)
        Holiday.objects.create(day=day, kind="holiday", name="放假")
        tell(zhang, day)
    assert not digests(zhang).exists()
    tell(zhang, MONDAY + timedelta(days=2))
    assert digests(zhang).count() == 1


def test_a_company_chooses_another_day_or_none(lina, zhang):
    some_news(lina, FRIDAY_BEFORE)
    Reminder.objects.filter(verb=LAST_WEEK).update(days=[])
    tell(zhang)
    Reminder.objects.filter(verb=LAST_WEEK).update(days=[2])
    tell(zhang)
    assert not digests(zhang).exists()
    tell(zhang, MONDAY + timedelta(days=1))
    assert digests(zhang).count() == 1


def test_who_does_not_want_it_or_sees_no_news_is_not_told(lina, zhang, nobody):
    some_news(lina, FRIDAY_BEFORE)
    Unwanted.objects.create(person=zhang, verb=LAST_WEEK)
    for person in (zhang, nobody):
        tell(person)
        assert not digests(person).exists()


def test_who_wants_it_by_mail_alone_gets_it_there(lina, zhang):
    some_news(lina, FRIDAY_BEFORE)
    Unwanted.objects.create(person=zhang, verb=LAST_WEEK)
    ByMail.objects.create(person=zhang, verb=LAST_WEEK)
    tell(zhang)
    assert [notice.in_bell for notice in digests(zhang)] == [False]


def test_what_is_only_reported_is_no_news_yet(chen, lina):
    some_news(chen, FRIDAY_BEFORE, registered=False)
    tell(lina)
    assert not digests(lina).exists()
