"""目标: what is to be reached, who locks it, and how a locked one changes."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from contracts import receiving
from crm.guards.actor import acting
from crm.jobs import working_days
from crm.jobs.models import Holiday
from crm.models import Department, DepartmentStay, HistoryEntry, User
from crm.notices.models import Notice
from sales import moves
from sales.models import Target, TargetChange, TargetRule
from sales.targets import targeting
from sales.targets.attainment import (
    MONTHS,
    Clock,
    Structure,
    pace_of,
    percent,
    reached_by,
    reached_by_all,
)
from tests.contracts.test_approval import end
from tests.factories import (
    a_customer,
    a_receipt,
    a_target,
    an_interaction,
    an_item,
    an_opportunity,
)
from tests.people import hire, let_leave

pytestmark = pytest.mark.django_db

YEAR = 2026
Outcome = TargetChange.Outcome


def rule(name):
    """Return a rule that ships."""
    return TargetRule.objects.get(name=name)


def refused(code, act, *args, **options):
    """Say that a verb is refused, by a code."""
    with pytest.raises(ValidationError) as caught:
        act(*args, **options)
    assert caught.value.code == code or code in {
        error.code for error in caught.value.error_list
    }


def other(target, value=2000):
    """Return twelve values that differ from those of a target in the last month."""
    return [*target.months[:11], Decimal(value)]


def forced(person, verb, rows, **values):
    """Write to rows as a program would that knows the words and not the rules."""
    with transaction.atomic(), acting(person, verb=verb):
        rows.update(**values)


# What a target is


def test_a_target_is_twelve_values_and_postgresql_adds_them_up(target, zhang):
    assert target.total == 12_000
    assert (target.subject, target.owner) == ("person", zhang)
    assert str(target) == f"{YEAR} 合同额 张伟"
    with acting(None):
        Target.objects.filter(pk=target.pk).update(month_3=500, total=7)
    target.refresh_from_db()
    assert target.total == 11_500


def test_it_is_a_persons_a_departments_or_the_companys(
    zhang, zhao, sales_department, director
):
    of_department = a_target(sales_department, 5000, year=YEAR)
    of_company = a_target(None, 9000, by=director, year=YEAR)
    assert (of_department.subject, of_department.owner) == ("department", zhao)
    assert (of_company.subject, of_company.owner) == ("company", director)
    with pytest.raises(IntegrityError, match="target_of_one"):
        a_target(sales_department, 1, person=zhang, year=YEAR)


def test_it_is_one_of_a_rule_a_year_and_a_subject(target, zhang, zhao, director):
    with transaction.atomic(), pytest.raises(IntegrityError, match="target_once"):
        a_target(zhang, 2, by=zhao, year=YEAR)
    a_target(zhang, 2, by=zhao, year=YEAR + 1)
    a_target(zhang, 2, by=zhao, year=YEAR, rule=rule("回款额"))
    a_target(None, 2, by=director, year=YEAR)
    with transaction.atomic(), pytest.raises(IntegrityError, match="target_once"):
        a_target(None, 3, by=director, year=YEAR)
    target.discard(zhao)
    again = a_target(zhang, 2, by=zhao, year=YEAR)
    with pytest.raises(ValidationError, match=r"such a target already|已有"):
        target.restore(zhao)
    assert again.total == 24


def test_its_values_are_not_negative(zhang, zhao):
    with pytest.raises(IntegrityError, match="target_values_in_bounds"):
        a_target(zhang, -1, by=zhao)


def test_what_is_counted_is_whole(zhang, zhao):
    new = rule("新增客户")
    with (
        transaction.atomic(),
        pytest.raises(IntegrityError, match="things are counted"),
    ):
        a_target(zhang, "1.5", by=zhao, rule=new)
    assert a_target(zhang, 2, by=zhao, rule=new).total == 24
    assert a_target(zhang, "1.55", by=zhao).total == Decimal("18.60")


def test_its_subject_year_and_rule_stay(target, wang):
    for change in (
        {"person": wang},
        {"year": YEAR + 1},
        {"rule": rule("回款额")},
        {"person": None},
    ):
        with transaction.atomic(), pytest.raises(IntegrityError):
            Target.objects.filter(pk=target.pk).update(**change)


def test_a_retired_rule_takes_no_new_targets_and_old_ones_stay(target, wang, sun):
    TargetRule.objects.filter(pk=target.rule_id).update(active=False)
    with transaction.atomic(), pytest.raises(IntegrityError, match="no new targets"):
        a_target(wang, 1, by=sun, rule=target.rule)
    Target.objects.filter(pk=target.pk).update(month_1=5)
    target.refresh_from_db()
    assert target.month_1 == 5


# Who locks it


def test_a_head_locks_the_target_of_somebody_below(target, zhang, zhao):
    targeting.lock(target, by=zhao)
    assert (target.status, target.locked_by) == ("locked", zhao)
    assert target.locked_at is not None
    assert Notice.objects.get(verb="target_locked").person == zhang
    entry = HistoryEntry.objects.filter(label="sales.target").latest("pk")
    assert (entry.verb, entry.actor_name) == ("locked", "赵强")


def test_nobody_locks_a_target_of_their_own(zhao, director, sales_department):
    own = a_target(zhao, 1, by=zhao)
    refused("forbidden", targeting.lock, own, by=zhao)
    of_department = a_target(sales_department, 1, year=YEAR)
    refused("forbidden", targeting.lock, of_department, by=zhao)
    of_director = a_target(director, 1, by=director)
    refused("forbidden", targeting.lock, of_director, by=director)
    # PostgreSQL says so too, whoever asks.
    with pytest.raises(IntegrityError, match="somebody else"):
        forced(zhao, "locked", Target.objects.filter(pk=own.pk), status="locked")
    targeting.lock(own, by=director)
    targeting.lock(of_department, by=director)
    targeting.lock(a_target(None, 1, by=director), by=director)


def test_a_colleague_of_the_same_department_is_nobody_above(
    target, zhao, sales_department
):
    beside = hire("beside", "马超", "supervisor", department=sales_department)
    assert target.allowed(beside, "decide") == {"decide"}
    refused("forbidden", targeting.lock, target, by=beside)
    of_head = a_target(zhao, 1, by=zhao)
    refused("forbidden", targeting.lock, of_head, by=beside)


def test_the_head_above_locks_what_the_head_below_may_not(zhao, qian, sales_department):
    targeting.lock(a_target(zhao, 1, by=zhao), by=qian)
    targeting.lock(a_target(sales_department, 1), by=qian)


def test_a_head_of_another_department_does_not_lock_it(target, sun, zhang):
    refused("forbidden", targeting.lock, target, by=sun)
    refused("forbidden", targeting.lock, target, by=zhang)


def test_two_lock_at_once_and_one_of_them_does(target, zhao, qian):
    stale = Target.objects.get(pk=target.pk)
    targeting.lock(target, by=zhao)
    refused("conflict", targeting.lock, stale, by=qian)
    target.refresh_from_db()
    assert target.locked_by == zhao


def test_it_is_locked_by_its_verb_alone_and_never_unlocked(target, zhao):
    with transaction.atomic(), pytest.raises(IntegrityError), acting(zhao):
        Target.objects.filter(pk=target.pk).update(status="locked")
    targeting.lock(target, by=zhao)
    with pytest.raises(IntegrityError):
        forced(zhao, "locked", Target.objects.filter(pk=target.pk), status="draft")


def test_what_is_not_in_the_books_is_not_locked(zhang, zhao):
    reported = a_target(zhang, 1, by=zhao, registered=False)
    refused("conflict", targeting.lock, reported, by=zhao)


# How a locked one changes


def test_a_locked_target_changes_in_no_other_way(locked, zhao, director):
    for change in ({"month_1": 5}, {"month_12": 5}, {"note": "改"}):
        with pytest.raises(IntegrityError, match="granted"):
            forced(director, "granted", Target.objects.filter(pk=locked.pk), **change)
    with pytest.raises(ValidationError):
        locked.discard(zhao)
    with transaction.atomic(), pytest.raises(IntegrityError, match="not deleted"):
        Target.objects.filter(pk=locked.pk).update(deleted_at=timezone.now())


def test_whose_it_is_asks_with_a_reason_and_the_head_grants_it(locked, zhang, zhao):
    change = targeting.ask(locked, other(locked), by=zhang, reason="客户延期")
    assert change.before == locked.months
    assert Notice.objects.get(verb="target_asked").person == zhao
    assert targeting.changes_that_wait(zhao).count() == 1
    locked.refresh_from_db()
    assert locked.month_12 == 1000  # not yet
    targeting.decide(locked, change, granted=True, opinion="同意", by=zhao)
    locked.refresh_from_db()
    change.refresh_from_db()
    assert (locked.month_12, locked.total) == (2000, 13_000)
    assert (change.outcome, change.decided_by) == ("granted", zhao)
    assert Notice.objects.get(verb="target_granted").person == zhang
    assert not Notice.objects.filter(verb="target_asked", read_at=None).exists()
    verbs = HistoryEntry.objects.filter(subject_label="sales.target")
    assert {"locked", "asked", "granted"} <= {*verbs.values_list("verb", flat=True)}


def test_a_past_month_changes_by_such_a_grant_too(locked, zhang, zhao):
    months = [Decimal(7), *locked.months[1:]]
    change = targeting.ask(locked, months, by=zhang, reason="补录")
    targeting.decide(locked, change, granted=True, opinion="", by=zhao)
    locked.refresh_from_db()
    assert locked.month_1 == 7


def test_refused_it_stays_as_it_is_and_the_reason_is_kept(locked, zhang, zhao):
    change = targeting.ask(locked, other(locked), by=zhang, reason="太高")
    refused(
        "reason", targeting.decide, locked, change, granted=False, opinion=" ", by=zhao
    )
    targeting.decide(locked, change, granted=False, opinion="不变", by=zhao)
    locked.refresh_from_db()
    change.refresh_from_db()
    assert locked.total == 12_000
    assert (change.outcome, change.opinion) == ("refused", "不变")
    assert Notice.objects.get(verb="target_refused").reason == "不变"
    targeting.ask(locked, other(locked), by=zhang, reason="再申请")  # the next one


def test_nobody_grants_what_they_asked_for_or_what_is_their_own(
    locked, zhang, zhao, qian, director
):
    change = targeting.ask(locked, other(locked), by=zhao, reason="代为申请")
    refused(
        "forbidden", targeting.decide, locked, change, granted=True, opinion="", by=zhao
    )
    for person in (zhao, zhang):
        rows = TargetChange.objects.filter(pk=change.pk)
        with pytest.raises(IntegrityError):
            forced(person, "granted", rows, outcome="granted")
    assert targeting.changes_that_wait(zhao).count() == 0
    assert targeting.changes_that_wait(zhang).count() == 0
    assert targeting.changes_that_wait(qian).count() == 1
    assert targeting.changes_that_wait(director).count() == 1
    targeting.decide(locked, change, granted=True, opinion="", by=qian)


def test_who_may_ask_is_whose_it_is_and_who_may_change_it(
    locked, wang, liu, sun, qian, zhang
):
    for person in (wang, liu, sun):
        refused(
            "forbidden", targeting.ask, locked, other(locked), by=person, reason="x"
        )
    targeting.ask(locked, other(locked), by=qian, reason="调整")


def test_one_change_waits_at_a_time(locked, zhang, zhao, qian):
    change = targeting.ask(locked, other(locked), by=zhang, reason="一")
    refused("conflict", targeting.ask, locked, other(locked), by=zhao, reason="二")
    targeting.withdraw(locked, change, by=zhang)
    assert TargetChange.objects.get().outcome == Outcome.WITHDRAWN
    targeting.ask(locked, other(locked), by=zhao, reason="二")


def test_only_who_asked_takes_it_back_and_only_until_it_is_decided(locked, zhang, zhao):
    change = targeting.ask(locked, other(locked), by=zhang, reason="一")
    refused("forbidden", targeting.withdraw, locked, change, by=zhao)
    targeting.decide(locked, change, granted=True, opinion="", by=zhao)
    refused("conflict", targeting.withdraw, locked, change, by=zhang)
    refused(
        "conflict",
        targeting.decide,
        locked,
        change,
        granted=False,
        opinion="x",
        by=zhao,
    )


def test_a_change_wants_a_reason_and_other_values_and_a_locked_target(
    target, locked, zhang, wang, sun
):
    for months, reason in ((other(locked), " "), (locked.months, "同")):
        with pytest.raises(ValidationError):
            targeting.ask(locked, months, by=zhang, reason=reason)
    draft = a_target(wang, 1, by=sun)
    refused("conflict", targeting.ask, draft, other(draft), by=sun, reason="x")


def test_what_was_asked_for_and_decided_is_never_changed(locked, zhang, zhao):
    change = targeting.ask(locked, other(locked), by=zhang, reason="一")
    rows = TargetChange.objects.filter(pk=change.pk)
    for values in ({"reason": "二"}, {"months": [Decimal(1)] * 12}):
        with transaction.atomic(), pytest.raises(IntegrityError), acting(zhao):
            rows.update(**values)
    targeting.decide(locked, change, granted=True, opinion="", by=zhao)
    with transaction.atomic(), pytest.raises(IntegrityError), acting(zhao):
        rows.update(opinion="改口")
    with transaction.atomic(), pytest.raises(DatabaseError):
        rows.delete()


def test_a_forged_grant_changes_nothing(locked, zhang, zhao):
    """Values are not written beside a grant of others."""
    change = targeting.ask(locked, other(locked), by=zhang, reason="一")
    forced(
        zhao, "granted", TargetChange.objects.filter(pk=change.pk), outcome="granted"
    )
    with pytest.raises(IntegrityError):
        forced(zhao, "granted", Target.objects.filter(pk=locked.pk), month_1=99)


def test_values_of_what_is_counted_stay_whole_by_a_grant_too(zhang, zhao):
    target = a_target(zhang, 2, by=zhao, rule=rule("新增客户"))
    targeting.lock(target, by=zhao)
    months = [*target.months[:11], Decimal("2.5")]
    change = targeting.ask(target, months, by=zhang, reason="x")
    refused(
        "conflict", targeting.decide, target, change, granted=True, opinion="", by=zhao
    )


# Who sees it


def test_one_sees_ones_own_a_head_those_below_a_director_all(
    target, zhang, liu, wang, zhao, sun, director, sales_department, other_department
):
    of_department = a_target(sales_department, 1, year=YEAR)
    of_other = a_target(other_department, 1, year=YEAR)
    of_company = a_target(None, 1, by=director, year=YEAR)
    seen = {
        person: {*Target.objects.visible_to(person)}
        for person in (zhang, liu, wang, zhao, sun, director)
    }
    assert seen == {
        zhang: {target},
        liu: set(),
        wang: set(),
        zhao: {target, of_department},
        sun: {of_other},
        director: {target, of_department, of_other, of_company},
    }
    for person, rows in seen.items():
        for row in (target, of_department, of_other, of_company):
            assert bool(row.allowed(person, "view")) == (row in rows)


def test_who_headed_a_department_takes_nothing_of_it_along(
    zhao, sun, director, sales_department, other_department
):
    theirs = a_target(other_department, 100, by=director)
    other_department.head = zhao
    other_department.save()
    sun.department = sales_department
    sun.save()
    gone, came = (type(sun).objects.with_grants().get(pk=p.pk) for p in (sun, zhao))
    assert theirs not in Target.objects.visible_to(gone)
    assert not targeting.may_ask(gone, theirs)
    assert theirs in Target.objects.visible_to(came)


def test_nobody_asks_for_what_nobody_could_grant(director):
    whole = a_target(None, 100, by=director)
    with acting(director, verb="locked"):
        Target.objects.filter(pk=whole.pk).update(status="locked")
    whole.refresh_from_db()
    refused(None, targeting.ask, whole, other(whole), by=director, reason="大环境")


def test_the_new_head_of_a_department_sees_its_target(zhao, sales_department):
    of_department = a_target(sales_department, 1)
    successor = hire("next", "冯远", "supervisor", department=sales_department)
    sales_department.head = successor
    sales_department.save()
    assert of_department in Target.objects.visible_to(successor)


def test_what_a_head_enters_for_those_below_is_in_the_books(zhang, zhao, wang):
    target = Target(rule=rule("合同额"), person=zhang, month_1=1)
    target.enter(zhao)
    assert target.is_registered
    assert target.owner == zhang
    beyond = Target(rule=rule("合同额"), person=wang, month_1=1)
    beyond.enter(zhao)
    assert beyond.is_reported  # the reach of the right ends at the department


# What was reached


def on(month, day=15, year=YEAR):
    """Return a day."""
    return date(year, month, day)


def test_contracts_in_force_or_over_count_by_the_day_of_signing(
    agreed, target, zhang, wang
):
    agreed(zhang, 100, on(1))
    agreed(zhang, 200, on(1), "completed")
    agreed(zhang, 7, on(2), "draft")
    agreed(zhang, 7, on(2), "reported")
    agreed(zhang, 7, on(2, year=YEAR - 1))
    agreed(wang, 7, on(1))
    assert reached_by(target).months[:3] == [300, 0, 0]


def test_of_a_terminated_contract_counts_what_was_received(
    agreed, target, zhang, lina, he
):
    contract = agreed(zhang, 1000, on(2), amounts=(Decimal(40), Decimal(960)))
    assert reached_by(target).months[1] == 1000
    receipt = a_receipt(contract.customer, 40)
    receiving.confirm(receipt, by=he)
    first = contract.instalments.order_by("pk").first()
    receiving.allocate(receipt, {first.pk: Decimal(40)}, by=he)
    end(contract, lina)
    assert reached_by(target).months[1] == 40


def test_the_link_of_a_number_leads_to_exactly_its_rows(
    agreed, target, zhang, lina, sign_in
):
    agreed(zhang, 100, on(1))
    agreed(zhang, 250, on(1, 31))
    agreed(zhang, 9, on(2, 1))
    reached = reached_by(target)
    page = sign_in(lina).get(reached.address((1,)))
    assert 'data-total="2"' in page.text
    assert "350" in str(page.context["sums"])
    assert 'data-total="3"' in sign_in(lina).get(reached.address(MONTHS)).text


def test_receipts_count_when_confirmed_and_what_went_back_is_taken_off(zhang, zhao, he):
    target = a_target(zhang, 100, by=zhao, year=YEAR, rule=rule("回款额"))
    customer = a_customer(zhang)
    came = a_receipt(customer, 500, received_on=on(2))
    receiving.confirm(came, by=he)
    back = a_receipt(customer, -300, received_on=on(3), refund_of=came)
    receiving.confirm(back, by=he)
    a_receipt(customer, 70, received_on=on(3))  # waits to be confirmed
    reached = reached_by(target)
    assert reached.months[1:3] == [500, -300]  # more went back than came in
    assert reached.total(MONTHS) == 200
    pace = pace_of(target, reached, Clock(YEAR), (3,))
    assert (pace.reached, pace.left) == (-300, 400)


def test_new_customers_and_won_opportunities_count_by_their_days(zhang, zhao):
    month = timezone.localdate().month - 1
    customer = a_customer(zhang)
    a_customer(zhang, registered=False)
    new = a_target(zhang, 1, by=zhao, rule=rule("新增客户"))
    assert reached_by(new).months[month] == 1
    won = an_opportunity(zhang, customer=customer, amount=Decimal(321))
    an_opportunity(zhang, customer=customer)
    moves.close(won, "won", zhang, note="口头订货")
    of_won = a_target(zhang, 1, by=zhao, rule=rule("赢单额"))
    assert reached_by(of_won).months[month] == 321


def test_of_interactions_the_visits_count(zhang, zhao, lina, sign_in):
    visits = TargetRule.objects.create(name="拜访", metric="visits", day="occurred_at")
    customer = a_customer(zhang)
    visit = an_item("interaction_method", "visit")
    an_interaction(customer, method=visit)
    an_interaction(customer, method=visit, registered=False)
    an_interaction(customer)
    target = a_target(zhang, 1, by=zhao, rule=visits)
    reached, month = reached_by(target), timezone.localdate().month
    assert reached.months[month - 1] == 1
    assert 'data-total="1"' in sign_in(lina).get(reached.address((month,))).text


def test_who_brought_it_counts_where_the_rule_says_so(zhang, zhao, chen):
    by_reporter = TargetRule.objects.create(
        name="报送", metric="new_customers", day="created_at", person="reporter"
    )
    a_customer(zhang, reporter=chen)
    target = a_target(chen, 1, by=zhao, rule=by_reporter)
    assert reached_by(target).total(MONTHS) == 1


def moved(person, *stays):
    """Let a person have been in departments: (department, since, until), …"""
    with acting(None, verb="shipped"):
        DepartmentStay.objects.filter(person=person).delete()
        for department, since, until in stays:
            DepartmentStay.objects.create(
                person=person, department=department, since=since, until=until
            )


def test_a_department_keeps_what_its_people_did_before_they_moved(
    agreed, zhang, zhao, sun, sales_department, other_department, head_office, director
):
    moved(
        zhang,
        (sales_department, on(1, 1), on(4, 10)),
        (other_department, on(4, 10), None),
    )
    for month in (1, 3, 4, 5):
        agreed(zhang, month, on(month))
    first = a_target(sales_department, 1, year=YEAR)
    second = a_target(other_department, 1, year=YEAR)
    whole = a_target(head_office, 1, by=director, year=YEAR)
    assert reached_by(first).months[:5] == [1, 0, 3, 0, 0]
    assert reached_by(second).months[:5] == [0, 0, 0, 4, 5]  # where he was at last
    assert reached_by(whole).total(MONTHS) == 13
    assert reached_by(a_target(None, 1, by=director, year=YEAR)).total(MONTHS) == 13
    # Of the quarters there is no list of just these rows, of the months there is.
    assert reached_by(first).address((1, 2, 3)) is not None
    assert reached_by(first).address(MONTHS) is None


def test_who_leaves_takes_nothing_away(agreed, zhang, zhao, sales_department):
    agreed(zhang, 50, on(2))
    target = a_target(sales_department, 1, year=YEAR)
    let_leave(zhang)
    assert reached_by(target).months[1] == 50


def test_somebody_without_a_department_counts_for_the_company_alone(
    agreed, zhang, zhao, sales_department, director
):
    agreed(zhang, 50, on(2))
    moved(zhang)
    assert reached_by(a_target(sales_department, 1, year=YEAR)).months[1] == 0
    assert reached_by(a_target(None, 1, by=director, year=YEAR)).months[1] == 50


def test_the_department_is_noted_as_people_move(
    zhang, sales_department, other_department, head_office
):
    stay = DepartmentStay.objects.get(person=zhang)
    assert (stay.department, stay.until) == (sales_department, None)
    yesterday = timezone.localdate() - timedelta(days=1)
    moved(zhang, (sales_department, yesterday, None))
    for department in (other_department, head_office):  # twice in a day
        zhang.department = department
        zhang.save()
    rows = DepartmentStay.objects.filter(person=zhang).order_by("since")
    today = timezone.localdate()
    assert [*rows.values_list("department", "since", "until")] == [
        (sales_department.pk, yesterday, today),
        (head_office.pk, today, None),
    ]
    zhang.department = None
    zhang.save()
    assert not rows.filter(until=None).exists()


def test_stays_are_written_by_postgresql_alone_and_never_overlap(
    zhang, sales_department, other_department
):
    with transaction.atomic(), pytest.raises(IntegrityError):
        DepartmentStay.objects.filter(person=zhang).update(department=other_department)
    with transaction.atomic(), pytest.raises(IntegrityError):
        DepartmentStay.objects.filter(person=zhang).delete()
    with pytest.raises(IntegrityError, match="one_at_a_time"):
        moved(
            zhang,
            (sales_department, on(1, 1), on(3, 1)),
            (other_department, on(2, 1), None),
        )


def test_many_targets_are_reckoned_in_as_many_queries(
    agreed,
    zhang,
    wang,
    liu,
    zhao,
    sun,
    sales_department,
    other_department,
    django_assert_num_queries,
):
    agreed(zhang, 5, on(1))
    agreed(wang, 7, on(1))
    few = [
        a_target(zhang, 1, by=zhao, year=YEAR),
        a_target(sales_department, 1, year=YEAR),
    ]
    more = [
        *few,
        a_target(wang, 1, by=sun, year=YEAR),
        a_target(liu, 1, by=zhao, year=YEAR),
        a_target(other_department, 1, year=YEAR),
    ]
    counted = few[0].rule
    for targets in (few, more):
        with django_assert_num_queries(3):
            found = reached_by_all(counted, YEAR, targets)
    assert [found[row.pk].months[0] for row in more] == [5, 5, 7, 0, 7]


# Pace


@pytest.fixture
def at(monkeypatch):
    """Return a function that sets the clock to a moment in Shanghai."""

    def stop(*moment):
        now = datetime(*moment, tzinfo=ZoneInfo("Asia/Shanghai"))
        monkeypatch.setattr(working_days.timezone, "localtime", lambda: now)

    return stop


def test_the_pace_counts_working_days_and_today_from_six_on(at):
    Holiday.objects.filter(day__year=2027).delete()
    at(2027, 2, 3, 17, 59)  # a Wednesday; February 2027 has 20 weekdays
    assert Clock(2027).share((2,)) == Decimal(2) / 20
    at(2027, 2, 3, 18, 0)
    assert Clock(2027).share((2,)) == Decimal(3) / 20
    at(2027, 2, 7, 20, 0)  # a Sunday adds nothing
    assert Clock(2027).share((2,)) == Decimal(5) / 20


def test_holidays_and_make_up_days_count_as_the_table_says(at):
    Holiday.objects.filter(day__year=2027).delete()
    Holiday.objects.create(day=date(2027, 2, 1), kind="holiday", name="节")
    Holiday.objects.create(day=date(2027, 2, 6), kind="make_up", name="班")
    at(2027, 2, 6, 18, 0)
    assert Clock(2027).share((2,)) == Decimal(5) / 20
    assert Clock(2027).knows_holidays
    assert not Clock(2031).knows_holidays


def test_a_leap_year_has_its_day(at):
    Holiday.objects.filter(day__year=2028).delete()
    at(2028, 2, 28, 18, 0)
    assert Clock(2028).share((2,)) == Decimal(20) / 21  # the 29th is a Tuesday
    at(2028, 2, 29, 18, 0)
    assert Clock(2028).share((2,)) == 1


def test_what_lies_ahead_is_not_expected_and_what_is_over_is_whole(at):
    at(2027, 6, 15, 12, 0)
    clock = Clock(2027)
    assert (clock.share((7,)), clock.share((5,))) == (0, 1)
    assert clock.has_begun(6)
    assert not clock.has_begun(7)
    assert (Clock(2026).share(MONTHS), Clock(2028).share(MONTHS)) == (1, 0)


def test_behind_and_ahead_are_told_in_points(agreed, target, zhang, at):
    agreed(zhang, 7440, on(1))
    at(2027, 1, 5, 12, 0)
    pace = pace_of(target, reached_by(target), Clock(YEAR))
    assert (pace.reached, pace.expected, pace.ahead) == (
        Decimal("62.0"),
        Decimal("100.0"),
        Decimal("-38.0"),
    )


def test_of_nothing_there_are_no_percent(zhang, zhao):
    target = a_target(zhang, 0, by=zhao, year=YEAR)
    pace = pace_of(target, reached_by(target), Clock(YEAR))
    assert (pace.reached, pace.ahead, pace.behind) == (None, None, None)
    assert percent(5, 0) is None


def test_the_structure_names_everybody_below(zhang, wang, head_office, zhao):
    members = Structure(YEAR).members(head_office.pk)
    assert {zhang.pk, wang.pk, zhao.pk} <= members[11]
    assert Structure(YEAR).members(0)[0] == frozenset()
    assert Department.objects.count() >= 2
    assert User.objects.filter(pk__in=members[0]).count() == len(members[0])
