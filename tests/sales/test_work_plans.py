"""Work plans: a week or a month, line by line, ticked off, read and carried on."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from crm.guards.actor import acting
from crm.models import HistoryEntry
from crm.notices.models import Notice
from sales import plans
from sales.models import WorkPlan, WorkPlanLine
from sales.models.plans import this_monday
from system.leaving.lines import left_with
from tests.contracts.test_contract_pages import fields_of
from tests.factories import a_customer, a_plan
from tests.people import hire
from tests.system.test_merging import merge

pytestmark = pytest.mark.django_db

ADD = "/plans/add/"
DAY = timedelta(days=1)


def refused(name, action):
    """Check that PostgreSQL refuses something by a name."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        action()
    assert error.value.__cause__.diag.constraint_name == name


def line(number, **fields):
    """Return the fields of a line as its form sends them."""
    return {f"lines-{number}-{name}": value for name, value in fields.items()}


def planned(browser, *lines, **fields):
    """Enter a plan by its form and return the answer."""
    form = fields_of(browser, ADD)
    sent = {}
    for number, one in enumerate(lines):
        sent |= line(number, **one)
    return browser.post(ADD, form | sent | fields)


# --- Writing --------------------------------------------------------------------------


def test_a_week_is_planned_line_by_line(zhang, sign_in):
    customer, monday = a_customer(zhang), this_monday()
    answer = planned(
        sign_in(zhang),
        {"subject": "拜访", "customer": customer.pk, "amount": "12,000.50"},
        {"subject": "报价", "due_on": f"{monday + 2 * DAY}"},
        goal="签下滇池项目",
    )
    assert answer.status_code == 302, answer.context["formset"].errors
    plan = WorkPlan.objects.get()
    assert (plan.owner, plan.planner, plan.is_registered) == (zhang, zhang, True)
    assert (plan.starts_on, plan.ends_on) == (monday, monday + 6 * DAY)
    assert (plan.line_count, plan.done_count) == (2, 0)
    assert str(plan.amount) == "12000.50"
    first, second = plan.lines.order_by("pk")
    assert (first.customer, first.due_on) == (customer, plan.ends_on)
    assert second.due_on == monday + 2 * DAY


def test_the_form_begins_in_the_first_week_without_a_plan(zhang, wang, sign_in):
    monday = this_monday()
    for owner, week in ((zhang, 0), (zhang, 1), (zhang, 3), (wang, 2)):
        a_plan(owner, starts_on=monday + week * 7 * DAY)
    a_plan(zhang, period="month", starts_on=(monday + 14 * DAY).replace(day=1))
    form = sign_in(zhang).get(ADD).context["form"]
    assert form["starts_on"].value() == monday + 14 * DAY


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2027, 2, 1), date(2027, 2, 28)), (date(2028, 2, 1), date(2028, 2, 29))],
)
def test_a_month_ends_on_its_last_day(first, last, zhang):
    plan = a_plan(zhang, period="month", starts_on=first)
    assert plan.ends_on == last
    assert str(plan) == f"{first:%Y-%m} 张伟"


@pytest.mark.parametrize("period", ["week", "month"])
def test_a_plan_begins_on_a_monday_or_a_first(period, zhang, sign_in):
    day = this_monday() + DAY
    if day.day == 1:
        day += DAY
    answer = planned(sign_in(zhang), starts_on=f"{day}", period=period)
    assert answer.status_code == 422
    assert "starts_on" in answer.context["form"].errors
    refused("plan_begins_rightly", lambda: a_plan(zhang, period=period, starts_on=day))


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("week", "9999-12-27"),
        ("month", "9999-12-01"),
        ("week", "0001-01-01"),
        ("month", "2101-01-01"),
    ],
)
def test_a_plan_begins_on_a_day_within_reason(period, day, zhang, sign_in):
    lines = ({"subject": "拜访", "due_on": day},)
    answer = planned(sign_in(zhang), *lines, period=period, starts_on=day)
    assert answer.status_code == 422
    assert "starts_on" in answer.context["form"].errors


