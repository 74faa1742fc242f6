"""Any kind can stand on approval: here concessions, of which no app knows (让利)."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.approval.approvers import seen_as, waiting_for
from crm.approval.flow import Flow
from crm.approval.snapshots import digest
from crm.guards.actor import acting
from crm.models import Deputy, Role
from crm.notices.models import Notice
from tests.crm.concessions import (
    FLOW,
    TURNS,
    Concession,
    Decision,
    Round,
    Rule,
    Step,
    tables,
)
from tests.people import dismiss, hire
from tests.races import ROUNDS, together, won

pytestmark = pytest.mark.django_db

RIGHTS = {
    "salesperson": ("view", "add", "change", "register", "submit"),
    "supervisor": ("view", "approve", "register", "submit"),
    "information_administrator": ("view", "approve"),
}


@pytest.fixture(autouse=True)
def kind(db):
    """Concessions are there, and those who sell and supervise have rights to them."""
    with tables():
        for code, actions in RIGHTS.items():
            role = Role.objects.get(code=code)
            names = (f"trial.{action}_concession" for action in actions)
            role.grants |= dict.fromkeys(names, "all")
            role.save(update_fields=["grants"])
        yield


@pytest.fixture
def rule(kind):
    """Five percent off or more need the head of the owner's department."""
    rule = Rule.objects.create(name="折扣审批", discount_from=5)
    rule.steps.create(asks="head")
    return rule


def a_concession(owner, discount=8):
    """Return a concession that its owner has written."""
    concession = Concession(title="让利", discount=discount, owner=owner)
    concession.enter(owner)
    concession.refresh_from_db()
    return concession


def submitted(owner, **fields):
    """Return a concession that waits, and its round."""
    concession = a_concession(owner, **fields)
    return concession, FLOW.submit(concession, by=owner)


def verdict(concession, by, approved=True, opinion="", round_=None):
    """Give a verdict on what is open, or on the round that was seen."""
    now = FLOW.open_round(concession)
    round_, step = round_ or now, step_shown(now, by) if now else None
    return sent(concession, by, round_, step, approved, opinion)


def step_shown(round_, by):
    """Return the step that a form shows a person, as it names it."""
    standing = FLOW.standing(round_)
    return seen_as(waiting_for(*standing, FLOW.approvers())[0], standing.made, by.pk)


def sent(concession, by, round_, step, approved=True, opinion=""):
    """Give the verdict that a form gives, which was loaded before."""
    return FLOW.decide(
        Concession.objects.get(pk=concession.pk),
        by=by,
        approved=approved,
        opinion=opinion,
        round_id=round_.pk if round_ else 0,
        step_seen=step,
    )


def status_of(concession):
    """Return how a concession stands."""
    return Concession.objects.get(pk=concession.pk).status


def refused(code, act, *args, **options):
    """Expect a refusal of this code."""
    with pytest.raises(ValidationError) as caught:
        act(*args, **options)
    assert caught.value.code == code


