"""Rules by which leads are assigned: which counts, whose turn it is, who is out."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from crm.models import Deputy, HistoryEntry, User
from crm.notices.models import Notice
from sales import leads
from sales.leads.assigning import assign_by_rules, assign_one, waiting
from sales.models import Lead, LeadAssignment, LeadRule
from tests.factories import a_lead, an_item
from tests.pages import form_of, shows
from tests.people import dismiss
from tests.races import together
from tests.samples import run

pytestmark = pytest.mark.django_db
ADD = "/leads/add/"


def signed_in(*people, days=0):
    """Let people have signed in so many days ago."""
    at = timezone.now() - timedelta(days=days)
    User.objects.filter(pk__in=[person.pk for person in people]).update(last_login=at)


def a_rule(*members, name="西南线索", there=True, sources=(), regions=(), **fields):
    """Return a rule by which people take turns; they have signed in today."""
    if there:
        signed_in(*members)
    rule = LeadRule.objects.create(name=name, **fields)
    for person in members:
        rule.members.create(person=person)
    for code in sources:
        rule.terms.create(source=an_item("customer_source", code))
    for code in regions:
        rule.terms.create(region_id=code)
    rule.refresh_from_db()
    return rule


def given(lead, by):
    """Give a lead away by the rules; return who has it."""
    assign_one(lead, by)
    lead.refresh_from_db()
    return lead.owner


def hows(lead):
    """Return how a lead came to whom, the first first."""
    return [(row.how, row.person) for row in lead.assignments.order_by("pk")]


# --- Which rule counts ----------------------------------------------------------------


def test_the_first_rule_in_force_that_a_lead_meets_counts(zhang, liu, lina):
    a_rule(zhang, name="全部", order=20)
    south = a_rule(liu, name="云南展会", order=10, regions=["530000"])
    south.terms.create(source=an_item("customer_source", "exhibition"))
    fair = an_item("customer_source", "exhibition")
    phone = an_item("customer_source", "telephone")
    assert given(a_lead(lina, region_id="532301", source=fair), lina) == liu
    assert given(a_lead(lina, region_id="532301", source=phone), lina) == zhang
    assert given(a_lead(lina, region_id="440100", source=fair), lina) == zhang
    assert given(a_lead(lina), lina) == zhang
    LeadRule.objects.filter(pk=south.pk).update(active=False)
    assert given(a_lead(lina, region_id="532301", source=fair), lina) == zhang


@pytest.mark.parametrize(
    ("budget", "is_met"), [(None, False), (99, False), (100, True), (500, True)]
)
def test_a_budget_lies_between_its_bounds(zhang, lina, budget, is_met):
    a_rule(zhang, budget_from=100, budget_to=500)
    lead = a_lead(lina, budget=budget)
    assert (given(lead, lina) == zhang) is is_met


def test_what_meets_no_rule_stays_as_it_was(zhang, lina):
    a_rule(zhang, regions=["440000"])
    lead = a_lead(lina, region_id="532301")
    assert assign_one(lead, lina) is None
    lead.refresh_from_db()
    assert (lead.status, lead.owner, hows(lead)) == ("unassigned", lina, [])


def test_one_person_may_get_them_or_nobody(zhang, zhao, lina):
    signed_in(zhao)
    person = LeadRule.objects.create(name="大单", does="person", person=zhao)
    assert given(a_lead(lina), lina) == zhao
    LeadRule.objects.filter(pk=person.pk).update(does="nobody", person=None)
    lead = a_lead(lina)
    assert given(lead, lina) == lina
    assert hows(lead) == [("nobody", None)]


def test_a_rule_names_its_person_and_a_budget_in_order(zhang):
    for wrong in (
        {"does": "person"},
        {"does": "turns", "person": zhang},
        {"budget_from": 5, "budget_to": 4},
        {"most_open": 0},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            LeadRule.objects.create(name="错", **wrong)


# --- Turns ----------------------------------------------------------------------------


def test_members_take_turns_the_longest_waiting_first(zhang, liu, zhao, lina):
    a_rule(zhang, liu, zhao)
    got = [given(a_lead(lina), lina) for _each in range(5)]
    assert got == [zhang, liu, zhao, zhang, liu]


def test_many_at_once_are_spread_like_one_by_one(zhang, liu, zhao, lina):
    a_rule(zhang, liu, zhao)
    given(a_lead(lina), lina)  # to zhang
    assign_by_rules([a_lead(lina) for _each in range(5)], lina)
    numbers = [Lead.objects.filter(owner=one).count() for one in (zhang, liu, zhao)]
    assert numbers == [2, 2, 2]
    assert given(a_lead(lina), lina) == zhang


def test_whoever_is_not_there_is_passed_over(zhang, liu, wang, zhao, lina, qian, chen):
    rule = a_rule(zhang, liu, wang, zhao, qian, chen)
    today = timezone.localdate()
    Deputy.objects.create(person=zhang, deputy=zhao, starts_on=today, ends_on=today)
    dismiss(liu)
    signed_in(wang, days=20)
    User.objects.filter(pk=qian.pk).update(last_login=None)
    rule.members.filter(person=chen).update(active=False)
    assert [given(a_lead(lina), lina) for _each in range(2)] == [zhao, zhao]


def test_who_signed_in_on_the_working_day_before_is_there(zhang, lina):
    a_rule(zhang)
    signed_in(zhang, days=1)
    assert given(a_lead(lina), lina) == zhang


def test_who_has_as_many_open_leads_as_may_be_is_passed_over(zhang, liu, zhao, lina):
    a_rule(zhang, liu, most_open=1)
    first = a_lead(lina)
    assert given(first, lina) == zhang
    assert given(a_lead(lina), lina) == liu
    last = a_lead(lina)
    assert given(last, lina) == lina
    assert (last.status, hows(last)) == ("unassigned", [("full", None)])
    leads.invalidate(first, an_item("invalid_reason", "outside"), "", zhang)
    assert given(last, lina) == zhang


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_are_spread_evenly(zhang, liu, zhao, wang, lina):
    a_rule(zhang, liu, zhao, wang)
    rows = [a_lead(lina).pk for _each in range(20)]

    def give(number):
        with transaction.atomic():
            lead = Lead.objects.select_for_update(of=("self",)).get(pk=rows[number])
            assign_one(lead, lina)

    together(20, give)
    people = (zhang, liu, zhao, wang)
    numbers = [Lead.objects.filter(owner=one).count() for one in people]
    assert numbers == [5, 5, 5, 5]
    assert LeadAssignment.objects.count() == 20


# --- What is told of it ---------------------------------------------------------------


def test_who_gets_one_is_told_and_the_history_says_by_what(zhang, lina, zhao, sign_in):
    a_rule(zhang)
    lead = a_lead(lina)
    given(lead, lina)
    (notice,) = Notice.objects.filter(person=zhang)
    assert (notice.verb, notice.reason) == ("lead_assigned", "西南线索")
    verbs = HistoryEntry.objects.filter(subject_label="sales.lead", subject_id=lead.pk)
    assert list(verbs.order_by("pk").values_list("verb", "label")) == [
        ("created", "sales.lead"),
        ("assigned_by_rule", "sales.lead"),
        ("assigned_by_rule", "sales.leadassignment"),
    ]
    page = sign_in(zhao).get(lead.get_absolute_url())
    assert shows(page, "按规则“西南线索”分配：轮到张伟")
    history = sign_in(zhao).get(f"/history/sales.lead/{lead.pk}/")
    assert shows(history, "按规则分配")


def test_what_was_noted_stays_as_it_is(zhang, lina):
    a_rule(zhang)
    given(a_lead(lina), lina)
    rows = LeadAssignment.objects.all()
    for change in (lambda: rows.update(person=lina), rows.delete):
        refused = pytest.raises(DatabaseError, match="Cannot update or delete")
        with refused, transaction.atomic():
            change()


def test_an_assignment_by_hand_is_noted_too(zhang, zhao):
    lead = a_lead(zhao)
    leads.assign(lead, zhang, zhao)
    assert hows(lead) == [("hand", zhang)]


# --- When leads go by the rules -------------------------------------------------------


def entered(browser, **values):
    """Enter a lead as the form stands; return it."""
    data = form_of(browser, ADD) | {"company": "昆明水务", **values}
    answer = browser.post(ADD, data)
    assert answer.status_code == 302, answer.context["form"].errors
    return Lead.objects.latest("pk")


def test_a_salesperson_keeps_what_they_enter(zhang, liu, sign_in):
    a_rule(liu)
    browser = sign_in(zhang)
    lead = entered(browser)
    assert (lead.owner, lead.status) == (zhang, "unassigned")
    assert lead not in waiting()
    lead = entered(browser, by_rules="on")
    assert (lead.owner, lead.status) == (liu, "pending")


def test_an_administrators_goes_by_the_rules_unless_it_names_somebody(
    zhang, liu, lina, sign_in
):
    a_rule(liu)
    browser = sign_in(lina)
    assert entered(browser).owner == liu
    lead = entered(browser, owner=zhang.pk)
    assert (lead.owner, lead.status) == (zhang, "pending")
    data = form_of(browser, ADD) | {"company": "留着"}
    data.pop("by_rules")
    browser.post(ADD, data)
    assert Lead.objects.latest("pk").owner == lina


def test_without_a_rule_nothing_is_asked(lina, sign_in):
    assert "by_rules" not in form_of(sign_in(lina), ADD)


def test_a_report_goes_by_the_rules_as_it_is_registered(zhang, chen, lina, sign_in):
    a_rule(zhang)
    lead = entered(sign_in(chen))
    assert (lead.registration, lead.owner) == ("reported", chen)
    address = f"/system/inbox/sales.lead/{lead.pk}/registration/"
    answer = sign_in(lina).post(address, {"version": lead.version})
    assert answer.status_code == 302
    lead.refresh_from_db()
    assert (lead.registration, lead.owner, lead.status) == (
        "registered",
        zhang,
        "pending",
    )


def test_a_list_that_is_imported_is_spread_with_one_notice_each(
    zhang, liu, lina, sign_in
):
    a_rule(zhang, liu)
    lines = "".join(f"导入公司{n},1390000{n:04}\n" for n in range(9))
    text = f"公司名称,手机\n{lines}".encode()
    browser = sign_in(lina)
    run(browser, text, "线索.csv", "/leads/import/")
    numbers = [Lead.objects.filter(owner=one).count() for one in (zhang, liu)]
    assert numbers == [5, 4]
    for person, number in ((zhang, 5), (liu, 4)):
        (notice,) = Notice.objects.filter(person=person, verb="lead_assigned")
        assert notice.number == number


def test_a_salesperson_keeps_what_they_import(zhang, liu, sign_in):
    a_rule(liu)
    browser = sign_in(zhang)
    text = "公司名称,手机\n自己的,13900001111\n".encode()
    run(browser, text, "线索.csv", "/leads/import/")
    assert Lead.objects.get().owner == zhang


def test_one_opened_again_goes_to_somebody_else(zhang, liu, zhao, sign_in):
    a_rule(zhang, liu)
    lead = a_lead(zhang, by=zhao)
    leads.invalidate(lead, an_item("invalid_reason", "outside"), "", zhang)
    sent = {"version": lead.version, "note": "又来电"}
    answer = sign_in(zhao).post(f"/leads/{lead.pk}/reopening/", sent)
    assert answer.status_code == 302
    lead.refresh_from_db()
    assert (lead.owner, lead.status) == (liu, "pending")


def test_who_opens_their_own_again_goes_on_with_it(zhang, liu, zhao, sign_in):
    a_rule(liu)
    lead = a_lead(zhang, by=zhao)
    leads.invalidate(lead, an_item("invalid_reason", "outside"), "", zhang)
    sent = {"version": lead.version, "note": "又来电"}
    sign_in(zhang).post(f"/leads/{lead.pk}/reopening/", sent)
    lead.refresh_from_db()
    assert (lead.owner, lead.status) == (zhang, "unassigned")


# --- By a button ----------------------------------------------------------------------


def test_one_is_given_away_by_a_button(zhang, zhao, wang, sign_in):
    a_rule(zhang)
    lead, browser = a_lead(zhao), sign_in(zhao)
    address = f"/leads/{lead.pk}/by-rules/"
    assert shows(browser.get(lead.get_absolute_url()), "按规则分配")
    assert sign_in(wang).post(address, {"version": 1}).status_code == 404
    browser = sign_in(zhao)
    assert browser.get(address).status_code == 405
    answer = browser.post(address, {"version": lead.version}, follow=True)
    assert shows(answer, "轮到张伟")
    assert browser.post(address, {"version": lead.version}).status_code == 409
    lead.refresh_from_db()
    assert browser.post(address, {"version": lead.version}).status_code == 409
    assert lead.owner == zhang


def test_the_page_says_why_nobody_got_it(zhang, zhao, sign_in):
    a_rule(zhang, there=False)
    lead, browser = a_lead(zhao), sign_in(zhao)
    address = f"/leads/{lead.pk}/by-rules/"
    assert browser.post(address, {"version": lead.version}).status_code == 302
    assert shows(browser.get(lead.get_absolute_url()), "规则“西南线索”：成员都不在")
    LeadRule.objects.update(budget_from=5)
    assert browser.post(address, {"version": lead.version}).status_code == 422