@pytest.mark.parametrize(
    "query",
    [
        "after=99999999999999999999",
        "after=9999-12-31",
        "after=%00",
        "starts_on=9999-12-27&period=week",
    ],
)
def test_no_address_breaks_the_page_of_a_new_plan(query, zhang, sign_in):
    assert sign_in(zhang).get(f"{ADD}?{query}").status_code in (200, 404)


def test_of_some_days_a_person_has_one_plan(zhang, wang, sign_in):
    a_plan(wang)
    first = this_monday().replace(day=1)
    a_plan(zhang, period="month", starts_on=first)
    plan = a_plan(zhang)
    answer = planned(sign_in(zhang), starts_on=f"{this_monday()}")
    assert answer.status_code == 422
    assert "starts_on" in answer.context["form"].errors
    refused("plan_once", lambda: a_plan(zhang))
    plan.discard(zhang)
    assert planned(sign_in(zhang)).status_code == 302


def test_a_line_is_due_within_the_days_of_the_plan(zhang, sign_in):
    monday = this_monday()
    for day in (monday - DAY, monday + 7 * DAY):
        answer = planned(sign_in(zhang), {"subject": "拜访", "due_on": f"{day}"})
        assert answer.status_code == 422
        assert "due_on" in answer.context["formset"].errors[0]
    plan = a_plan(zhang)
    refused(
        "plan_line_due",
        lambda: plan.lines.create(subject="x", due_on=monday - DAY),
    )


@pytest.mark.parametrize("amount", ["-1", "x", "1e30", "NaN"])
def test_a_planned_amount_is_one(amount, zhang, sign_in):
    answer = planned(sign_in(zhang), {"subject": "拜访", "amount": amount})
    assert answer.status_code == 422
    assert "amount" in answer.context["formset"].errors[0]
    assert not WorkPlan.objects.exists()


def test_a_negative_amount_is_refused_by_postgresql(zhang):
    plan = a_plan(zhang)
    refused(
        "plan_line_amount_in_bounds", lambda: plan.lines.create(subject="x", amount=-1)
    )


def test_a_line_is_about_a_living_customer_of_those_one_sees(zhang, wang, sign_in):
    other, gone = a_customer(wang), a_customer(zhang)
    gone.discard(zhang)
    for customer in (other, gone):
        answer = planned(sign_in(zhang), {"subject": "拜访", "customer": customer.pk})
        assert answer.status_code == 422
        assert "customer" in answer.context["formset"].errors[0]
    plan = a_plan(zhang)
    refused("parent_lives", lambda: plan.lines.create(subject="x", customer=gone))


def test_the_days_of_a_plan_never_change(zhang, sign_in):
    plan = a_plan(zhang, {"subject": "拜访"})
    browser, url = sign_in(zhang), f"{plan.get_absolute_url()}edit/"
    form = fields_of(browser, url)
    assert "starts_on" not in form
    later = f"{plan.starts_on + 7 * DAY}"
    assert browser.post(url, form | {"starts_on": later}).status_code == 302
    rows = WorkPlan.objects.filter(pk=plan.pk)
    assert rows.get().starts_on == plan.starts_on
    refused("plan_kept", lambda: rows.update(starts_on=plan.starts_on + 7 * DAY))


def test_lines_are_changed_and_taken_away(zhang, sign_in):
    plan = a_plan(zhang, {"subject": "拜访"}, {"subject": "报价", "amount": 5})
    browser, url = sign_in(zhang), f"{plan.get_absolute_url()}edit/"
    form = fields_of(browser, url)
    sent = line(0, subject="再次拜访", done="on", result="客户同意") | line(
        1, DELETE="on"
    )
    assert browser.post(url, form | sent).status_code == 302
    (left,) = plan.lines.all()
    assert (left.subject, left.done, left.result) == ("再次拜访", True, "客户同意")
    plan.refresh_from_db()
    assert (plan.line_count, plan.done_count, plan.amount) == (1, 1, 0)


def test_a_stale_form_loses_nothing(zhang, sign_in):
    plan = a_plan(zhang, {"subject": "拜访"})
    browser, url = sign_in(zhang), f"{plan.get_absolute_url()}edit/"
    form = fields_of(browser, url)
    plans.tick(plan.lines.get(), by=zhang, done=True)
    answer = browser.post(url, form | {"goal": "新的目标"})
    assert answer.status_code == 409
    assert "新的目标" in answer.text


