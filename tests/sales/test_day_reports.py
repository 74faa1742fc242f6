"""Day reports: written beside the numbers of the day, read by who is above."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts import approval
from crm.guards.actor import acting
from crm.models import HistoryEntry
from crm.notices.models import Notice
from sales import readings
from sales.day_facts import facts_of
from sales.models import DayReport
from sales.superiors import is_above
from tests.contracts.test_approval import LARGE
from tests.factories import (
    a_contract,
    a_customer,
    a_day_report,
    a_lead,
    a_plan,
    a_quotation,
    an_interaction,
    an_item,
    an_opportunity,
)
from tests.pages import form_of
from tests.people import hire, let_leave

pytestmark = pytest.mark.django_db

ADD = "/day-reports/add/"


def today(ago=0):
    """Return today, or the day that was so many days ago."""
    return timezone.localdate() - timedelta(days=ago)


def written(browser, **fields):
    """Hand a report in by its form and return the answer."""
    form = form_of(browser, ADD)
    return browser.post(ADD, form | {"done": "拜访两家客户"} | fields)


def refused(name, action):
    """Check that PostgreSQL refuses something by a name."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        action()
    assert error.value.__cause__.diag.constraint_name == name


# --- Handing in -----------------------------------------------------------------------


def test_a_report_is_handed_in_for_today_and_stands_in_the_books(zhang, sign_in):
    answer = written(sign_in(zhang), problems="客户预算未批", tomorrow="回访滇池食品")
    assert answer.status_code == 302
    report = DayReport.objects.get()
    assert (report.owner, report.day, report.is_registered) == (zhang, today(), True)
    assert (report.problems, report.tomorrow) == ("客户预算未批", "回访滇池食品")
    assert str(report) == f"{today():%Y-%m-%d} 张伟"


def test_a_report_says_something(zhang, sign_in):
    answer = written(sign_in(zhang), done=" ")
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"done"}
    refused("dayreport_says_something", lambda: a_day_report(zhang, done=""))


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1989-12-31", "x"])
def test_a_report_is_of_a_day_within_reason(day, zhang, zhao, sign_in):
    browser = sign_in(zhang)
    answer = written(browser, day=day)
    assert answer.status_code == 422
    assert "day" in answer.context["form"].errors
    for address in (ADD, "/day-reports/facts/"):
        assert browser.get(f"{address}?day={day}").status_code == 200
    team = sign_in(zhao).get(f"/day-reports/team/?day={day}")
    assert (team.status_code, team.context["wrong"]) == (200, day)


def test_of_a_day_there_is_one_report_of_a_person(zhang, wang, sign_in):
    a_day_report(zhang)
    a_day_report(wang)
    browser = sign_in(zhang)
    form = form_of(browser, f"{ADD}?day={today(1)}")
    answer = browser.post(ADD, form | {"done": "拜访", "day": f"{today()}"})
    assert answer.status_code == 422
    assert "day" in answer.context["form"].errors
    refused("dayreport_once_a_day", lambda: a_day_report(zhang))


def test_one_in_the_recycle_bin_makes_room_for_another(zhang, sign_in):
    a_day_report(zhang).discard(zhang)
    assert written(sign_in(zhang)).status_code == 302
    gone = DayReport.everything.exclude(deleted_at=None).get()
    with pytest.raises(ValidationError):
        gone.restore(zhang)


def test_adding_leads_to_the_report_that_is_there(zhang, sign_in):
    report = a_day_report(zhang, ago=2)
    browser, link = sign_in(zhang), f'href="{report.get_absolute_url()}"'
    assert link in browser.get(f"{ADD}?day={today(2)}").text
    assert link not in browser.get(ADD).text


@pytest.mark.parametrize("ago", [-1, 32])
def test_no_other_day_is_reported_on(ago, zhang, sign_in):
    answer = written(sign_in(zhang), day=f"{today(ago)}")
    assert answer.status_code == 422
    assert "day" in answer.context["form"].errors
    refused("dayreport_day", lambda: a_day_report(zhang, ago=ago))


