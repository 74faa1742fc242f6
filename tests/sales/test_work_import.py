"""Plans and reports come in as files: plans with their lines, reports row by row."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sales.models import DayReport, WorkPlan
from sales.models.plans import this_monday
from tests.factories import a_customer, a_day_report
from tests.samples import run

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
