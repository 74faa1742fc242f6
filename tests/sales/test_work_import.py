"""Plans and reports come in as files: plans with their lines, reports row by row."""

from datetime import timedelta

import pytest
from django.forms import Field
from django.utils import timezone

from crm.guards.actor import acting
from sales import readings
from sales.models import DayReport, WorkPlan
from sales.models.plans import this_monday
from system.imports.importers import importer_of
from system.imports.owners import may_choose
from tests.factories import a_customer, a_day_report, a_plan
from tests.samples import counts, preview, run

pytestmark = pytest.mark.django_db


def test_a_plan_comes_in_with_its_lines(zhang, wang, sign_in):
    customer, monday = a_customer(zhang, name="昆明滇池食品有限公司"), this_monday()
    due = monday + timedelta(days=2)
    file = (
        "周期,开始日期,目标,事项,客户,计划金额,截止日期\n"
        f"周计划,{monday},签下滇池,上门拜访,昆明滇池食品有限公司,20000,{due}\n"
        f"周计划,{monday},,提交报价,,,\n"
    )
    report = run(sign_in(zhang), file, "计划.csv", "/plans/import/")
    assert (report.read, report.created, report.refused) == (2, 2, 0)
    plan = WorkPlan.objects.get()
    assert (plan.owner, plan.planner, plan.is_registered) == (zhang, zhang, True)
    assert (plan.line_count, plan.amount) == (2, 20_000)
    first, second = plan.lines.order_by("pk")
    assert (first.customer, first.due_on) == (customer, due)
    assert second.due_on == plan.ends_on
    browser = sign_in(zhang)
    assert browser.get("/plans/?q=提交报价").context["total"] == 1


def test_a_plan_of_a_wrong_day_or_customer_is_refused_whole(zhang, wang, sign_in):
    a_customer(wang, name="王芳的客户有限公司")
    monday = this_monday()
    file = (
        "周期,开始日期,事项,客户\n"
        f"周计划,{monday + timedelta(days=1)},上门拜访,\n"
        f"周计划,{monday},提交报价,王芳的客户有限公司\n"
    )
    report = run(sign_in(zhang), file, "计划.csv", "/plans/import/")
    assert (report.created, report.refused) == (0, 2)
    assert not WorkPlan.objects.exists()


def test_reports_come_in_and_postgresql_says_when(zhang, sign_in):
    day = timezone.localdate() - timedelta(days=1)
    a_day_report(zhang)
    file = (
        "日期,今日工作,明日计划\n"
        f"{day},拜访两家客户,提交报价\n"
        f"{day - timedelta(days=60)},太早了,\n"
        f"{timezone.localdate()},已经有了,\n"
    )
    report = run(sign_in(zhang), file, "日报.csv", "/day-reports/import/")
    assert report.created == 1
    came = DayReport.objects.get(day=day)
    assert (came.owner, came.facts, came.late) == (zhang, None, True)
    assert timezone.now() - came.submitted_at < timedelta(minutes=5)
    page = sign_in(zhang).get(came.get_absolute_url())
    assert page.context["facts"] is None


def test_who_enters_for_others_imports_no_reports(lina, sign_in):
    for address in ("/day-reports/import/", "/plans/import/"):
        assert sign_in(lina).get(address).status_code == 403


@pytest.mark.parametrize("named", ["", ",负责人"])
def test_ones_own_plan_and_report_are_found_without_a_name(named, zhang, liu, sign_in):
    monday, day = this_monday(), timezone.localdate()
    for person in (zhang, liu):
        a_plan(person, goal="旧目标")
        a_day_report(person, done="旧")
    cell = named and ","
    plans = f"周期,开始日期,目标{named}\n周计划,{monday},新目标{cell}\n"
    reports = f"日期,今日工作{named}\n{day},新{cell}\n"
    for file, kind in ((plans, "plans"), (reports, "day-reports")):
        address = f"/{kind}/import/"
        found = run(sign_in(zhang), file, "表.csv", address, known="update")
        assert counts(found) == (1, 0, 1, 0, 0)
    goals = dict(WorkPlan.objects.values_list("owner__name", "goal"))
    assert goals == {"张伟": "新目标", "刘洋": "旧目标"}
    said = dict(DayReport.objects.values_list("owner__name", "done"))
    assert said == {"张伟": "新", "刘洋": "旧"}


def test_a_plan_that_was_taken_over_is_none_of_ones_own(zhang, liu, sign_in):
    theirs, monday = a_plan(liu, goal="刘洋的目标"), this_monday()
    with acting(liu, verb="transferred"):
        WorkPlan.objects.filter(pk=theirs.pk).give(zhang.pk)
    file = f"周期,开始日期,目标\n周计划,{monday},自己的目标\n"
    address = "/plans/import/"
    found = run(sign_in(zhang), file, "计划.csv", address, known="update")
    assert counts(found) == (1, 1, 0, 0, 0)
    theirs.refresh_from_db()
    assert theirs.goal == "刘洋的目标"


@pytest.mark.parametrize(
    ("kind", "asked"),
    [("customers.customer", True), ("sales.workplan", False)],
)
def test_nobody_gives_away_what_people_write_of_themselves(kind, asked, zhang):
    importer = importer_of(kind)(zhang)
    importer.form.fields["owner"] = Field()
    assert may_choose(importer) is asked


def foretold(browser, file, address, **changes):
    """Return (created, updated, skipped, refused) as the preview says them."""
    said = preview(browser, file, "表.csv", address, **changes).preview
    return tuple(said[name] for name in ("created", "updated", "skipped", "refused"))


def test_the_preview_foretells_what_becomes_of_plans(zhang, sign_in):
    browser, monday, address = sign_in(zhang), this_monday(), "/plans/import/"
    after = monday + timedelta(days=7)
    a_plan(zhang)
    file = f"开始日期,事项,截止日期\n{after},拜访,{after}\n{after},报价,{monday}\n"
    assert foretold(browser, file, address) == (0, 0, 0, 2)
    file = f"开始日期,目标\n{monday},已有\n{after},甲\n{monday},又\n{after},乙\n"
    assert foretold(browser, file, address) == (1, 0, 3, 0)


def test_the_preview_foretells_what_becomes_of_reports(zhang, zhao, sign_in):
    browser, address = sign_in(zhang), "/day-reports/import/"
    day = timezone.localdate()
    before = day - timedelta(days=1)
    report = a_day_report(zhang)
    file = f"日期,今日工作\n{day},已有\n{before},甲\n{before},乙\n"
    assert foretold(browser, file, address) == (1, 0, 2, 0)
    assert foretold(browser, file, address, known="update") == (1, 1, 1, 0)
    readings.read(report, by=zhao)
    assert foretold(browser, file, address, known="update") == (1, 0, 1, 1)