@pytest.mark.parametrize("ago", [0, 31])
def test_today_and_a_month_back_are(ago, zhang, sign_in):
    assert written(sign_in(zhang), day=f"{today(ago)}").status_code == 302


@pytest.mark.parametrize("day", ["x", "2026-02-31", "9999-99-99", "١", "\0", "0"])
def test_a_day_that_is_none_shows_the_form_without_numbers(day, zhang, sign_in):
    browser = sign_in(zhang)
    assert browser.get(ADD, {"day": day}).status_code == 200
    assert browser.get("/day-reports/facts/", {"day": day}).status_code == 200
    assert "data-facts" not in browser.get("/day-reports/facts/", {"day": day}).text


def test_postgresql_says_when_it_was_handed_in(zhang, sign_in):
    long_ago = timezone.now() - timedelta(days=9)
    report = a_day_report(zhang, ago=1, submitted_at=long_ago)
    assert timezone.now() - report.submitted_at < timedelta(minutes=1)
    assert report.late
    answer = written(sign_in(zhang), submitted_at="2020-01-01 08:00", late="false")
    assert answer.status_code == 302
    assert DayReport.objects.get(day=today()).submitted_at.date() > long_ago.date()
    refused(
        "dayreport_kept",
        lambda: DayReport.objects.filter(pk=report.pk).update(submitted_at=long_ago),
    )


@pytest.mark.parametrize(("hour", "minute", "late"), [(19, 59, False), (20, 1, True)])
def test_after_eight_in_the_evening_it_is_late(hour, minute, late, zhang):
    day = timezone.localtime() - timedelta(days=1)
    at = day.replace(hour=hour, minute=minute)
    with acting(zhang, verb="demonstrated"):
        report = DayReport(owner=zhang, day=day.date(), done="拜访", submitted_at=at)
        report.reporter = report.entered_by = zhang
        report.save()
    report.refresh_from_db()
    assert report.late is late


def test_whose_it_is_and_of_which_day_never_changes(zhang, wang):
    report = a_day_report(zhang)
    rows = DayReport.objects.filter(pk=report.pk)
    refused("dayreport_kept", lambda: rows.update(owner=wang))
    refused("dayreport_kept", lambda: rows.update(day=today(1)))
    refused("dayreport_kept", lambda: rows.update(read_at=timezone.now()))


# --- Numbers --------------------------------------------------------------------------


def test_the_numbers_are_those_of_the_day_and_the_person(zhang, wang):
    customer = a_customer(zhang)
    visit = an_item("interaction_method", "visit")
    an_interaction(customer)
    an_interaction(customer, method=visit)
    an_interaction(customer, occurred_at=timezone.now() - timedelta(days=1))
    an_interaction(a_customer(wang))
    opportunity = an_opportunity(zhang, customer=customer)
    an_opportunity(wang)
    plan = a_plan(zhang, {"subject": "拜访", "done": True}, {"subject": "报价"})
    assert plan.done_count == 1
    assert facts_of(zhang, today()) == {
        "interactions": [2, None],
        "visits": [1, None],
        "customers_touched": [1, None],
        "customers_new": [1, None],
        "plan_lines": [1, None],
    }
    assert facts_of(zhang, today(1)) == {
        "interactions": [1, None],
        "customers_touched": [1, None],
    }
    assert opportunity.status == "open"


def test_moves_wins_and_quotations_count_with_their_amounts(zhang, sign_in):
    opportunity = an_opportunity(zhang, amount=80_000)
    stages = list(opportunity.stage.pipeline.stages.order_by("position"))
    browser = sign_in(zhang)
    for stage in stages[1:3]:
        opportunity.refresh_from_db()
        browser.post(
            f"/opportunities/{opportunity.pk}/stage/",
            {"stage": stage.pk, "version": opportunity.version, "note": ""},
        )
    found = facts_of(zhang, today())
    assert found["opportunities_moved"] == [1, None]  # twice, and still one
    quotation = a_quotation(zhang)
    assert "quotations_sent" not in facts_of(zhang, today())
    assert quotation.sent_on is None


