"""考核: the figures of a quarter, reckoned by hand beside the page."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import User
from customers.models import Counterpart
from feedback.appraisal import Appraisal
from tests.factories import a_contact, a_counterpart, a_customer, an_interaction
from tests.pages import ids

pytestmark = pytest.mark.django_db


SHANGHAI = ZoneInfo("Asia/Shanghai")
#: A quarter that is over.
FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)


def on(month, day):
    """Return ten o'clock of a day of 2026."""
    return datetime(2026, month, day, 10, tzinfo=SHANGHAI)


def appraised(reader, first=FIRST, last=LAST):
    """Return {name of a person: Figures} of a quarter, as somebody sees it."""
    fresh = User.objects.with_grants().get(pk=reader.pk)
    lines = Appraisal(fresh, first, last).lines
    return {one.name: one.figures for line in lines for one in line.people}


def figures(reader, name="张伟", **days):
    """Return held, due, kept and the gap of one person."""
    found = appraised(reader, **days)[name]
    return found.held, found.due, found.kept, found.gap


@pytest.fixture
def monthly(zhang):
    """Of every 30 days from New Year on: spans end on 01-31, 03-02, 04-01."""
    customer = a_customer(zhang)
    return a_counterpart(customer, zhang, since=FIRST, rhythm_days=30)


def test_a_contact_is_due_where_a_span_ends(monthly, zhang):
    assert figures(zhang) == (1, 2, 0, 89)
    second = {"first": date(2026, 4, 1), "last": date(2026, 6, 30)}
    # 04-01, 05-01, 05-31, 06-30
    assert figures(zhang, **second)[:3] == (1, 4, 0)
    half = {"first": FIRST, "last": date(2026, 6, 30)}
    assert figures(zhang, **half)[:3] == (1, 6, 0)


@pytest.mark.parametrize(
    ("talks", "kept", "gap"),
    [
        ([(1, 1)], 1, 89),  # the first day is of the first span
        ([(1, 31)], 1, 59),  # its last day, too
        ([(2, 1)], 1, 58),  # that of the second
        ([(1, 5), (1, 9), (1, 20)], 1, 70),  # one span is kept once
        ([(1, 31), (2, 1)], 2, 58),
        ([(3, 3)], 0, 61),  # in the span that ends in the next quarter
        ([(1, 10), (2, 10), (3, 10)], 2, 31),
    ],
)
def test_a_span_is_kept_by_one_talk_within_it(talks, kept, gap, monthly, zhang):
    for month, day in talks:
        an_interaction(monthly.customer, occurred_at=on(month, day))
    assert figures(zhang) == (1, 2, kept, gap)


def test_a_talk_before_the_first_day_keeps_nothing(zhang):
    customer = a_customer(zhang)
    a_counterpart(customer, zhang, since=date(2026, 1, 10), rhythm_days=30)
    an_interaction(customer, occurred_at=on(1, 9))
    assert figures(zhang) == (1, 2, 0, 80)


def test_a_span_that_began_in_the_quarter_before_counts_where_it_ends(zhang):
    customer = a_customer(zhang)
    a_counterpart(customer, zhang, since=date(2025, 12, 1), rhythm_days=60)
    december = datetime(2025, 12, 20, 10, tzinfo=SHANGHAI)
    an_interaction(customer, occurred_at=december)
    # the spans end on 01-30 and 03-31
    assert figures(zhang)[:3] == (1, 2, 1)


def test_what_is_not_theirs_or_not_in_the_books_keeps_nothing(monthly, zhang, liu):
    customer = monthly.customer
    an_interaction(customer, by=liu, occurred_at=on(1, 5))
    an_interaction(customer, registered=False, occurred_at=on(1, 5))
    an_interaction(a_customer(zhang), occurred_at=on(1, 5))
    an_interaction(customer, occurred_at=on(1, 5)).discard(zhang)
    assert figures(zhang) == (1, 2, 0, 89)
    contact = a_contact(customer)
    type(monthly).objects.filter(pk=monthly.pk).update(contact=contact)
    an_interaction(customer, by=liu, contact=contact, occurred_at=on(1, 6))
    assert figures(zhang)[:3] == (1, 2, 1)


def test_nothing_is_due_after_the_end_or_before_it_is_over(zhang):
    customer, today = a_customer(zhang), timezone.localdate()
    a_counterpart(customer, zhang, since=FIRST, until=date(2026, 2, 10), rhythm_days=30)
    assert figures(zhang) == (1, 1, 0, 40)
    a_counterpart(customer, zhang, since=today - timedelta(days=7), rhythm_days=7)
    span = {"first": today - timedelta(days=10), "last": today + timedelta(days=60)}
    assert figures(zhang, **span)[:3] == (1, 0, 0)  # it is due today
    a_counterpart(customer, zhang, since=today - timedelta(days=8), rhythm_days=7)
    assert figures(zhang, **span)[:3] == (2, 1, 0)