# --- Doing it -------------------------------------------------------------------------


def tick(browser, plan, one, **fields):
    """Tick a line off by its button and return the answer."""
    plan.refresh_from_db()
    given = {"version": plan.version, "done": "true"} | fields
    return browser.post(f"{plan.get_absolute_url()}lines/{one.pk}/", given)


def test_its_owner_ticks_a_line_off_and_takes_that_back(zhang, sign_in):
    plan = a_plan(zhang, {"subject": "拜访"}, {"subject": "报价"})
    one, browser = plan.lines.first(), sign_in(zhang)
    assert tick(browser, plan, one, result="已签样机协议").status_code == 302
    one.refresh_from_db()
    assert (one.done, one.result) == (True, "已签样机协议")
    assert timezone.now() - one.done_at < timedelta(minutes=1)
    assert tick(browser, plan, one, done="false").status_code == 302
    one.refresh_from_db()
    assert (one.done, one.done_at) == (False, None)
    assert one.result == "已签样机协议"


def test_postgresql_says_when_a_line_was_done(zhang):
    plan = a_plan(zhang, {"subject": "拜访", "done": True})
    one = plan.lines.get()
    long_ago = timezone.now() - 9 * DAY
    WorkPlanLine.objects.filter(pk=one.pk).update(done_at=long_ago)
    one.refresh_from_db()
    assert one.done_at > long_ago


def test_nobody_else_ticks_a_line_off(zhang, liu, zhao, wang, sign_in):
    plan = a_plan(zhang, {"subject": "拜访"})
    one = plan.lines.get()
    answers = {
        person.name: tick(sign_in(person), plan, one).status_code
        for person in (liu, zhao, wang)
    }
    assert answers == {"刘洋": 404, "赵强": 403, "王芳": 404}
    one.refresh_from_db()
    assert not one.done
    assert "lines/" not in sign_in(zhao).get(plan.get_absolute_url()).text


def test_a_line_of_another_plan_is_not_there(zhang, wang, sign_in):
    plan, other = a_plan(zhang), a_plan(wang, {"subject": "拜访"})
    answer = tick(sign_in(zhang), plan, other.lines.get())
    assert answer.status_code == 409
    assert not other.lines.get().done


def test_a_tick_of_what_has_changed_is_told_so(zhang, sign_in):
    plan = a_plan(zhang, {"subject": "拜访"})
    answer = tick(sign_in(zhang), plan, plan.lines.get(), version=99)
    assert answer.status_code == 409


def test_what_comes_back_of_a_refused_tick_is_what_was_written(zhang, sign_in):
    plan = a_plan(zhang, {"subject": "拜访"})
    browser, one = sign_in(zhang), plan.lines.get()
    assert tick(browser, plan, one, result="r2", version=99).status_code == 409
    page = browser.get(plan.get_absolute_url())
    assert page.context["interrupted"]["typed"] == "r2"
    assert '<input type="hidden" name="done"' not in page.text


# --- Over -----------------------------------------------------------------------------


def an_old_plan(owner, *lines, days):
    """Return a plan of a week that ended at least so many days ago, as time does it."""
    plan = a_plan(owner, *lines)
    ended = timezone.localdate() - timedelta(days=days)
    starts = ended - timedelta(days=ended.weekday() + 7)
    moved = {
        "sales_workplan": ("starts_on", "id"),
        "sales_workplanline": ("due_on", "plan_id"),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, (day, key) in moved.items():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                f"UPDATE {table} SET {day} = %s WHERE {key} = %s",  # noqa: S608
                [starts, plan.pk],
            )
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    plan.refresh_from_db()
    return plan