def test_a_lead_counts_for_who_contacted_it(zhang, sign_in):
    lead = a_lead(zhang, by=hire("boss", "老板", "information_administrator"))
    browser = sign_in(zhang)
    browser.post(
        f"/leads/{lead.pk}/touch/",
        {
            "version": lead.version,
            "method": an_item("interaction_method", "call").pk,
            "text": "已联系",
        },
    )
    assert facts_of(zhang, today())["leads_touched"] == [1, None]
    page = browser.get(ADD).text
    assert f"first_touched_at_after={today()}" in page


def test_a_contract_is_submitted_by_who_asks_for_its_approval(zhang, zhao, lina):
    asked, told = a_contract(zhang, amount=LARGE), a_contract(zhang)
    for contract in (asked, told):
        approval.submit(contract, by=zhang)
    assert (asked.status, told.status) == ("pending", "reported")
    assert facts_of(zhang, today())["contracts_submitted"] == [1, f"{LARGE}.00"]
    approval.register(told, by=lina)
    assert "contracts_submitted" not in facts_of(lina, today())
    assert facts_of(zhang, today())["contracts_registered"][0] == 1


def test_numbers_cost_one_query_however_much_there_is(zhang):
    costs = []
    for _time in range(2):
        for _row in range(3):
            an_interaction(a_customer(zhang))
        with CaptureQueriesContext(connection) as queries:
            facts_of(type(zhang).objects.with_grants().get(pk=zhang.pk), today())
        costs.append(len(queries))
    assert costs == [2, 2]  # the person, the numbers


def test_each_number_leads_to_its_rows(zhang, sign_in):
    visit = an_item("interaction_method", "visit")
    an_interaction(a_customer(zhang), method=visit)
    an_interaction(a_customer(zhang))
    browser = sign_in(zhang)
    figures = {one["key"]: one for one in browser.get(ADD).context["facts"]}
    for key, number in (("interactions", 2), ("visits", 1), ("customers_new", 2)):
        assert figures[key]["value"] == number
        assert browser.get(figures[key]["url"]).context["total"] == number, key
    assert figures["customers_touched"]["url"] == ""


def test_nobody_types_a_number(zhang, sign_in):
    written(sign_in(zhang), facts='{"interactions": [99, null]}')
    assert DayReport.objects.get().facts == {}


def test_numbers_are_kept_as_they_were_and_follow_an_edit(zhang, zhao, sign_in):
    written(sign_in(zhang))
    report = DayReport.objects.get()
    an_interaction(a_customer(zhang))
    report.refresh_from_db()
    assert report.facts == {}
    page = sign_in(zhao).get(report.get_absolute_url())
    assert {one["value"] for one in page.context["facts"]} == {0}
    browser, url = sign_in(zhang), f"{report.get_absolute_url()}edit/"
    assert browser.post(url, form_of(browser, url)).status_code == 302
    report.refresh_from_db()
    assert report.facts["interactions"] == [1, None]
    readings.read(report, by=zhao)
    an_interaction(a_customer(zhang))
    report.refresh_from_db()
    assert browser.post(url, {"version": report.version}).status_code == 409
    report.refresh_from_db()
    assert report.facts["interactions"] == [1, None]


# --- Who sees it ----------------------------------------------------------------------


def test_a_report_is_seen_by_who_wrote_it_and_who_is_above(
    zhang, liu, wang, zhao, sun, qian, chen, lina, zhou, nobody, sign_in
):
    report = a_day_report(zhang, problems="只有上级可见")
    url = report.get_absolute_url()
    for person in (zhang, zhao, qian):
        assert sign_in(person).get(url).status_code == 200, person
        assert sign_in(person).get("/day-reports/").context["total"] == 1
    for person in (liu, wang, sun, chen):
        assert sign_in(person).get(url).status_code == 404, person
        assert sign_in(person).get("/day-reports/").context["total"] == 0
        assert url not in sign_in(person).get("/search/?q=只有上级可见").text
    for person in (lina, zhou, nobody):
        assert sign_in(person).get(url).status_code == 403, person


