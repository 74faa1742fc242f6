"""The day reports of a team: who has handed in, is missing, or away; who is told."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.jobs.models import Holiday
from crm.models import Deputy, User
from crm.notices.models import Notice
from sales import readings, reporting, team_reports
from sales.models import DayReport
from sales.team_reports import TeamDay, last_working_day
from tests.factories import a_day_report, a_plan
from tests.people import dismiss, hire
from tests.system.test_reminders import written

pytestmark = pytest.mark.django_db

TEAM = "/day-reports/team/"


def today(ago=0):
    """Return today, or the day that was so many days ago."""
    return timezone.localdate() - timedelta(days=ago)


@pytest.fixture
def every_day_is_worked():
    """Let the last and next days be working days, whatever day the tests run on."""
    Holiday.objects.all().delete()
    for ago in range(-3, 40):
        Holiday.objects.create(day=today(ago), kind="make_up", name="补班")


@pytest.fixture
def evening(monkeypatch):
    """Let it be nine in the evening: whoever has not reported is missing."""
    at = timezone.make_aware(datetime.combine(today(), time(21)))
    monkeypatch.setattr(team_reports.timezone, "localtime", lambda *_given: at)


def handed_in(hour):
    """Let all reports of today have been handed in at some hour, whatever it is now."""
    at = timezone.make_aware(datetime.combine(today(), time(hour)))
    written(DayReport.objects.filter(day=today()), submitted_at=at)


def states(browser, query=""):
    """Return {name: state} of the page of the team."""
    rows = browser.get(f"{TEAM}{query}").context["team"].rows
    return {row.person.name: row.state for row in rows}


# --- The page -------------------------------------------------------------------------


@pytest.mark.usefixtures("every_day_is_worked", "evening")
def test_a_head_sees_how_everybody_below_stands(
    zhang, liu, wang, zhao, sales_department, sign_in
):
    third = hire("sales7", "马超", "salesperson", department=sales_department)
    away = hire("sales8", "黄忠", "salesperson", department=sales_department)
    hire("office", "文员", department=sales_department)  # writes no reports
    Deputy.objects.create(person=away, deputy=liu, starts_on=today(1), ends_on=today())
    readings.read(a_day_report(zhang), by=zhao)
    a_day_report(liu)
    a_day_report(wang)
    handed_in(hour=18)
    assert states(sign_in(zhao)) == {
        "张伟": "read",
        "刘洋": "unread",
        "马超": "missing",
        "黄忠": "absent",
    }
    team = sign_in(zhao).get(TEAM).context["team"]
    assert (team.handed_in, team.expected, team.missing) == (2, 3, 1)
    assert (team.unread, team.late) == (1, 0)
    assert third.name in sign_in(zhao).get(TEAM).text


@pytest.mark.usefixtures("every_day_is_worked")
def test_who_is_late_is_marked(zhang, zhao, sign_in):
    report = a_day_report(zhang, ago=1)
    assert report.late
    team = sign_in(zhao).get(f"{TEAM}?day={today(1)}").context["team"]
    assert team.late == 1


@pytest.mark.usefixtures("every_day_is_worked")
def test_before_eight_nobody_is_missing(zhang, zhao, sign_in, monkeypatch):
    at = timezone.make_aware(datetime.combine(today(), time(19, 59)))
    monkeypatch.setattr(team_reports.timezone, "localtime", lambda *_given: at)
    assert states(sign_in(zhao)) == {"张伟": "open"}
    assert states(sign_in(zhao), f"?day={today(1)}") == {"张伟": "missing"}


@pytest.mark.usefixtures("evening")
def test_on_a_day_off_nobody_is_expected(zhang, liu, zhao, sign_in):
    Holiday.objects.filter(day=today()).delete()
    Holiday.objects.create(day=today(), kind="holiday", name="厂庆")
    a_day_report(liu)
    assert states(sign_in(zhao)) == {"张伟": "off", "刘洋": "unread"}
    team = sign_in(zhao).get(TEAM).context["team"]
    assert (team.expected, team.missing) == (1, 0)


@pytest.mark.usefixtures("every_day_is_worked", "evening")
def test_the_head_above_sees_all_and_the_other_head_only_theirs(
    zhang, wang, zhao, sun, qian, sign_in
):
    assert set(states(sign_in(qian))) == {"张伟", "王芳"}
    assert set(states(sign_in(sun))) == {"王芳"}
    assert states(sign_in(zhang)) == {}


def test_who_may_see_no_reports_has_no_such_page(zhou, lina, nobody, sign_in):
    for person in (zhou, lina, nobody):
        assert sign_in(person).get(TEAM).status_code == 403


def test_a_head_without_the_right_to_all_sees_what_the_right_covers(zhang, wang):
    boss = hire("boss", "老板", "salesperson")
    User.objects.filter(pk=zhang.pk).update(superior=boss)
    a_day_report(zhang)
    (row,) = TeamDay(boss, today()).rows
    assert row.report is None  # the reach of the role is one's own


@pytest.mark.usefixtures("every_day_is_worked")
def test_one_goes_from_working_day_to_working_day(zhang, zhao, sign_in):
    Holiday.objects.filter(day=today(1)).update(kind="holiday")
    team = sign_in(zhao).get(TEAM).context["team"]
    assert (team.before, team.after) == (today(2), None)
    team = sign_in(zhao).get(f"{TEAM}?day={today(2)}").context["team"]
    assert (team.before, team.after) == (today(3), today())


@pytest.mark.parametrize("day", ["x", "2026-02-30", "\0", "9" * 40, "2999-01-01"])
def test_a_day_that_is_none_is_told_and_today_shown(day, zhang, zhao, sign_in):
    answer = sign_in(zhao).get(TEAM, {"day": day})
    assert answer.status_code == 200
    assert answer.context["team"].day == today()
    assert 'role="alert"' in answer.text


def test_a_day_at_the_edge_of_time_is_no_error(zhang, zhao, sign_in):
    for day in ("0001-01-01", "1900-01-01"):
        assert sign_in(zhao).get(TEAM, {"day": day}).status_code == 200


@pytest.mark.usefixtures("every_day_is_worked", "evening")
def test_who_has_left_or_not_begun_is_not_expected(zhang, liu, zhao, sign_in):
    dismiss(liu)
    User.objects.filter(pk=zhang.pk).update(joined_on=today(-1))
    assert states(sign_in(zhao)) == {}


def test_who_has_not_signed_in_is_told(zhang, liu, zhao, sign_in):
    User.objects.filter(pk=liu.pk).update(last_login=timezone.now())
    page = sign_in(zhao).get(TEAM)
    assert f'data-idle="{zhang.pk}"' in page.text
    assert f'data-idle="{liu.pk}"' not in page.text
    long_ago = timezone.now() - timedelta(days=15)
    User.objects.filter(pk=liu.pk).update(last_login=long_ago)
    assert f'data-idle="{liu.pk}"' in sign_in(zhao).get(TEAM).text


def test_who_may_see_people_is_led_to_their_list(zhang, sales_department, sign_in):
    boss = hire("boss", "老板", "supervisor", "system_administrator")
    sales_department.head = boss
    sales_department.save()
    browser = sign_in(boss)
    url = browser.get(TEAM).context["idle_url"]
    assert browser.get(url).status_code == 200
    assert zhang.pk in {row.pk for row in browser.get(url).context["page_obj"]}


def test_the_page_costs_the_same_for_many_people(
    zhang, zhao, sales_department, sign_in
):
    browser, costs = sign_in(zhao), []
    for number in (1, 6):
        for place in range(number):
            name = f"seller{number}{place}"
            person = hire(name, name, "salesperson", department=sales_department)
            a_day_report(person)
        browser.get(TEAM)
        with CaptureQueriesContext(connection) as queries:
            browser.get(TEAM)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8


# --- The menu and the workbench -------------------------------------------------------


def test_the_menu_counts_what_is_unread_of_those_below(zhang, liu, wang, zhao, sign_in):
    first = a_day_report(zhang)
    a_day_report(liu)
    a_day_report(wang)
    browser = sign_in(zhao)
    page = browser.get("/")
    (item,) = [
        one
        for group in page.context["menu"]
        for one in group["items"]
        if "is_read" in one["url"]
    ]
    assert item["number"] == "2"
    assert browser.get(item["url"]).context["total"] == 2
    readings.read(first, by=zhao)
    assert browser.get(item["url"]).context["total"] == 1
    assert "is_read" not in sign_in(zhang).get("/").text


def test_the_workbench_says_whether_today_is_reported(zhang, zhao, lina, sign_in):
    card = 'data-card="my_day_report"'
    page = sign_in(zhang).get("/").text
    assert card in page
    assert 'href="/day-reports/add/"' in page
    report = a_day_report(zhang)
    page = sign_in(zhang).get("/").text
    assert report.get_absolute_url() in page
    assert f"{timezone.localtime(report.submitted_at):%H:%M}" in page
    for person in (zhao, lina):
        assert card not in sign_in(person).get("/").text


# --- Reminders ------------------------------------------------------------------------


class Context:
    """What a job hands its work."""

    place, done = None, 0


def run(work):
    """Do a work to its end."""
    context = Context()
    while True:
        context.place = work.func(context)
        if context.place is None:
            return context.done


@pytest.mark.usefixtures("every_day_is_worked")
def test_in_the_evening_who_has_not_reported_is_reminded_once(
    zhang, liu, wang, zhao, chen, lina
):
    a_day_report(zhang)
    Deputy.objects.create(person=wang, deputy=zhang, starts_on=today(), ends_on=today())
    assert reporting.is_needed_tonight()
    for _time in range(2):
        run(reporting.remind_writers)
    told = Notice.objects.filter(verb="report_due")
    assert {notice.person.name for notice in told} == {"刘洋", "陈静"}
    assert {notice.reason for notice in told} == {f"{today():%Y-%m-%d}"}


def test_the_reminder_leads_to_writing_it(liu, sign_in):
    answer = sign_in(liu).get(f"/day-reports/of/{liu.pk}/")
    assert (answer.status_code, answer.url) == (302, "/day-reports/add/")


def test_nobody_is_reminded_on_a_day_off(zhang, zhao):
    Holiday.objects.filter(day=today()).delete()
    Holiday.objects.create(day=today(), kind="holiday", name="厂庆")
    assert not reporting.is_needed_tonight()
    assert not reporting.is_needed_this_morning()


@pytest.mark.usefixtures("every_day_is_worked")
def test_next_morning_the_head_is_told_once_who_is_missing(
    zhang, liu, wang, zhao, sun, qian, sign_in
):
    a_day_report(zhang, ago=1)
    a_day_report(wang, ago=1)
    assert reporting.is_needed_this_morning()
    for _time in range(2):
        run(reporting.tell_heads)
    (notice,) = Notice.objects.filter(verb="reports_missing")
    assert notice.person == zhao
    assert [name for _pk, name in notice.subjects] == ["刘洋"]
    assert "1" in notice.reason
    assert "2" in notice.reason
    page = sign_in(zhao).get("/notices/").text
    assert f"/day-reports/of/{liu.pk}/" in page
    url = f"/day-reports/of/{liu.pk}/"
    assert sign_in(zhao).get(url).url == f"/day-reports/?owner={liu.pk}"
    assert sign_in(sun).get(url).status_code == 404


def test_the_last_working_day_is_found_over_days_off():
    Holiday.objects.all().delete()
    friday, monday = date(2027, 5, 7), date(2027, 5, 10)
    assert last_working_day(monday) == friday
    Holiday.objects.create(day=friday, kind="holiday", name="厂庆")
    assert last_working_day(monday) == friday - timedelta(days=1)


def test_when_all_have_reported_there_is_nothing_to_do(zhang):
    a_day_report(zhang)
    assert not DayReport.objects.exclude(owner=zhang).exists()
    assert not team_reports.missing(today()).exists()


@pytest.mark.parametrize("wrong", ["zz", "9999-99-99", "\0", "true"])
def test_what_postgresql_generates_is_a_condition_as_any_column(zhang, sign_in, wrong):
    """Whether it came late is yes or no; the last day of a plan is a day."""
    report, plan = a_day_report(zhang, ago=1), a_plan(zhang)
    browser, value = sign_in(zhang), str(report.late).lower()
    page = browser.get("/day-reports/", {"late": value})
    assert [row.pk for row in page.context["page_obj"].object_list] == [report.pk]
    other = {"true": "false", "false": "true"}[value]
    assert not browser.get("/day-reports/", {"late": other}).context["page_obj"]
    days = {"ends_on_after": plan.ends_on, "ends_on_before": plan.ends_on}
    page = browser.get("/plans/", days)
    assert [row.pk for row in page.context["page_obj"].object_list] == [plan.pk]
    for url, name in (("/day-reports/", "late"), ("/plans/", "ends_on_after")):
        assert browser.get(url, {name: wrong}).status_code == 200