def test_a_plan_over_for_a_month_is_closed(zhang, sign_in):
    plan = an_old_plan(zhang, {"subject": "拜访"}, days=32)
    one, browser, url = plan.lines.get(), sign_in(zhang), plan.get_absolute_url()
    assert not plan.is_writable
    for page in ("edit/", "delete/"):
        assert browser.get(url + page).status_code == 409
        assert browser.post(url + page, {"version": plan.version}).status_code == 409
    assert tick(browser, plan, one).status_code == 409
    page = browser.get(url).text
    for address in ("/edit/", "/delete/", f"/lines/{one.pk}/"):
        assert address not in page
    rows = WorkPlan.objects.filter(pk=plan.pk)
    refused("plan_closed", lambda: rows.update(goal="x"))
    refused("plan_closed", lambda: plan.lines.create(subject="x"))
    refused("plan_closed", lambda: plan.lines.update(done=True))
    refused("plan_closed", lambda: plan.lines.all().delete())


def test_a_plan_just_over_is_written_still(zhang, sign_in):
    plan = an_old_plan(zhang, {"subject": "拜访"}, days=1)
    assert plan.status == "over"
    assert tick(sign_in(zhang), plan, plan.lines.get()).status_code == 302


def test_nothing_is_planned_for_what_is_long_over(zhang, sign_in):
    day = this_monday() - 8 * 7 * DAY
    answer = planned(sign_in(zhang), starts_on=f"{day}")
    assert answer.status_code == 422
    refused("plan_closed", lambda: a_plan(zhang, starts_on=day))


def test_a_plan_is_ended_before_its_time(zhang, zhao, sign_in):
    plan = a_plan(zhang, {"subject": "拜访"})
    url = f"{plan.get_absolute_url()}ending/"
    assert sign_in(zhao).post(url, {"version": plan.version}).status_code == 403
    assert sign_in(zhang).post(url, {"version": plan.version}).status_code == 302
    plan.refresh_from_db()
    assert (plan.status, plan.ended_on) == ("ended", timezone.localdate())
    assert tick(sign_in(zhang), plan, plan.lines.get()).status_code == 409
    rows = WorkPlan.objects.filter(pk=plan.pk)
    refused("plan_kept", lambda: rows.update(ended_on=None))
    entry = HistoryEntry.objects.filter(label="sales.workplan", verb="ended").get()
    assert entry.actor_id == zhang.pk
    again = sign_in(zhang).post(url, {"version": plan.version})
    assert again.status_code == 409


# --- Reading --------------------------------------------------------------------------


def test_the_head_reads_and_comments_and_the_plan_goes_on(zhang, zhao, sign_in):
    plan = a_plan(zhang, {"subject": "拜访"})
    given = {"version": plan.version, "comment": "先拜访滇池食品"}
    url = plan.get_absolute_url()
    assert sign_in(zhao).post(f"{url}reading/", given).status_code == 302
    notice = Notice.objects.get(person=zhang)
    assert (notice.verb, notice.reason) == ("read_above", "先拜访滇池食品")
    assert "先拜访滇池食品" in sign_in(zhang).get(url).text
    assert tick(sign_in(zhang), plan, plan.lines.get()).status_code == 302
    plan.refresh_from_db()
    given = {"version": plan.version, "comment": "好"}
    assert sign_in(zhang).post(f"{url}answer/", given).status_code == 302
    assert Notice.objects.get(person=zhao).verb == "answered"


def test_a_comment_turns_nothing_beside_it(zhang, zhao, sign_in):
    plan = a_plan(zhang)
    comment, url = "\u202e先拜访", plan.get_absolute_url()
    given = {"version": plan.version, "comment": comment}
    assert sign_in(zhao).post(f"{url}reading/", given).status_code == 302
    assert f'<p dir="auto">{comment}</p>' in sign_in(zhang).get(url).text


def test_nobody_reads_their_own_plan(zhang, liu, sun, sign_in):
    plan = a_plan(zhang)
    given, url = {"version": plan.version}, f"{plan.get_absolute_url()}reading/"
    assert sign_in(zhang).post(url, given).status_code == 403
    assert sign_in(liu).post(url, given).status_code == 404
    assert sign_in(sun).post(url, given).status_code == 404
    refused("reading_above", lambda: plan.readings.create(by=liu))