def test_it_is_found_by_its_texts_and_by_who_wrote_it(zhang, zhao, sign_in):
    report = a_day_report(zhang, problems="滇池食品预算未批")
    for text in ("预算未批", "zhangwei"):
        found = sign_in(zhao).get(f"/day-reports/?q={text}")
        assert found.context["total"] == 1, text
        found = sign_in(zhao).get(f"/search/?q={text}").text
        assert report.get_absolute_url() in found, text


def test_heads_read_and_do_not_write(zhang, zhao, sign_in):
    report = a_day_report(zhang)
    browser, url = sign_in(zhao), report.get_absolute_url()
    assert browser.get(ADD).status_code == 403
    for page in ("edit/", "delete/"):
        assert browser.get(url + page).status_code == 403
        assert browser.post(url + page, {}).status_code == 403


# --- Reading --------------------------------------------------------------------------


def read(browser, report, **fields):
    """Read a report by its page and return the answer."""
    given = {"version": report.version, "comment": "继续跟进"} | fields
    return browser.post(f"{report.get_absolute_url()}reading/", given)


def test_the_head_reads_and_comments_and_the_writer_is_told(zhang, zhao, sign_in):
    report = a_day_report(zhang)
    assert read(sign_in(zhao), report).status_code == 302
    (reading,) = report.readings.all()
    assert (reading.by, reading.comment) == (zhao, "继续跟进")
    assert timezone.now() - reading.at < timedelta(minutes=1)
    notice = Notice.objects.get(person=zhang)
    assert (notice.verb, notice.reason) == ("read_above", "继续跟进")
    page = sign_in(zhang).get(report.get_absolute_url()).text
    assert "继续跟进" in page
    assert 'data-status="read"' in page
    entry = HistoryEntry.objects.filter(label="sales.dayreportreading").get()
    assert (entry.verb, entry.actor_id) == ("read_above", zhao.pk)


def test_the_head_of_the_head_reads_too_and_comments_follow(zhang, zhao, qian, sign_in):
    report = a_day_report(zhang)
    read(sign_in(qian), report, comment="")
    report.refresh_from_db()
    first = report.read_at
    assert read(sign_in(zhao), report).status_code == 302
    assert read(sign_in(zhao), report, comment="再补充一点").status_code == 302
    report.refresh_from_db()
    assert report.readings.count() == 3
    assert report.read_at == first


def test_nobody_reads_their_own_or_what_they_are_not_above_of(
    zhang, liu, zhao, sun, sign_in
):
    report = a_day_report(zhang)
    assert read(sign_in(zhang), report).status_code == 403
    assert read(sign_in(liu), report).status_code == 404
    assert read(sign_in(sun), report).status_code == 404
    assert not report.readings.exists()
    for person, name in ((zhang, "reading_own"), (liu, "reading_above")):
        refused(name, lambda person=person: report.readings.create(by=person))
    refused("reading_own", lambda: report.readings.create(by=zhao, is_answer=True))


def test_who_may_see_all_and_is_above_nobody_does_not_read(zhang, sign_in):
    clerk = hire("clerk", "马丽", "sales_director")
    report = a_day_report(zhang)
    page = sign_in(clerk).get(report.get_absolute_url())
    assert page.status_code == 200
    assert "/reading/" not in page.text
    assert read(sign_in(clerk), report).status_code == 403


def test_a_superior_is_above_without_a_department(zhang, liu):
    boss = hire("boss", "老板", "supervisor")
    assert not is_above(boss, zhang.pk)
    type(zhang).objects.filter(pk=liu.pk).update(superior=boss)
    type(zhang).objects.filter(pk=zhang.pk).update(superior=liu)
    assert is_above(boss, zhang.pk)
    assert is_above(liu, zhang.pk)
    assert not is_above(zhang, liu.pk)
    assert not is_above(boss, boss.pk)


