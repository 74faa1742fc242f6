"""Rules of assignment where nobody is left: why, and what becomes of the lead."""

import pytest
from django.utils import timezone

from crm.models import Deputy
from sales.leads import timeouts, work
from sales.leads.assigning import assign_one
from sales.models import LeadRule
from tests.factories import a_lead
from tests.pages import shows
from tests.people import hire, let_leave
from tests.sales.test_lead_rules import a_rule, given, hows, signed_in
from tests.sales.test_lead_timeouts import a_late_lead, done, verbs_of

pytestmark = pytest.mark.django_db
TRIAL = "/leads/rules/trial/"


@pytest.fixture
def director(head_office):
    """A sales director, who sets the rules."""
    return hire("chief", "总监", "sales_director", department=head_office)


def let_be_absent(person, deputy):
    """Let a person be absent today."""
    today = timezone.localdate()
    Deputy.objects.create(person=person, deputy=deputy, starts_on=today, ends_on=today)


def had(lead, *people):
    """Let some people have had a lead too long."""
    for person in people:
        lead.assignments.create(person=person, how="timeout")


# --- Why nobody got it ----------------------------------------------------------------


def let_be_absent_or_full_or_have_had(case, lead, members, zhao):
    """Bring about what keeps the members from a lead; the rule takes one at most."""
    zhang, liu = members
    if case == "absent":
        let_be_absent(zhang, zhao)
        let_be_absent(liu, zhao)
    elif case == "full":
        for person in members:
            a_lead(person, by=zhao)
    elif case == "had":
        had(lead, *members)
    else:
        let_be_absent(zhang, zhao)
        a_lead(liu, by=zhao)


@pytest.mark.parametrize(
    ("case", "told", "tried"),
    [
        ("absent", "规则“西南线索”：成员都不在", "规则的成员都不在。"),
        ("full", "规则“西南线索”：成员均已满额", "规则的成员均已满额。"),
        ("had", "规则“西南线索”：成员都已接过此线索", "规则的成员都已接过此线索。"),
        (
            "mixed",
            "目前没有可接的成员（不在、已满额或已接过）",
            "目前没有可接的成员（不在、已满额或已接过）。",
        ),
    ],
)
def test_it_is_said_why_nobody_got_it(
    case, told, tried, zhang, liu, zhao, lina, zhou, sign_in
):
    a_rule(zhang, liu, most_open=1)
    lead = a_lead(zhao)
    let_be_absent_or_full_or_have_had(case, lead, (zhang, liu), zhao)
    assert shows(sign_in(zhou).get(TRIAL), tried)
    assign_one(lead, lina)
    assert hows(lead)[-1] == (case, None)
    browser = sign_in(zhao)
    assert shows(browser.get(lead.get_absolute_url()), told)
    label = lead.assignments.first().get_how_display()
    assert shows(browser.get(f"/history/sales.lead/{lead.pk}/"), str(label))


def test_who_has_left_says_nothing_of_those_who_are_left(zhang, liu, lina, zhao):
    a_rule(zhang, liu, most_open=1)
    a_lead(liu, by=zhao)
    let_leave(zhang)
    lead = a_lead(lina)
    assign_one(lead, lina)
    assert hows(lead) == [("full", None)]


# --- The next rule --------------------------------------------------------------------


def test_where_all_of_a_rule_had_the_lead_the_next_one_counts(zhang, liu, wang, zhao):
    a_rule(zhang, name="先", order=10)
    a_rule(liu, name="不符", order=20, regions=["440000"])
    a_rule(wang, name="后", order=30)
    lead = a_lead(zhao, region_id="530000")
    had(lead, zhang)
    assert given(lead, zhao) == wang
    assert lead.assignments.first().rule.name == "后"
    assert given(a_lead(zhao, region_id="530000"), zhao) == zhang


def test_who_is_absent_is_waited_for(zhang, liu, wang, zhao):
    a_rule(zhang, liu, name="先", order=10)
    a_rule(wang, name="后", order=30)
    lead = a_lead(zhao)
    had(lead, zhang)
    let_be_absent(liu, zhao)
    assert given(lead, zhao) == zhao
    assert hows(lead)[-1] == ("mixed", None)


def test_who_has_left_is_not_waited_for(zhang, liu, wang, zhao):
    a_rule(zhang, liu, name="先", order=10)
    a_rule(wang, name="后", order=30)
    lead = a_lead(zhao)
    had(lead, zhang)
    let_leave(liu)
    assert given(lead, zhao) == wang


def test_the_clock_gives_it_by_the_next_rule_too(zhang, wang, zhao):
    a_rule(zhang, name="先", order=10)
    a_rule(wang, name="后", order=20)
    lead = a_late_lead(zhang, zhao)
    done(work.look_after)
    lead.refresh_from_db()
    assert lead.owner == wang
    assert hows(lead) == [("timeout", zhang), ("rule", wang)]


# --- The clock, where nobody else is left ---------------------------------------------


def test_the_one_person_keeps_it_and_is_told_once_as_their_head(
    zhang, wang, zhao, qian, zhou, sign_in
):
    signed_in(zhang)
    LeadRule.objects.create(name="一人", does="person", person=zhang)
    lead = a_late_lead(zhang, qian)
    for _hour in range(2):
        done(work.look_after)
    lead.refresh_from_db()
    assert (lead.owner, lead.status, hows(lead)) == (zhang, "pending", [])
    for person, number in ((zhang, 1), (zhao, 1), (qian, 0), (wang, 0)):
        assert verbs_of(person).count("lead_stays") == number
        assert "lead_returned" not in verbs_of(person)
    page = sign_in(zhou).get(TRIAL)
    assert (page.context["late"], page.context["staying"]) == (0, 1)
    assert shows(page, "仍由原负责人负责")


def test_it_stays_until_somebody_is_there(zhang, liu, zhao):
    a_rule(zhang, liu)
    lead = a_late_lead(zhang, zhao)
    signed_in(liu, days=30)
    assert timeouts.return_some(10)[0] == 0
    signed_in(liu)
    assert timeouts.return_some(10)[0] == 1
    lead.refresh_from_db()
    assert lead.owner == liu


def test_what_no_rule_is_for_stays_what_is_assigned_by_hand_goes(zhang, zhao):
    rule = LeadRule.objects.create(name="人工", does="nobody", budget_from=5)
    lead = a_late_lead(zhang, zhao)
    assert timeouts.return_some(10)[0] == 0
    LeadRule.objects.filter(pk=rule.pk).update(budget_from=None)
    assert timeouts.return_some(10)[0] == 1
    assert hows(lead) == [("timeout", zhang), ("nobody", None)]


def test_those_that_stay_do_not_hold_up_the_others(zhang, liu, zhao, monkeypatch):
    a_rule(zhang, liu, name="云南", regions=["530000"])
    a_late_lead(zhang, zhao)
    goes = a_late_lead(zhang, zhao, region_id="530000")
    monkeypatch.setattr(work, "SLICE", 1)
    done(work.look_after)
    goes.refresh_from_db()
    assert goes.owner == liu


def test_those_that_stay_do_not_stop_the_run(zhang, liu, zhao, monkeypatch):
    a_rule(zhang, liu, name="云南", regions=["530000"])
    for _each in range(3):
        a_late_lead(zhang, zhao)
    a_late_lead(zhang, zhao, region_id="530000")
    monkeypatch.setattr(timeouts, "FEW", 2)
    assert timeouts.too_much() == ""


def test_the_list_of_rules_says_so(director, sign_in):
    assert shows(sign_in(director).get("/leads/rules/"), "仍由原负责人负责")