def test_what_ended_before_or_begins_after_is_not_held(zhang):
    customer = a_customer(zhang)
    a_counterpart(customer, zhang, since=date(2025, 5, 1), until=date(2025, 12, 31))
    a_counterpart(customer, zhang, since=date(2026, 4, 1))
    found = appraised(zhang)
    assert found.get("张伟") is None or found["张伟"].held == 0


def test_customers_without_one_are_told(monthly, zhang):
    a_customer(zhang)
    a_customer(zhang, status="lost")
    a_customer(zhang, registered=False)
    assert appraised(zhang)["张伟"].alone == 1


def test_everybody_sees_the_figures_of_the_rows_they_see(
    monthly, zhang, wang, zhao, sun, qian
):
    a_counterpart(a_customer(wang), wang, since=FIRST)
    for reader, names in (
        (zhang, {"张伟"}),
        (wang, {"王芳"}),
        (zhao, {"张伟"}),
        (sun, {"王芳"}),
        (qian, {"张伟", "王芳"}),
    ):
        assert set(appraised(reader)) == names, reader


def test_departments_add_up_and_numbers_lead_to_their_rows(
    monthly, zhang, liu, zhao, sign_in
):
    other = a_counterpart(monthly.customer, liu, since=FIRST, rhythm_days=60)
    ended = a_counterpart(
        monthly.customer, liu, since=date(2025, 1, 1), until=date(2025, 6, 1)
    )
    an_interaction(monthly.customer, occurred_at=on(1, 20))
    alone = a_customer(liu)
    browser = sign_in(zhao)
    page = browser.get(f"/counterparts/appraisal/?first={FIRST}&last={LAST}")
    appraisal = page.context["appraisal"]
    (line,) = appraisal.lines
    assert line.name == "销售一部"
    assert [one.name for one in line.people] == ["刘洋", "张伟"]
    total = line.figures
    assert (total.held, total.due, total.kept, total.share) == (2, 3, 1, 33)
    assert (total.overdue, total.alone) == (2, 1)
    assert set(ids(browser.get(line.urls["held"]))) == {monthly.pk, other.pk}
    assert set(ids(browser.get(line.urls["overdue"]))) == {monthly.pk, other.pk}
    liu_line = line.people[0]
    assert ids(browser.get(liu_line.urls["held"])) == [other.pk]
    assert ids(browser.get(liu_line.urls["alone"])) == [alone.pk]
    assert ended.pk not in ids(browser.get(appraisal.total.urls["held"]))
    assert "alone" not in appraisal.total.urls  # a list has those in pools, too
    for url in (line.urls["held"], line.urls["overdue"], liu_line.urls["alone"]):
        assert url.replace("&", "&amp;") in page.text


def test_what_is_overdue_of_a_past_period_is_what_its_list_shows(
    monthly, zhang, sign_in
):
    a_counterpart(a_customer(zhang), zhang, since=date(2026, 9, 1), rhythm_days=7)
    browser = sign_in(zhang)
    page = browser.get(f"/counterparts/appraisal/?first={FIRST}&last={LAST}")
    total = page.context["appraisal"].total
    assert total.figures.overdue == 1
    assert ids(browser.get(total.urls["overdue"])) == [monthly.pk]


def test_who_took_over_begins_on_that_day(monthly, liu):
    assert appraised(monthly.owner)["张伟"].due > 0
    Counterpart.objects.filter(pk=monthly.pk).give(liu.pk)
    figures = appraised(liu)["刘洋"]
    assert (figures.held, figures.due, figures.overdue) == (1, 0, 0)


def test_the_page_costs_the_same_however_many_there_are(zhang, liu, zhao, sign_in):
    browser, costs = sign_in(zhao), []
    for number in (1, 5):
        for person in (zhang, liu):
            for _time in range(number):
                customer = a_customer(person)
                a_counterpart(customer, person, since=FIRST)
                an_interaction(customer)
        browser.get("/counterparts/appraisal/")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/counterparts/appraisal/").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12


def test_it_is_this_quarter_unless_other_days_are_asked_for(zhang, sign_in):
    browser, today = sign_in(zhang), timezone.localdate()
    page = browser.get("/counterparts/appraisal/")
    period = page.context["period"]
    assert period.first <= today <= period.last
    assert (period.first.day, period.first.month % 3) == (1, 1)
    for wrong in (
        "first=2026-03-31&last=2026-01-01",
        "first=x&last=2026-01-01",
        "first=2026-01-01",
        "last=2026-01-01",
        "first=0001-01-01&last=9999-12-31",
        "first=%00&last=%27",
    ):
        answer = browser.get(f"/counterparts/appraisal/?{wrong}")
        assert answer.status_code == 200, wrong
        assert answer.context["period"] == period, wrong
        assert answer.context["form"].errors, wrong


def test_who_sees_no_counterparts_has_no_appraisal(chen, sign_in):
    assert sign_in(chen).get("/counterparts/appraisal/").status_code == 403