def test_who_heads_a_department_above_is_not_below(zhao, qian, sales_department):
    type(qian).objects.filter(pk=qian.pk).update(department=sales_department)
    assert not is_above(zhao, qian.pk)
    assert is_above(qian, zhao.pk)


def test_what_was_read_does_not_change(zhang, zhao, sign_in):
    report = a_day_report(zhang)
    browser, url = sign_in(zhang), f"{report.get_absolute_url()}edit/"
    form = form_of(browser, url)
    read(sign_in(zhao), report)
    answer = sign_in(zhang).post(url, form | {"done": "改写"})
    assert answer.status_code == 409
    assert "改写" in answer.text  # what was typed is not lost
    report.refresh_from_db()
    assert report.done != "改写"
    rows = DayReport.objects.filter(pk=report.pk)
    for change in ({"done": "x"}, {"tomorrow": "x"}, {"facts": {"visits": [1, None]}}):
        refused("dayreport_read", lambda change=change: rows.update(**change))
    refused("dayreport_read", lambda: rows.update(deleted_at=timezone.now()))
    page = sign_in(zhang).get(report.get_absolute_url()).text
    assert "/edit/" not in page
    assert "/delete/" not in page
    answer = sign_in(zhang).post(
        f"{report.get_absolute_url()}delete/", {"version": report.version + 1}
    )
    assert answer.status_code == 409


def test_the_owner_answers_what_was_said(zhang, zhao, sign_in):
    report = a_day_report(zhang)
    browser, url = sign_in(zhang), f"{report.get_absolute_url()}answer/"
    early = browser.post(url, {"version": report.version, "comment": "好的"})
    assert early.status_code == 409
    read(sign_in(zhao), report)
    report.refresh_from_db()
    given = {"version": report.version, "comment": "好的，明天联系"}
    assert sign_in(zhang).post(url, given | {"comment": " "}).status_code == 422
    assert sign_in(zhang).post(url, given).status_code == 302
    notice = Notice.objects.get(person=zhao)
    assert (notice.verb, notice.reason) == ("answered", "好的，明天联系")
    assert sign_in(zhao).post(url, given).status_code == 403


def test_readings_are_for_good(zhang, zhao):
    report = a_day_report(zhang)
    reading = readings.read(report, by=zhao, comment="好")
    rows = report.readings.filter(pk=reading.pk)
    with pytest.raises(Exception, match="pgtrigger"), transaction.atomic():
        rows.update(comment="不好")
    with pytest.raises(Exception, match="pgtrigger"), transaction.atomic():
        rows.delete()


def test_a_stale_reading_is_told_so(zhang, zhao, sign_in):
    report = a_day_report(zhang)
    version = report.version
    with acting(zhang):
        DayReport.objects.filter(pk=report.pk).update(done="改了一句")
    assert read(sign_in(zhao), report, version=version).status_code == 409
    assert not report.readings.exists()


@pytest.mark.parametrize("comment", ["x" * 1001, "字" * 5000])
def test_a_comment_that_is_too_long_is_refused_in_words(comment, zhang, zhao, sign_in):
    report = a_day_report(zhang)
    assert read(sign_in(zhao), report, comment=comment).status_code == 422
    assert not report.readings.exists()


def test_looking_at_a_verb_is_no_reading(zhang, zhao, sign_in):
    report = a_day_report(zhang)
    for noun in ("reading", "answer"):
        url = f"{report.get_absolute_url()}{noun}/"
        assert sign_in(zhao).get(url).status_code == 405


def test_a_leaver_keeps_the_reports(zhang, zhao):
    report = a_day_report(zhang)
    let_leave(zhang)
    readings.read(report, by=zhao)
    assert report.readings.count() == 1