def refused_by_the_database(name, act, **values):
    """Expect a refusal under the name of a constraint."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act(**values)
    assert caught.value.__cause__.diag.constraint_name == name


def test_a_kind_that_does_not_say_all_of_itself_cannot_be_made():
    class Mute(Flow):
        rounds, decisions, record = Round, Decision, "concession"

    with pytest.raises(TypeError, match=r"come_back.*content_of.*hold.*pend"):
        Mute()


def test_what_no_rule_names_holds_at_once(zhang, rule):
    concession, round_ = submitted(zhang, discount=3)
    assert (concession.status, round_.unruled) == ("approved", True)


def test_a_rule_asks_the_head_of_department(zhang, zhao, rule):
    concession, round_ = submitted(zhang)
    assert (concession.status, round_.state) == ("pending", "open")
    assert FLOW.deciders_of(round_) == [zhao.pk]
    decision = verdict(concession, zhao)
    assert (decision.by, status_of(concession)) == (zhao, "approved")
    assert Round.objects.get().state == "approved"


def test_a_rule_looks_on_any_field_and_postgresql_on_the_same(zhang, zhao, rule):
    rule.conditions.create(field="title", operator="contains", value="泵站")
    rule.conditions.create(
        place=2, field="owner.department", operator="filled", value=""
    )
    concession, round_ = submitted(zhang)
    assert (concession.status, round_.unruled) == ("approved", True)
    asked = Concession(title="泵站项目", discount=8, owner=zhang)
    assert FLOW.rule_for(asked) == rule  # as it is typed
    asked.enter(zhang)
    asked.refresh_from_db()
    refused_by_the_database(
        "round_rule", FLOW.new_round, subject=asked, rule=None, by=zhang
    )
    FLOW.submit(asked, by=zhang)
    assert Round.objects.latest("pk").rule_name == rule.name
    rule.conditions.filter(place=2).update(operator="empty")
    assert FLOW.rule_for(asked) is None
    columns = {field.column for field in Concession._meta.concrete_fields}
    named = {key for key in FLOW.facts() if f"'{key}'" in FLOW.fitting.of_values}
    assert FLOW.facts().keys() <= columns | named


def test_a_rejected_one_comes_back_with_the_reason(zhang, zhao, rule):
    concession, _round = submitted(zhang)
    refused(None, verdict, concession, zhao, approved=False)
    verdict(concession, zhao, approved=False, opinion="折扣太高")
    assert status_of(concession) == "rejected"
    assert Decision.objects.get().opinion == "折扣太高"


def test_who_submitted_takes_it_back_and_nobody_else(zhang, liu, zhao, rule):
    concession, _round = submitted(zhang)
    refused("forbidden", FLOW.recall, concession, by=liu)
    FLOW.recall(concession, by=zhang)
    assert status_of(concession) == "recalled"
    refused("conflict", verdict, concession, zhao)


def test_it_is_seen_as_it_was_submitted(zhang, zhao, rule):
    concession, round_ = submitted(zhang)
    assert json.loads(round_.snapshot) == {"title": "让利", "discount": "8.00"}
    assert round_.sha256 == digest(round_.snapshot)
    FLOW.recall(concession, by=zhang)
    with acting(zhang):
        Concession.objects.filter(pk=concession.pk).update(discount=9)
    concession.refresh_from_db()
    again = FLOW.submit(concession, by=zhang)
    refused("conflict", verdict, concession, zhao, round_=round_)
    verdict(concession, zhao, round_=again)
    round_.refresh_from_db()
    assert json.loads(round_.snapshot)["discount"] == "8.00"


def test_four_eyes(zhang, zhao, qian, rule):
    concession, _round = submitted(zhao)
    refused("forbidden", verdict, concession, zhao)
    verdict(concession, qian)  # the next head above
    assert status_of(concession) == "approved"


def test_a_deputy_stands_in(zhang, zhao, sun, rule):
    stand_in(zhao, sun)
    concession, round_ = submitted(zhang)
    assert FLOW.deciders_of(round_) == sorted([zhao.pk, sun.pk])
    assert verdict(concession, sun).on_behalf_of == zhao


def test_nobody_able_means_no_submission(zhang, rule):
    refused(None, FLOW.submit, a_concession(zhang), by=zhang)
    assert not Round.objects.exists()


def test_whom_it_waits_for_is_told(zhang, zhao, rule):
    concession, _round = submitted(zhang)
    verdict(concession, zhao)
    told = Notice.objects.order_by("pk").values_list("person", "verb")
    assert list(told) == [(zhao.pk, "asked"), (zhang.pk, "approved")]


def test_whose_turn_it_is_is_kept_until_it_changes(zhang, zhao, qian, rule):
    def turns(person):
        own = type(person).objects.filter(pk=person.pk).order_by()
        (marks,) = own.values_list(TURNS.expression(person), flat=True)
        TURNS.read(marks, person)
        return list(TURNS.for_person(person))

    assert turns(zhao) == []
    concession, round_ = submitted(zhang)
    assert (turns(zhao), turns(qian)) == ([round_.pk], [])
    verdict(concession, zhao)
    assert turns(zhao) == []


def test_the_database_holds_rounds_to_what_is_written(zhang, zhao, rule):
    concession = a_concession(zhang)
    text = '{"title": "让利", "discount": "1.00"}'
    more = {"concession": concession, "submitted_by": zhang, "snapshot": text}
    create = Round.objects.create
    refused_by_the_database("round_hash", create, sha256="0" * 64, **more)
    refused_by_the_database("round_snapshot", create, sha256=digest(text), **more)
    refused_by_the_database(
        "governed_by_rounds",
        Concession.objects.filter(pk=concession.pk).update,
        status="approved",
    )
    concession, round_ = submitted(zhang)
    rows = Concession.objects.filter(pk=concession.pk)
    refused_by_the_database("governed_by_rounds", rows.update, status="approved")
    refused_by_the_database("governed_by_rounds", rows.update, discount=50)
    closing = Round.objects.filter(pk=round_.pk).update
    refused_by_the_database("round_verdict", closing, state="approved")


def test_the_database_holds_verdicts_to_four_eyes_and_turns(zhang, zhao, liu, rule):
    rule.steps.create(position=2, asks="head_above")
    hire("boss", "老板", "supervisor")
    rule.last_resort = type(zhang).objects.get(username="boss")
    rule.save()
    concession, round_ = submitted(zhang)
    first, second = Step.objects.filter(round=round_)

    def decide(step, by, **more):
        Decision.objects.create(concession=concession, step=step, by=by, **more)

    yes = {"approved": True}
    refused_by_the_database("decision_four_eyes", decide, step=first, by=zhang, **yes)
    refused_by_the_database("decision_right", decide, step=first, by=liu, **yes)
    refused_by_the_database("decision_in_turn", decide, step=second, by=zhao, **yes)
    decide(first, zhao, **yes)


def test_nobody_speaks_for_those_whose_own_doing_it_is(zhang, zhao, sun, qian, rule):
    stand_in(zhao, sun)
    concession, round_ = submitted(zhao)
    assert "supervisor2" not in asked(round_)
    refused_by_the_database(
        "decision_four_eyes",
        Decision.objects.create,
        concession=concession,
        step=Step.objects.get(round=round_),
        approved=True,
        by=sun,
        on_behalf_of=zhao,
    )


def test_a_changed_rule_leaves_rounds_under_way_alone(zhang, zhao, qian, rule):
    concession, round_ = submitted(zhang)
    rule.steps.create(position=2, asks="head_above")
    rule.steps.filter(position=1).update(mode="all", asks="person", person=qian)
    assert FLOW.deciders_of(round_) == [zhao.pk]
    assert [(one.asks, one.mode) for one in round_.steps.all()] == [("head", "one")]
    verdict(concession, zhao)
    assert status_of(concession) == "approved"


def test_a_round_names_the_version_of_its_rule(zhang, zhao, qian, rule):
    def version_of(round_):
        round_.refresh_from_db()
        return round_.rule_name, round_.rule_version

    rule.refresh_from_db()
    first = submitted(zhang)[1]
    assert version_of(first) == ("折扣审批", rule.version)
    Rule.objects.update(name="折扣审批（新）")
    rule.steps.create(position=2, asks="head_above")
    second = submitted(zhang)[1]
    assert version_of(second) == ("折扣审批（新）", rule.version + 2)
    assert version_of(first) == ("折扣审批", rule.version)
    assert version_of(submitted(zhang, discount=1)[1]) == ("", None)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_has_decided(zhang, zhao, sun, rule):
    rule.steps.update(asks="role", role=Role.objects.get(code="supervisor"))
    for _time in ROUNDS:
        concession, round_ = submitted(zhang)

        def decide(number, concession=concession, round_=round_):
            by = (zhao, sun)[number]
            return verdict(concession, by, number == 0, "意见", round_=round_)

        (decision,) = won(together(2, decide))
        assert concession.decisions.get() == decision
        outcome = "approved" if decision.approved else "rejected"
        assert status_of(concession) == outcome


@pytest.fixture
def all_of_them(rule):
    """Everybody who supervises has to agree: 会签."""
    role = Role.objects.get(code="supervisor")
    rule.steps.update(asks="role", role=role, mode="all")
    return rule


def asked(round_):
    """Return who has still to decide, by their names to sign in."""
    _step, deciders = FLOW.waiting_for(round_, FLOW.approvers())
    return {person.username for person in deciders}


def test_all_have_to_agree(zhang, zhao, sun, qian, all_of_them):
    concession, round_ = submitted(zhang)
    assert asked(round_) == {"supervisor", "supervisor2", "director"}
    verdict(concession, sun)
    assert (status_of(concession), asked(round_)) == (
        "pending",
        {"supervisor", "director"},
    )
    refused("forbidden", verdict, concession, sun)
    verdict(concession, zhao)
    verdict(concession, qian)
    assert status_of(concession) == "approved"
    assert Decision.objects.count() == 3


def test_of_all_one_no_is_enough(zhang, zhao, sun, qian, all_of_them):
    concession, round_ = submitted(zhang)
    verdict(concession, sun)
    verdict(concession, zhao, approved=False, opinion="折扣太高")
    assert status_of(concession) == "rejected"
    refused("conflict", verdict, concession, qian, round_=round_)


def test_of_all_nobody_decides_on_their_own(zhao, sun, qian, all_of_them):
    concession, round_ = submitted(zhao)
    assert asked(round_) == {"supervisor2", "director"}
    verdict(concession, sun)
    verdict(concession, qian)
    assert status_of(concession) == "approved"


def stand_in(person, deputy):
    """Let somebody stand in for a person today."""
    today = timezone.localdate()
    return Deputy.objects.create(
        person=person, deputy=deputy, starts_on=today, ends_on=today
    )


def test_of_all_who_is_asked_themselves_speaks_for_nobody_else(
    zhang, zhao, sun, all_of_them
):
    stand_in(zhao, sun)
    concession, round_ = submitted(zhang)
    assert asked(round_) == {"supervisor", "supervisor2"}
    assert verdict(concession, sun).on_behalf_of is None
    assert asked(round_) == {"supervisor"}
    refused("forbidden", verdict, concession, sun)
    values = {"concession": concession, "approved": True, "step": Step.objects.get()}
    refused_by_the_database(
        "decision_one_voice",
        Decision.objects.create,
        by=sun,
        on_behalf_of=zhao,
        **values,
    )
    assert verdict(concession, zhao).on_behalf_of is None
    assert status_of(concession) == "approved"


def test_of_all_a_deputy_speaks_for_one_and_once(zhang, zhao, sun, lina, all_of_them):
    stand_in(zhao, lina)
    stand_in(sun, lina)
    concession, round_ = submitted(zhang)
    assert verdict(concession, lina).on_behalf_of == zhao
    told = Notice.objects.filter(verb="approved_for")
    assert list(told.values_list("person", "actor_id")) == [(zhao.pk, lina.pk)]
    assert asked(round_) == {"supervisor2"}
    values = {"concession": concession, "approved": True, "step": Step.objects.get()}
    refused_by_the_database(
        "decision_once",
        Decision.objects.create,
        by=lina,
        on_behalf_of=sun,
        **values,
    )
    verdict(concession, sun)
    assert status_of(concession) == "approved"


def test_who_decided_for_somebody_is_heard_when_they_come_to_hold_the_role(
    zhang, zhao, sun, lina, all_of_them
):
    stand_in(zhao, lina)
    concession, round_ = submitted(zhang)
    verdict(concession, lina)
    lina.role_assignments.create(role=Role.objects.get(code="supervisor"))
    assert asked(round_) == {"supervisor2"}
    verdict(concession, sun)
    assert status_of(concession) == "approved"


def test_a_form_that_is_sent_twice_counts_once(zhang, zhao, sun, all_of_them):
    role = Role.objects.get(code="supervisor")
    all_of_them.steps.create(position=2, asks="role", role=role, mode="all")
    concession, round_ = submitted(zhang)
    forms = {person: step_shown(round_, person) for person in (zhao, sun)}
    for person, step in forms.items():  # each is still good when the other has decided
        sent(concession, person, round_, step)
        refused("conflict", sent, concession, person, round_, step)
        refused("conflict", sent, concession, person, round_, None)
    first, second = Step.objects.filter(round=round_)
    assert (first.decisions.count(), second.decisions.count()) == (2, 0)
    assert asked(round_) == {"supervisor", "supervisor2"}  # also who agreed before
    for person in (zhao, sun):
        assert verdict(concession, person).step == second
    assert status_of(concession) == "approved"


def test_where_everybody_left_has_agreed_one_of_them_puts_it_into_effect(
    zhang, zhao, sun, qian, all_of_them
):
    all_of_them.last_resort = qian
    all_of_them.save()
    concession, round_ = submitted(zhang)
    form = step_shown(round_, zhao)
    sent(concession, zhao, round_, form)
    verdict(concession, qian)
    sun.role_assignments.all().delete()
    assert asked(round_) == {"supervisor", "director"}
    refused("conflict", sent, concession, zhao, round_, form)
    refused(None, verdict, concession, zhao, approved=False, opinion="不同意")
    assert verdict(concession, zhao).by == zhao
    assert (status_of(concession), Decision.objects.count()) == ("approved", 2)


def test_who_was_asked_and_comes_late_is_told_so(
    zhang, liu, zhao, sun, qian, all_of_them
):
    concession, round_ = submitted(zhang)
    of_it = (concession.pk, round_.pk)
    assert FLOW.late_for(sun, *of_it) is None
    verdict(concession, zhao, approved=False, opinion="折扣太高")
    assert FLOW.late_for(sun, *of_it) == round_
    assert FLOW.late(*of_it).messages == ["已由赵强审批，请重新查看。"]
    assert FLOW.late_for(liu, *of_it) is None
    assert FLOW.late_for(sun, concession.pk + 1, round_.pk) is None


def test_each_of_all_is_told_once(zhang, zhao, sun, qian, all_of_them):
    concession, _round = submitted(zhang)
    verdict(concession, sun)
    told = Notice.objects.filter(verb="asked").values_list("person", "number")
    assert sorted(told) == sorted((one.pk, 1) for one in (zhao, sun, qian))


def test_where_the_last_one_missing_has_gone_the_last_resort_decides(
    zhang, zhao, sun, lina, all_of_them
):
    all_of_them.last_resort = lina
    all_of_them.save()
    concession, round_ = submitted(zhang)
    verdict(concession, sun)
    dismiss(zhao)
    assert asked(round_) == {"infoadmin"}
    verdict(concession, lina)
    assert status_of(concession) == "approved"


def test_whom_a_deputy_decided_for_has_not_the_last_word(
    zhang, zhao, sun, lina, all_of_them
):
    boss = hire("boss", "老板", "information_administrator")
    all_of_them.last_resort = boss
    all_of_them.save()
    away = stand_in(sun, lina)
    concession, round_ = submitted(zhang)
    assert verdict(concession, lina).on_behalf_of == sun
    away.delete()
    dismiss(zhao)
    assert asked(round_) == {"boss"}
    verdict(concession, boss)
    assert status_of(concession) == "approved"


@pytest.fixture
def agreed(request, zhang, zhao, lina, head_office, rule):
    """A concession whose first step all agreed to; 李娜 has to decide the second."""
    names = {
        "head": {},
        "person": {"person": zhao},
        "role": {"role": Role.objects.get(code="supervisor")},
    }
    asks = getattr(request, "param", "role")
    rule.steps.update(asks=asks, mode="all", **names[asks])
    rule.steps.create(position=2, asks="person", person=lina)
    head_office.head = hire("boss", "老板", "information_administrator")
    head_office.save()
    concession, _round = submitted(zhang)
    verdict(concession, zhao)
    return concession


@pytest.mark.parametrize("agreed", ["head", "person", "role"], indirect=True)
def test_what_all_agreed_to_stays_so_when_they_go(agreed, zhao, lina):
    dismiss(zhao)
    assert asked(FLOW.open_round(agreed)) == {"infoadmin"}
    verdict(agreed, lina)
    assert status_of(agreed) == "approved"


@pytest.mark.parametrize("agreed", ["head"], indirect=True)
def test_what_a_head_agreed_to_another_head_is_not_asked(
    agreed, sun, lina, sales_department
):
    sales_department.head = sun
    sales_department.save()
    assert asked(FLOW.open_round(agreed)) == {"infoadmin"}
    verdict(agreed, lina)
    assert status_of(agreed) == "approved"


def test_who_comes_to_hold_the_role_has_to_agree_as_well(agreed, lina):
    newcomer = hire("supervisor3", "何军", "supervisor")
    round_ = FLOW.open_round(agreed)
    assert asked(round_) == {"supervisor3"}
    second = Step.objects.get(round=round_, position=2)
    values = {"concession": agreed, "step": second, "by": lina, "approved": True}
    refused_by_the_database("decision_in_turn", Decision.objects.create, **values)
    verdict(agreed, newcomer)
    verdict(agreed, lina)
    assert status_of(agreed) == "approved"


def test_the_next_step_waits_for_all(zhang, zhao, sun, qian, all_of_them):
    all_of_them.steps.create(position=2, asks="person", person=qian)
    concession, round_ = submitted(zhang)
    first, second = Step.objects.filter(round=round_)
    verdict(concession, zhao)
    values = {"concession": concession, "step": second, "by": qian, "approved": True}
    refused_by_the_database("decision_in_turn", Decision.objects.create, **values)
    closing = Round.objects.filter(pk=round_.pk).update
    refused_by_the_database("round_verdict", closing, state="approved")
    verdict(concession, sun)
    assert verdict(concession, qian).step == first
    assert verdict(concession, qian).step == second
    assert status_of(concession) == "approved"


def test_nobody_agrees_twice_for_one_person(zhang, zhao, sun, all_of_them):
    concession, round_ = submitted(zhang)
    step = Step.objects.get(round=round_)
    values = {"concession": concession, "step": step, "by": zhao, "approved": True}
    Decision.objects.create(**values)
    refused_by_the_database("decision_once", Decision.objects.create, **values)


def test_any_of_them_or_of_the_heads_above_decides(zhang, zhao, qian, rule):
    concession, round_ = submitted(zhang)
    assert asked(round_) == {"supervisor"}
    FLOW.recall(concession, by=zhang)
    rule.steps.update(mode="any")
    concession.refresh_from_db()
    again = FLOW.submit(concession, by=zhang)
    assert asked(again) == {"supervisor", "director"}
    verdict(concession, qian)
    assert status_of(concession) == "approved"
    refused("conflict", verdict, concession, zhao, round_=again)


def test_where_any_decides_the_last_resort_is_asked_when_no_head_can(
    zhang, zhao, qian, lina, rule
):
    rule.steps.update(mode="any")
    rule.last_resort = lina
    rule.save()
    concession, round_ = submitted(zhang)
    assert asked(round_) == {"supervisor", "director"}
    refused("forbidden", verdict, concession, lina)
    dismiss(zhao)
    dismiss(qian)
    assert asked(round_) == {"infoadmin"}
    verdict(concession, lina)
    assert status_of(concession) == "approved"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_have_to_agree_at_once_both_are_heard_once(
    zhang, zhao, sun, all_of_them
):
    role = Role.objects.get(code="supervisor")
    all_of_them.steps.create(position=2, asks="role", role=role, mode="all")
    for _time in ROUNDS:
        concession, round_ = submitted(zhang)
        forms = [(who, step_shown(round_, who)) for who in (zhao, sun)]

        def agree(number, concession=concession, round_=round_, forms=forms):
            by, step = forms[number % 2]
            return sent(concession, by, round_, step)

        assert len(won(together(6, agree))) == 2
        people = concession.decisions.values_list("by", "step__position")
        assert sorted(people) == sorted((who.pk, 1) for who in (zhao, sun))
        assert status_of(concession) == "pending"