def test_a_plan_that_was_read_stays(zhang, zhao, sign_in):
    plan = a_plan(zhang)
    url = plan.get_absolute_url()
    sign_in(zhao).post(f"{url}reading/", {"version": plan.version})
    plan.refresh_from_db()
    browser = sign_in(zhang)
    keys = [one["key"] for one in browser.get(url).context["actions"]]
    assert "update" in keys
    assert "delete" not in keys
    for answer in (
        browser.get(f"{url}delete/"),
        browser.post(f"{url}delete/", {"version": plan.version}),
    ):
        assert answer.status_code == 409
        assert answer.context["reasons"] == [str(WorkPlan.refused["plan_read"])]
    rows = WorkPlan.objects.filter(pk=plan.pk)
    refused("plan_read", lambda: rows.update(deleted_at=timezone.now()))


def test_a_plan_is_seen_by_who_made_it_and_who_is_above(
    zhang, liu, wang, zhao, sun, qian, lina, nobody, sign_in
):
    url = a_plan(zhang).get_absolute_url()
    for person in (zhang, zhao, qian):
        assert sign_in(person).get(url).status_code == 200, person
    for person in (liu, wang, sun):
        assert sign_in(person).get(url).status_code == 404, person
        assert sign_in(person).get("/plans/").context["total"] == 0
    for person in (lina, nobody):
        assert sign_in(person).get(url).status_code == 403, person


# --- Carrying on ----------------------------------------------------------------------


def test_a_new_plan_takes_over_what_the_one_before_left_open(zhang, sign_in):
    customer = a_customer(zhang)
    before = a_plan(
        zhang,
        {"subject": "拜访", "customer": customer, "amount": 5},
        {"subject": "报价", "done": True},
    )
    browser = sign_in(zhang)
    assert f"{ADD}?after={before.pk}" in browser.get(ADD).text
    form = fields_of(browser, f"{ADD}?after={before.pk}")
    assert form["starts_on"] == before.starts_on + 7 * DAY
    assert form["lines-0-subject"] == "拜访"
    assert form["lines-0-customer"] == customer.pk
    assert form.get("lines-1-subject", "") == ""
    assert browser.post(f"{ADD}?after={before.pk}", form).status_code == 302
    after = WorkPlan.objects.exclude(pk=before.pk).get()
    assert [one.subject for one in after.lines.all()] == ["拜访"]
    assert "?after=" not in browser.get(ADD).text.replace(f"?after={after.pk}", "")


def test_nobody_carries_on_somebody_elses_plan(zhang, wang, zhao, sign_in):
    plan = a_plan(zhang, {"subject": "拜访"})
    for person, status in ((wang, 404), (zhao, 403)):
        answer = sign_in(person).get(f"{ADD}?after={plan.pk}")
        assert answer.status_code == status
    for text in ("x", "\0", "9" * 30, ""):
        assert sign_in(zhang).get(ADD, {"after": text}).status_code == 404


def test_a_customer_that_one_sees_no_more_is_not_told(zhang, wang, sign_in):
    customer = a_customer(zhang, name="昆明滇池食品有限公司")
    plan = a_plan(zhang, {"subject": "拜访", "customer": customer})
    type(customer).objects.filter(pk=customer.pk).update(owner=wang)
    browser, url = sign_in(zhang), plan.get_absolute_url()
    for address in (url, f"{url}edit/", f"{ADD}?after={plan.pk}"):
        assert "滇池食品" not in browser.get(address).text, address
    form = fields_of(browser, f"{url}edit/")
    assert browser.post(f"{url}edit/", form | {"goal": "x"}).status_code == 302
    assert plan.lines.get().customer == customer


# --- Lists, tabs ----------------------------------------------------------------------


def test_the_list_says_how_far_plans_are(zhang, zhao, sign_in):
    a_plan(zhang, {"subject": "拜访", "done": True}, {"subject": "报价", "amount": 7})
    a_plan(zhang, {"subject": "拜访", "done": True}, weeks=1)
    browser = sign_in(zhao)
    for query, number in (
        ("", 2),
        ("is_done=true", 1),
        ("is_done=false", 1),
        ("period=month", 0),
        ("whose=below", 2),
        ("is_read=true", 0),
        ("amount_min=7", 1),
        ("done_count_min=1&line_count_max=1", 1),
    ):
        assert browser.get(f"/plans/?{query}").context["total"] == number, query
    assert sign_in(zhang).get("/plans/?whose=below").context["total"] == 0


