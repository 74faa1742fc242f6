"""The pages of rules of assignment: who sets them, how they read, what a trial says."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from crm.jobs.models import Job
from crm.models import Deputy, Region
from sales.leads import work
from sales.leads.assigning import assign_one
from sales.models import Lead, LeadAssignment, LeadRule, LeadRuleMember
from system.lead_rules.forms import LeadRuleForm
from system.leaving.giving import give_turns
from system.leaving.lines import Heirs, left_with
from tests.factories import a_lead, an_item
from tests.pages import form_of, shows
from tests.people import hire, let_leave
from tests.sales.test_lead_rules import a_rule, signed_in
from tests.sales.test_lead_timeouts import done

pytestmark = pytest.mark.django_db
RULES = "/leads/rules/"
ADD = f"{RULES}add/"


@pytest.fixture
def director(head_office):
    """A sales director, who sets the rules."""
    return hire("chief", "总监", "sales_director", department=head_office)


def filled(browser, address, **values):
    """Return the form and its lines as they stand, with some values."""
    lines = browser.get(address).context["formset"]
    sent = {
        form.add_prefix(name): "" if (value := form[name].value()) is None else value
        for form in (lines.management_form, *lines.forms)
        for name in form.fields
    }
    return {**sent, **form_of(browser, address), **values}


def members_of(*people, **more):
    """Return the lines of members as a form sends them."""
    sent = {"members-TOTAL_FORMS": len(people), "members-INITIAL_FORMS": 0, **more}
    for place, person in enumerate(people):
        sent |= {
            f"members-{place}-person": person.pk,
            f"members-{place}-active": "on",
        }
    return sent


def test_a_director_sets_up_a_rule(director, zhang, liu, sign_in):
    browser, fair = sign_in(director), an_item("customer_source", "exhibition")
    values = {
        "name": "云南展会",
        "order": "10",
        "sources": [fair.pk],
        "regions": ["530000", "520000"],
        "budget_from": "10000",
        **members_of(zhang, liu),
    }
    answer = browser.post(ADD, filled(browser, ADD, **values))
    assert answer.status_code == 302, answer.context["form"].errors
    rule = LeadRule.objects.get()
    assert rule.terms.count() == 3
    assert [one.person for one in rule.members.all()] == [zhang, liu]
    page = browser.get(RULES)
    assert shows(page, "展会") or shows(page, fair.label)
    assert shows(page, "云南省")
    assert shows(page, "成员轮流")
    assert shows(page, "两个工作日未登录")
    address = f"{RULES}{rule.pk}/edit/"
    data = filled(browser, address, regions=["530000"], sources=[])
    assert browser.post(address, data).status_code == 302
    assert [term.region_id for term in rule.terms.all()] == ["530000"]
    assert browser.post(address, data).status_code == 409  # it is another version


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"does": "turns"}, "至少填写一名"),
        ({"does": "person"}, "请指定由谁领取"),
        ({"does": "nobody", "budget_from": "5", "budget_to": "4"}, "上限低于下限"),
        ({"does": "nobody", "most_open": "0"}, "1"),
        ({"does": "nobody", "regions": ["x"]}, "x"),
        ({"does": "nobody", "sources": ["999999"]}, "999999"),
        ({"does": "everybody"}, "everybody"),
    ],
)
def test_a_rule_that_says_nothing_is_refused(director, sign_in, values, words):
    browser = sign_in(director)
    answer = browser.post(ADD, filled(browser, ADD, name="空", **values))
    assert answer.status_code == 422
    assert shows(answer, words)
    assert not LeadRule.objects.exists()


def test_a_member_stands_there_once(director, zhang, sign_in):
    browser = sign_in(director)
    data = filled(browser, ADD, name="两次", **members_of(zhang, zhang))
    assert browser.post(ADD, data).status_code == 422


def test_one_person_is_named_and_dropped_again(director, zhao, sign_in):
    browser = sign_in(director)
    data = filled(browser, ADD, name="大单", does="person", person=zhao.pk)
    assert browser.post(ADD, data).status_code == 302
    rule = LeadRule.objects.get()
    assert rule.person == zhao
    address = f"{RULES}{rule.pk}/edit/"
    data = filled(browser, address, does="nobody")
    assert browser.post(address, data).status_code == 302
    rule.refresh_from_db()
    assert rule.person is None


def test_who_sets_them_who_reads_them_and_who_does_neither(
    director, lina, zhou, zhang, zhao, sign_in
):
    rule = a_rule(zhang)
    pages = (
        ADD,
        f"{RULES}{rule.pk}/edit/",
        f"{RULES}{rule.pk}/delete/",
    )
    for person in (director, zhou):
        browser = sign_in(person)
        for page in (RULES, f"{RULES}trial/", *pages):
            assert browser.get(page).status_code == 200, (person, page)
        assert shows(browser.get(RULES), "添加") or shows(browser.get(RULES), "新增")
    for person, status in ((lina, 200), (zhang, 403), (zhao, 403)):
        browser = sign_in(person)
        for page in (RULES, f"{RULES}trial/"):
            assert browser.get(page).status_code == status, (person, page)
        for page in pages:
            assert browser.get(page).status_code == 403, (person, page)
            assert browser.post(page, {}).status_code == 403, (person, page)
        for page in ("run/", "returns/"):
            assert browser.get(f"{RULES}{page}").status_code == 405
            assert browser.post(f"{RULES}{page}").status_code == 403
    assert shows(sign_in(director).get("/leads/"), "线索分配规则")
    assert not shows(sign_in(zhang).get("/leads/"), "线索分配规则")


def test_a_rule_that_assigned_something_is_taken_out_of_use(zhang, lina, zhou, sign_in):
    rule, browser = a_rule(zhang), sign_in(zhou)
    spare = a_rule(zhang, name="没用过")
    assign_one(a_lead(lina), lina)
    for one, status in ((rule, 409), (spare, 302)):
        page = f"{RULES}{one.pk}/delete/"
        is_used = shows(browser.get(page), "请改为停用")
        answer = browser.post(page, {"version": one.version})
        assert answer.status_code == status
        assert is_used is (status == 409)
        if is_used:
            assert shows(answer, "请改为停用")
            assert f'href="{one.get_absolute_url()}"' in answer.content.decode()
    assert list(LeadRule.objects.all()) == [rule]


def test_a_trial_says_who_would_get_what_and_changes_nothing(
    zhang, liu, lina, director, zhou, sign_in
):
    rule = a_rule(zhang, liu, regions=["530000"])
    rows = [a_lead(lina, region_id="532301") for _each in range(3)]
    other = a_lead(lina, region_id="440100")
    kept = a_lead(zhang)
    page = sign_in(director).get(f"{RULES}trial/")
    people = {line["lead"].pk: line["person"] for line in page.context["lines"]}
    assert people == {
        rows[0].pk: zhang,
        rows[1].pk: liu,
        rows[2].pk: zhang,
        other.pk: None,
    }
    assert shows(page, rows[0].company)
    assert shows(page, "没有适用的规则")
    assert not shows(page, kept.number)
    page = sign_in(zhou).get(f"{RULES}trial/")  # who may not see leads
    assert shows(page, rows[0].number)
    assert not shows(page, rows[0].company)
    assert not LeadAssignment.objects.exists()
    assert not Lead.objects.filter(status="pending").exists()
    assert rule.version == LeadRule.objects.get().version


def test_the_unassigned_are_given_away_in_the_background(
    zhang, liu, lina, director, sign_in
):
    a_rule(zhang, liu, regions=["530000"])
    for _each in range(3):
        a_lead(lina, region_id="532301")
    a_lead(lina)
    answer = sign_in(director).post(f"{RULES}run/")
    assert answer.status_code == 302
    job = Job.objects.get()
    assert job.task_path == "sales.leads.work.assign"
    done(work.assign)
    numbers = [Lead.objects.filter(owner=one).count() for one in (zhang, liu, lina)]
    assert numbers == [2, 1, 1]


def test_the_list_says_who_is_out_and_who_had_the_last_turn(
    zhang, liu, lina, zhao, director, sign_in
):
    rule, today = a_rule(zhang, liu), timezone.localdate()
    assign_one(a_lead(lina), lina)
    Deputy.objects.create(person=liu, deputy=zhao, starts_on=today, ends_on=today)
    people = sign_in(director).get(RULES).context["rules"][0].people
    assert [bool(one["last"]) for one in people] == [True, False]
    assert [str(one["out"]) for one in people] == ["", "今日请假"]
    signed_in(zhang, days=30)
    assert rule.members.count() == 2


def test_a_list_takes_as_many_queries_for_many_rules(zhang, liu, director, sign_in):
    browser, numbers = sign_in(director), []
    a_rule(zhang, name="一", regions=["530000"], sources=["exhibition"])
    browser.get(RULES)
    for more in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            browser.get(RULES)
        numbers.append(len(queries))
        for each in range(5):
            a_rule(zhang, liu, name=f"{more}{each}", regions=["520000"])
    assert numbers[0] == numbers[1]
    assert numbers[0] <= 14


def test_provinces_are_there_without_scripts(director, sign_in):
    page = sign_in(director).get(ADD)
    for region in Region.objects.filter(parent=None)[:3]:
        assert f'value="{region.pk}"' in page.content.decode()


def test_a_leavers_turns_go_to_the_successor(zhang, liu, zhao, zhou, sign_in):
    rule = a_rule(zhang, liu)
    found = {line.key: number for line, number in left_with(zhang)}
    assert found == {"sales.LeadRuleMember.person": 1}
    heirs = Heirs(leaver=zhang, to=liu.pk, approver=zhao.pk, by=zhou)
    give_turns(rule.members.filter(person=zhang), heirs)
    assert [one.person for one in rule.members.all()] == [liu]


def test_who_has_left_is_passed_over_and_said_so(zhang, liu, lina, director, sign_in):
    a_rule(zhang, liu)
    let_leave(zhang)
    lead = a_lead(lina)
    assign_one(lead, lina)
    assert lead.owner == liu
    assert shows(sign_in(director).get(RULES), "已离职")


def test_it_reads_in_english_too(zhang, director, sign_in):
    a_rule(zhang)
    browser = sign_in(director)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert shows(browser.get(RULES), "The members take turns")
    page = browser.get(ADD)
    assert shows(page, "Which leads: all that is given must hold")
    with translation.override("en"):
        assert page.context["form"]["regions"].label == "regions"


# --- Who is offered, and what is refused ----------------------------------------------


def test_only_those_who_may_see_leads_are_offered(director, zhang, zhou, sign_in):
    browser = sign_in(director)
    page = browser.get(ADD)
    lines = page.context["formset"]
    for field in (
        page.context["form"].fields["person"],
        *(form.fields["person"] for form in (*lines.forms, lines.empty_form)),
    ):
        address = str(field.widget.attrs["data-lookup"])
        names = [row["text"] for row in browser.get(address).json()["results"]]
        assert str(zhang) in names
        assert str(zhou) not in names
        assert zhang in field.queryset
        assert zhou not in field.queryset
    values = {"name": "错", "does": "person", "person": zhou.pk}
    assert browser.post(ADD, filled(browser, ADD, **values)).status_code == 422
    values = {"name": "错", **members_of(zhou)}
    assert browser.post(ADD, filled(browser, ADD, **values)).status_code == 422


def test_of_no_kind_nobody_is_offered(director, sign_in):
    browser = sign_in(director)
    for wrong in ("x", "a.b", "sales.nothing", "a.b.c", "%00"):
        page = browser.get(f"/options/crm.user/?active=1&seeing={wrong}")
        assert page.status_code == 404


def test_a_name_is_given_once(director, zhang, sign_in):
    a_rule(zhang)
    browser = sign_in(director)
    answer = browser.post(ADD, filled(browser, ADD, name="西南线索", does="nobody"))
    assert answer.status_code == 422
    assert shows(answer, "已有同名规则")


def test_who_gives_it_a_moment_later_is_told_so(director, zhang, sign_in, monkeypatch):
    browser = sign_in(director)
    data = filled(browser, ADD, name="西南线索", does="nobody")
    save = LeadRuleForm.save

    def overtaken(form, *args):
        a_rule(zhang)  # all was checked by now
        return save(form, *args)

    monkeypatch.setattr(LeadRuleForm, "save", overtaken)
    answer = browser.post(ADD, data)
    assert answer.status_code == 422
    assert shows(answer, "已有同名规则")


def test_a_place_out_of_use_is_taken_again_for_one_in_use(zhang, liu, zhao, zhou):
    in_use, out_of_use = a_rule(zhang, liu), a_rule(zhang, liu, name="停用的")
    in_use.members.filter(person=liu).update(active=False)
    out_of_use.members.update(active=False)
    heirs = Heirs(leaver=zhang, to=liu.pk, approver=zhao.pk, by=zhou)
    give_turns(LeadRuleMember.objects.filter(person=zhang), heirs)
    for rule, is_active in ((in_use, True), (out_of_use, False)):
        (member,) = rule.members.all()
        assert (member.person, member.active) == (liu, is_active)
