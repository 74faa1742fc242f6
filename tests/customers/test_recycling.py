"""When a customer goes back into its pool by itself, and what keeps it out."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from contracts import approval
from crm.duplicates import merging
from crm.guards.actor import acting
from crm.jobs import shipped
from crm.notices.models import Notice
from customers import pools, protection
from customers.models import Customer, Pool, RecycleRule, RecycleRun
from customers.recycling import due_now, due_until, recycle_on
from system.pools import running, work
from system.reminders.work import remind_person
from tests.customers.test_ownership import told
from tests.factories import (
    a_contract,
    a_customer,
    an_interaction,
    an_item,
    an_opportunity,
)
from tests.people import dismiss

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate
LONG_AGO = timedelta(days=400)


@pytest.fixture
def pool(db):
    """The pool of all others, without the rules that ship."""
    found = Pool.objects.get(is_default=True)
    found.rules.all().delete()
    return found


@pytest.fixture
def rule(pool):
    """30 days without contact, for all levels; in use for long."""
    return a_rule(pool)


def a_rule(pool, *, days=30, reason="no_contact", level=None, since=LONG_AGO):
    """Return a rule that is in use since some time."""
    return RecycleRule.objects.create(
        pool=pool,
        days=days,
        reason=reason,
        level=level and an_item("customer_level", level),
        active_since=timezone.now() - since,
    )


def had_for(days, owner, **fields):
    """Return a customer that somebody has entered so many days ago."""
    entered = timezone.now() - timedelta(days=days)
    return a_customer(owner, created_at=entered, **fields)


def due(customer):
    """Return the day on which a customer goes into its pool."""
    rows = Customer.objects.filter(pk=customer.pk)
    return rows.values_list(recycle_on(), flat=True).get()


def in_days(number):
    """Return the day in so many days."""
    return TODAY() + timedelta(days=number)


def run():
    """Do a run to its end, as the clock does; return it."""
    context = work.recycle.func  # the slices, one after the other
    place, done = None, 0
    while True:
        seen = _Context(place)
        place = context(seen)
        done += 1
        assert done < 50
        if place is None:
            return RecycleRun.objects.order_by("-pk").first()


class _Context:
    """What a slice is told."""

    by, total, done = None, 0, 0

    def __init__(self, place):
        self.place = place


# the day


@pytest.mark.usefixtures("rule")
def test_the_clock_runs_since_the_customer_is_somebodys(zhang):
    assert due(had_for(20, zhang)) == in_days(10)


@pytest.mark.usefixtures("rule")
def test_a_contact_moves_the_day(zhang):
    customer = had_for(20, zhang)
    an_interaction(customer, occurred_at=timezone.now() - timedelta(days=5))
    assert due(customer) == in_days(25)


def test_without_a_rule_no_customer_has_a_day(zhang):
    assert due(had_for(400, zhang)) is None


@pytest.mark.usefixtures("rule")
def test_a_rule_for_a_level_goes_before_one_for_all(pool, zhang):
    a_rule(pool, days=60, level="A")
    key, other = (
        had_for(20, zhang, level=an_item("customer_level", code)) for code in "AB"
    )
    assert (due(key), due(other)) == (in_days(40), in_days(10))


@pytest.mark.usefixtures("rule")
def test_of_several_rules_the_first_day_counts(pool, zhang):
    a_rule(pool, days=25, reason="not_won")
    customer = had_for(20, zhang)
    an_interaction(customer)
    assert due(customer) == in_days(5)


def test_who_bought_is_asked_for_no_order(pool, zhang):
    a_rule(pool, reason="not_won")
    assert due(had_for(20, zhang, status="won")) is None


def test_without_an_opportunity_it_goes_and_an_open_one_keeps_it(pool, zhang):
    a_rule(pool, reason="no_opportunity")
    without, having = had_for(20, zhang), had_for(20, zhang)
    an_opportunity(zhang, customer=having)
    assert (due(without), due(having)) == (in_days(10), None)


@pytest.mark.usefixtures("rule")
def test_it_goes_by_the_rules_of_the_pool_that_it_came_from(zhang, lina):
    other = Pool.objects.create(name="华南公海", reclaim_days=0, protect_days=0)
    other.members.add(zhang)
    a_rule(other, days=90)
    customer = had_for(20, lina)
    with acting(None, verb="released"):
        Customer.objects.filter(pk=customer.pk).update(owner=None, pool=other)
    pools.claim(customer.pk, zhang)
    assert due(customer) == in_days(90)
    Pool.objects.filter(pk=other.pk).update(active=False)
    assert due(customer) == in_days(30)  # that of all others, never no day


# what starts the clock (each of them is a way by which somebody gets a customer)


@pytest.mark.usefixtures("rule")
@pytest.mark.parametrize("way", ["transfer", "hand-over", "merge", "release", "import"])
def test_each_way_to_an_owner_starts_the_clock(way, zhang, wang, lina, pool):
    customer = had_for(20, zhang)
    rows = Customer.objects.filter(pk=customer.pk)
    if way == "transfer":
        rows.give(wang.pk)
    elif way == "hand-over":
        with acting(None, verb="transferred", request_id="handover-7"):
            rows.give(wang.pk)
    elif way == "import":
        with acting(lina, verb="imported"):
            rows.update(owner=wang)
    elif way == "merge":
        loser = had_for(20, wang)
        merging.merge(customer, [loser], by=lina, choices={"owner": loser.pk})
    else:
        pools.release(customer, pool, an_item("release_reason", "other"), "", zhang)
        pools.assign(customer, wang, lina)
    assert due(customer) == in_days(30)


def test_a_rule_that_is_switched_off_and_on_restarts_no_clock(rule, zhang):
    customer = had_for(20, zhang)
    RecycleRule.objects.filter(pk=rule.pk).update(active=False)
    assert due(customer) is None
    RecycleRule.objects.filter(pk=rule.pk).update(active=True)
    assert due(customer) == in_days(10)


def test_whoever_switches_a_rule_on_gives_grace(rule, zhang):
    overdue = had_for(300, zhang)
    RecycleRule.objects.filter(pk=rule.pk).update(active=False)
    RecycleRule.objects.filter(pk=rule.pk).update(active=True)
    assert due(overdue) == in_days(rule.grace_days)


@pytest.mark.parametrize("change", [{"days": 20}, {"reason": "not_won"}])
def test_a_rule_that_takes_more_or_others_gives_grace(change, rule, zhang):
    overdue = had_for(300, zhang)
    RecycleRule.objects.filter(pk=rule.pk).update(**change)
    assert due(overdue) == in_days(rule.grace_days)


def test_a_rule_that_takes_fewer_does_not(rule, zhang):
    overdue = had_for(300, zhang)
    RecycleRule.objects.filter(pk=rule.pk).update(days=40)
    assert due(overdue) < TODAY()


def test_a_new_rule_gives_grace(pool, zhang):
    a_rule(pool, since=timedelta())
    assert due(had_for(300, zhang)) == in_days(7)


def test_nobody_writes_since_when_a_rule_is_in_use(rule):
    before = RecycleRule.objects.get(pk=rule.pk).active_since
    RecycleRule.objects.filter(pk=rule.pk).update(active_since=timezone.now())
    assert RecycleRule.objects.get(pk=rule.pk).active_since == before


def test_for_some_days_after_a_claim_nothing_is_recycled(pool, zhang, lina):
    a_rule(pool, days=1)
    pool.members.add(zhang)
    Pool.objects.filter(pk=pool.pk).update(protect_days=9)
    customer = had_for(20, lina)
    pools.release(customer, pool, an_item("release_reason", "other"), "", lina)
    pools.claim(customer.pk, zhang)
    assert due(customer) == in_days(9)


# what keeps it out


@pytest.mark.usefixtures("rule")
def test_a_contract_in_force_keeps_it(zhang, lina):
    customer = had_for(300, zhang)
    contract = a_contract(zhang, customer=customer)
    assert due(customer) is not None
    approval.submit(contract, by=zhang)
    approval.register(contract, by=lina)
    assert due(customer) is None


@pytest.mark.usefixtures("rule")
def test_after_a_contract_it_is_left_alone_for_a_while(zhang, lina):
    customer = had_for(300, zhang)
    ended = TODAY() - timedelta(days=10)
    contract = a_contract(
        zhang, customer=customer, starts_on=ended - timedelta(days=90), ends_on=ended
    )
    approval.submit(contract, by=zhang)
    approval.register(contract, by=lina)
    approval.complete(contract, by=lina)
    assert due(customer) == ended + timedelta(days=90 + 30)


@pytest.mark.usefixtures("rule")
def test_what_is_only_reported_and_what_is_in_the_bin_stays(zhang, lina):
    assert due(had_for(300, zhang, registered=False)) is None
    gone = had_for(300, zhang)
    gone.discard(lina)
    assert gone.pk not in due_now().values_list("pk", flat=True)


@pytest.mark.usefixtures("rule")
def test_the_page_says_until_when_it_is_locked_and_unlocks_it(zhang, sign_in):
    customer, browser = had_for(300, zhang), sign_in(zhang)
    url = f"{customer.get_absolute_url()}protection/"

    def sent(**given):
        version = Customer.objects.get(pk=customer.pk).version
        return browser.post(url, {"version": version, **given})

    assert sent(until="").status_code == 422
    assert not customer.locks.exists()
    assert sent(until=f"{in_days(5)}").status_code == 302
    page = browser.get(customer.get_absolute_url()).text
    assert "锁定至" in page
    assert f"{in_days(5)}" in page
    assert "解锁" in page
    assert sent(ends="1").status_code == 302
    assert not customer.locks.exists()


@pytest.mark.usefixtures("rule")
def test_an_extension_is_offered_once(zhang, zhao, sign_in):
    customer, browser = had_for(25, zhang), sign_in(zhao)
    assert "extension/" in browser.get(customer.get_absolute_url()).text
    protection.extend(customer, in_days(10), "展会在即", zhao)
    assert "extension/" not in browser.get(customer.get_absolute_url()).text


@pytest.mark.usefixtures("rule")
def test_whoever_loses_customers_is_told_which(zhang, lina, sign_in):
    customer = had_for(300, zhang, name="昆明滇池水泵厂")
    for _number in range(20):
        had_for(1, lina)
    run()
    page = sign_in(zhang).get("/notices/").text
    assert "昆明滇池水泵厂" in page
    assert customer.get_absolute_url() in page


def test_runs_stand_newest_first(lina, sign_in):
    for days in (2, 0, 1):
        moment = timezone.now() - timedelta(days=days)
        RecycleRun.objects.create(day=in_days(-days), at=moment, status="done")
    runs = sign_in(lina).get("/pools/runs/").context["runs"]
    assert [one.day for one in runs] == [in_days(0), in_days(-1), in_days(-2)]


@pytest.mark.usefixtures("rule")
def test_the_owner_locks_it_for_a_while(zhang, wang):
    customer = had_for(300, zhang)
    with pytest.raises(ValidationError):
        protection.lock(customer, in_days(5), wang)
    with pytest.raises(ValidationError):
        protection.lock(customer, in_days(1000), zhang)
    protection.lock(customer, in_days(5), zhang)
    assert due(customer) is None
    protection.lock(customer, None, zhang)
    assert due(customer) == in_days(-270)


@pytest.mark.usefixtures("rule")
def test_a_lock_is_its_owners(zhang, wang):
    customer = had_for(20, zhang)
    protection.lock(customer, in_days(5), zhang)
    Customer.objects.filter(pk=customer.pk).give(wang.pk)
    assert due(customer) == in_days(30)


def test_one_locks_so_many_at_a_time(zhang, monkeypatch):
    monkeypatch.setattr(protection, "MOST_LOCKED", 2)
    first, second, third = (a_customer(zhang) for _time in range(3))
    protection.lock(first, in_days(5), zhang)
    protection.lock(second, in_days(5), zhang)
    protection.lock(second, in_days(9), zhang)  # the same one counts once
    with pytest.raises(ValidationError, match="2"):
        protection.lock(third, in_days(5), zhang)


@pytest.mark.usefixtures("rule")
def test_a_supervisor_puts_it_off_once(zhang, zhao):
    customer = had_for(20, zhang)
    with pytest.raises(ValidationError):
        protection.extend(customer, in_days(12), "等年度预算", zhang)
    for day in (in_days(10), in_days(26)):
        with pytest.raises(ValidationError):
            protection.extend(customer, day, "等年度预算", zhao)
    with pytest.raises(ValidationError):
        protection.extend(customer, in_days(25), "　", zhao)
    protection.extend(customer, in_days(25), "等年度预算", zhao)
    assert due(customer) == in_days(25)
    assert Notice.objects.filter(person=zhang, verb="recycling_put_off").exists()
    with pytest.raises(ValidationError, match="一次"):
        protection.extend(customer, in_days(27), "再等等", zhao)


@pytest.mark.usefixtures("rule")
def test_both_are_done_on_its_page(zhang, zhao, sign_in):
    customer = had_for(20, zhang)
    browser = sign_in(zhang)
    assert "距进公海" in browser.get(customer.get_absolute_url()).content.decode()
    given = {"until": in_days(5), "version": customer.version}
    address = f"/customers/{customer.pk}/protection/"
    assert browser.post(address, given).status_code == 302
    assert customer.locks.get().until == in_days(5)
    other = had_for(20, zhang)
    given = {"until": in_days(14), "reason": "等预算", "version": other.version}
    address = f"/customers/{other.pk}/extension/"
    assert sign_in(zhao).post(address, given).status_code == 302
    assert due(other) == in_days(14)


# one expression for all


@pytest.mark.usefixtures("rule")
def test_list_condition_reminder_trial_and_job_say_the_same(zhang, lina, sign_in):
    shipped.fill()
    soon, now, later = (had_for(days, zhang) for days in (27, 30, 5))
    browser = sign_in(zhang)
    url = "/customers/?recycle_within=7&column=name&column=recycle_on"
    page = browser.get(url)
    shown = {row.pk for row in page.context["page_obj"].object_list}
    assert shown == {soon.pk, now.pk}
    assert f"{in_days(3)} · 3" in page.content.decode()
    remind_person(zhang, TODAY())
    notice = Notice.objects.get(person=zhang, verb="recycling_due")
    assert {pk for pk, _title in notice.subjects} == shown
    trial = sign_in(lina).post("/pools/runs/trial/")
    assert [one.pk for one in trial.context["customers"]] == [now.pk]
    assert "30" in trial.content.decode()
    before = Customer.objects.get(pk=now.pk)
    assert before.owner == zhang  # a trial changes nothing
    assert [row.customer_id for row in run().rows.all()] == [now.pk]
    later.refresh_from_db()
    assert later.owner == zhang


@pytest.mark.usefixtures("rule")
def test_what_narrows_first_leaves_nothing_out(zhang, pool):
    a_rule(pool, days=15, level="C")
    a_rule(pool, days=50, reason="not_won")
    level = an_item("customer_level", "C")
    for days in (3, 14, 15, 29, 30, 49, 60):
        customer = had_for(days, zhang, level=level if days % 2 else None)
        if days % 3 == 0:
            an_interaction(customer, occurred_at=timezone.now() - timedelta(days=2))
    for ahead in (0, 7, 40):
        rows = Customer.objects.alias(day=recycle_on())
        slow = rows.filter(day__lte=in_days(ahead)).values_list("pk", flat=True)
        quick = due_until(Customer.objects.all(), in_days(ahead))
        assert set(quick.values_list("pk", flat=True)) == set(slow)


# the run


@pytest.mark.usefixtures("rule")
def test_a_run_says_day_rule_and_reason(zhang, pool):
    customer = had_for(31, zhang)
    done = run()
    customer.refresh_from_db()
    assert (customer.owner, customer.pool) == (None, pool)
    row = done.rows.get()
    assert (row.holder, row.pool, row.due_on) == (zhang, pool, in_days(-1))
    assert row.rule == "所有级别 · 30 天未联系"
    now = customer.ownerships.get(to_at=None)
    assert (now.how, now.note, now.by) == ("recycled", row.rule, None)
    assert told(customer)[-1] == (None, "recycled")
    notice = Notice.objects.get(person=zhang, verb="customers_recycled")
    assert notice.number == 1


@pytest.mark.usefixtures("rule")
def test_a_run_that_is_done_again_takes_nothing_twice(zhang):
    customer = had_for(31, zhang)
    assert run().rows.count() == 1
    assert run().rows.count() == 0
    assert told(customer) == [("sales", "created"), (None, "recycled")]


@pytest.mark.usefixtures("rule")
def test_what_was_contacted_meanwhile_stays(zhang, monkeypatch):
    customer, asked = had_for(31, zhang), []

    def due_until_talked_to(rows=None):
        if asked:  # between the first look and the second one
            an_interaction(customer)
        asked.append(rows)
        return due_now(rows)

    monkeypatch.setattr(running, "due_now", due_until_talked_to)
    taken = RecycleRun.objects.create(day=TODAY())
    running.take_some(taken, 0)
    customer.refresh_from_db()
    assert customer.owner == zhang
    assert not taken.rows.exists()


@pytest.mark.usefixtures("rule")
def test_a_long_run_goes_in_slices(zhang, monkeypatch):
    monkeypatch.setattr(running, "SLICE", 2)
    for _time in range(5):
        had_for(31, zhang)
    taken = RecycleRun.objects.create(day=TODAY())
    after, slices = 0, 0
    while (after := running.take_some(taken, after, 2)) is not None:
        slices += 1
    assert (slices, taken.rows.count()) == (3, 5)


@pytest.mark.usefixtures("rule")
def test_a_run_that_takes_too_much_of_a_person_is_not_begun(zhang, zhou, monkeypatch):
    monkeypatch.setattr(running, "FEW_OF_PERSON", 1)
    for days in (31, 31, 5, 5, 5):
        had_for(days, zhang)
    stopped = run()
    assert stopped.status == "stopped"
    assert "张伟" in stopped.why
    assert not stopped.rows.exists()
    assert Customer.objects.filter(owner=zhang).count() == 5
    assert Notice.objects.filter(person=zhou, verb="recycling_stopped").exists()


@pytest.mark.usefixtures("rule")
def test_a_run_that_takes_too_much_of_all_is_not_begun(zhang, wang, monkeypatch):
    monkeypatch.setattr(running, "FEW_OF_ALL", 1)
    for person in (zhang, wang):
        for days in (31, 5, 5):
            had_for(days, person)
    assert run().status == "stopped"


@pytest.mark.usefixtures("rule")
def test_whoever_has_looked_begins_it_all_the_same(zhang, lina, monkeypatch, sign_in):
    monkeypatch.setattr(running, "FEW_OF_ALL", 0)
    had_for(31, zhang)
    assert running.begin(None).status == "stopped"
    assert running.begin(lina, forced=True).status == "running"
    answer = sign_in(lina).post("/pools/runs/start/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/system/jobs/")
    page = sign_in(lina).get(answer["Location"])
    runs = [one["url"] for one in page.context["actions"] if "查看结果" in one["label"]]
    assert runs == ["/pools/runs/"]


# taking it back


@pytest.mark.usefixtures("rule")
def test_a_run_is_taken_back_but_for_what_was_claimed(zhang, wang, lina, pool, sign_in):
    first, second = had_for(31, zhang), had_for(31, zhang)
    done = run()
    pool.members.add(wang)
    pools.claim(second.pk, wang)
    answer = sign_in(lina).post(f"/pools/runs/{done.pk}/undo/")
    assert answer.status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.owner, second.owner) == (zhang, wang)
    assert told(first)[-1] == ("sales", "given_back")
    assert due(first) == in_days(30)
    again = sign_in(lina).post(f"/pools/runs/{done.pk}/undo/")
    assert again.status_code == 409


@pytest.mark.usefixtures("rule")
def test_the_team_comes_back_but_for_who_has_left(zhang, wang, liu, zhou, lina):
    customer = had_for(31, zhang)
    customer.memberships.create(user=wang, may_write=True, until=in_days(9))
    customer.memberships.create(user=liu)
    customer.memberships.create(user=zhou, may_write=True)
    done = run()
    assert not customer.memberships.exists()
    dismiss(zhou)
    customer.memberships.create(user=liu, may_write=True)
    assert running.undo(done, lina) == 1
    team = customer.memberships.values_list("user", "may_write", "until")
    assert set(team) == {(wang.pk, True, in_days(9)), (liu.pk, True, None)}


@pytest.mark.usefixtures("rule")
def test_who_works_here_no_longer_gets_nothing_back(zhang, lina):
    customer = had_for(31, zhang)
    done = run()
    dismiss(zhang)
    assert running.undo(done, lina) == 0
    customer.refresh_from_db()
    assert customer.owner is None


@pytest.mark.usefixtures("rule")
def test_only_the_last_run_is_taken_back_and_within_a_day(zhang, lina):
    had_for(31, zhang)
    first = run()
    second = run()
    with pytest.raises(ValidationError):
        running.undo(first, lina)
    RecycleRun.objects.filter(pk=second.pk).update(
        at=timezone.now() - timedelta(hours=25)
    )
    with pytest.raises(ValidationError):
        running.undo(second, lina)


# who may


@pytest.mark.usefixtures("rule")
def test_rules_and_runs_are_for_who_administers_pools(zhang, lina, sign_in):
    had_for(31, zhang)
    done = run()
    for address in ("/pools/rules/", "/pools/runs/", f"/pools/runs/{done.pk}/"):
        assert sign_in(zhang).get(address).status_code == 403
        assert sign_in(lina).get(address).status_code == 200
    for address in ("trial/", "start/", f"{done.pk}/undo/"):
        assert sign_in(zhang).post(f"/pools/runs/{address}").status_code == 403
        assert sign_in(lina).get(f"/pools/runs/{address}").status_code == 405


@pytest.mark.usefixtures("rule")
def test_who_sees_no_customers_reads_their_numbers_alone(zhang, lina, zhou, sign_in):
    customer = had_for(31, zhang, name="回收机械有限公司")
    for person, is_named in ((lina, True), (zhou, False)):
        text = sign_in(person).post("/pools/runs/trial/").content.decode()
        assert ("回收机械有限公司" in text) == is_named
        assert customer.number in text
    address = f"/pools/runs/{run().pk}/"
    for person, is_named in ((lina, True), (zhou, False)):
        text = sign_in(person).get(address).content.decode()
        assert ("回收机械有限公司" in text) == is_named
        assert customer.number in text


@pytest.mark.usefixtures("rule")
def test_the_day_stands_in_files_too(zhang, sign_in):
    had_for(20, zhang)
    query = "?format=csv&column=name&column=recycle_on"
    answer = sign_in(zhang).get(f"/customers/export/{query}")
    assert answer.status_code == 200
    parts = answer.streaming_content if answer.streaming else [answer.content]
    assert str(in_days(10)) in b"".join(parts).decode("utf-8-sig")


def test_a_rule_is_set_up_by_its_form(lina, pool, sign_in):
    level = an_item("customer_level", "B")
    given = {
        "pool": pool.pk,
        "level": level.pk,
        "reason": "no_opportunity",
        "days": 45,
        "grace_days": 7,
        "active": "on",
    }
    browser = sign_in(lina)
    assert browser.post("/pools/rules/add/", given).status_code == 302
    made = RecycleRule.objects.get(days=45)
    assert (made.level, made.active) == (level, True)
    assert browser.post("/pools/rules/add/", given).status_code == 422  # there is one


def test_the_rules_that_ship_are_not_in_use():
    rows = RecycleRule.objects.filter(pool__is_default=True)
    assert rows.count() == 4
    assert not rows.filter(active=True).exists()
    assert not work.is_needed()


@pytest.mark.usefixtures("rule")
def test_it_is_of_the_row_itself_wherever_a_query_has_its_table(zhang):
    """A page is asked for as ids first, of the same table under another name."""
    soon = had_for(27, zhang)
    later = had_for(5, zhang)
    ids = due_until(Customer.objects.all(), in_days(7)).values("pk")
    assert [*Customer.objects.filter(pk__in=ids[:10])] == [soon]
    assert due(later) == in_days(25)