def test_a_customer_has_a_tab_with_the_plans_about_it(zhang, liu, zhao, sign_in):
    customer = a_customer(zhang)
    about = {"subject": "拜访", "customer": customer}
    a_plan(zhang, about, about)
    a_plan(liu, {"subject": "拜访"})
    page = sign_in(zhang).get(customer.get_absolute_url())
    tab = next(one for one in page.context["tabs"] if one["key"] == "workplan")
    assert tab["count"] == 1
    assert sign_in(zhang).get(tab["url"]).context["total"] == 1
    assert sign_in(zhao).get(tab["url"]).context["total"] == 1
    form = fields_of(sign_in(zhang), tab["add_url"])
    assert form["lines-0-customer"] == customer.pk


def test_plans_are_found_by_what_their_lines_say(zhang, wang, sign_in):
    planned(sign_in(zhang), {"subject": "演示超声波流量计"}, goal="签下滇池项目")
    plan = WorkPlan.objects.get()
    for text in ("超声波", "滇池", "zhangwei"):
        assert sign_in(zhang).get(f"/plans/?q={text}").context["total"] == 1, text
        assert plan.get_absolute_url() in sign_in(zhang).get(f"/search/?q={text}").text
        assert sign_in(wang).get(f"/plans/?q={text}").context["total"] == 0


def test_an_old_plan_keeps_its_customer_but_for_a_merge(zhang, lina):
    customer, other = a_customer(zhang), a_customer(zhang)
    plan = an_old_plan(zhang, {"subject": "拜访", "customer": customer}, days=32)
    rows = plan.lines.all()
    refused("plan_closed", lambda: rows.update(customer=other))
    merge(other, customer, by=lina)
    assert plan.lines.get().customer == other


# --- A leaver -------------------------------------------------------------------------


def test_of_a_leaver_plans_under_way_are_handed_on_and_nothing_else(zhang, sign_in):
    old = an_old_plan(zhang, days=1)
    ended = a_plan(zhang, weeks=1)
    plans.end(ended, by=zhang)
    a_plan(zhang, weeks=2)
    left = {line.key: number for line, number in left_with(zhang)}
    assert left == {"sales.WorkPlan.owner": 1}
    assert old.owner == zhang


def test_who_takes_a_plan_over_has_it_beside_their_own(zhang, liu):
    plan, own = a_plan(zhang), a_plan(liu)
    rows = WorkPlan.objects.filter(pk=plan.pk)
    with acting(liu, verb="transferred"):
        rows.update(owner=liu)
    plan.refresh_from_db()
    assert (plan.owner, plan.planner) == (liu, zhang)
    assert own.planner == liu
    refused("plan_kept", lambda: rows.update(planner=liu))


def test_a_plan_is_called_by_who_carries_it_out(zhang, liu, zhao, sign_in):
    plan = a_plan(zhang, {"subject": "拜访"})
    rows, days = WorkPlan.objects.filter(pk=plan.pk), str(plan).removesuffix("张伟")
    browser = sign_in(zhao)
    with acting(zhao, verb="transferred"):
        assert rows.filter(owner=zhang).give(liu.pk) == 1
    plan = rows.get()
    assert (plan.owner, plan.reporter, plan.title) == (liu, zhang, f"{days}刘洋")
    assert browser.get("/plans/?q=刘洋").context["total"] == 1
    assert browser.get("/plans/?q=张伟").context["total"] == 0
    assert HistoryEntry.objects.filter(label="sales.workplan", verb="transferred").get()
    with acting(zhao):
        assert rows.hand(zhang.pk, zhang.pk) == 1
    assert rows.get().title == f"{days}张伟"


def test_a_plan_that_is_over_changes_hands_no_more(zhang, liu):
    plan = an_old_plan(zhang, days=1)
    rows = WorkPlan.objects.filter(pk=plan.pk)
    refused("plan_over", lambda: rows.update(owner=liu))
    assert not rows.filter(WorkPlan.open_to("transfer")).exists()


def test_a_clerk_who_is_given_the_right_plans_for_others(zhang):
    clerk = hire("clerk", "马丽", "salesperson")
    assert not WorkPlan.objects.visible_to(clerk).exists()
    assert a_plan(zhang).planner == zhang
