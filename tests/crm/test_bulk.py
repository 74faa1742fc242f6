"""The same thing done to many records: looked at first, each row once, taken back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contracts import approval
from crm.bulk import work
from crm.bulk.models import BulkAction, BulkRow
from crm.guards.actor import acting
from crm.jobs import taking
from crm.jobs.models import Job
from crm.jobs.slices import do_slice
from crm.jobs.worker import Worker
from crm.models import HistoryEntry
from crm.notices.models import Notice
from crm.notices.sending import notify_owners
from customers.models import Customer, Membership
from system import sweeping
from tests.contracts.test_approval import LARGE
from tests.factories import (
    a_contact,
    a_contract,
    a_customer,
    a_product,
    an_interaction,
    an_item,
)
from tests.pages import books
from tests.people import dismiss
from tests.races import ROUNDS, is_lost, signed_in, together

pytestmark = pytest.mark.django_db


def choose(browser, act, *rows, kind="customers", query="", **more):
    """Tick rows of a list and press a button of its bulk bar; return the action."""
    sent = {"action": act, "ids": [row.pk for row in rows], "version": None, **more}
    answer = browser.post(f"/{kind}/bulk/{query}", sent)
    assert answer.status_code == 302, answer.text
    return BulkAction.objects.get(pk=answer.url.strip("/").split("/")[-1])


def confirm(browser, bulk, **sent):
    """Confirm what was looked at; return the action as it then stands."""
    answer = browser.post(bulk.get_absolute_url(), {"version": bulk.version, **sent})
    assert answer.status_code == 302, answer.text
    bulk.refresh_from_db()
    return bulk


def undo(browser, bulk):
    """Take an action back; return the answer."""
    url = reverse("bulk_undo", args=[bulk.pk])
    return browser.post(url, {"version": bulk.version})


def told(answer):
    """Return the text of a file that is sent."""
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def states(bulk):
    """Return {id: state} of the records that were chosen."""
    rows = bulk.rows.filter(under=None)
    return dict(rows.values_list("object_id", "state"))


def owners(*rows):
    """Return the ids of the owners of rows, as they stand now."""
    return [type(row).everything.get(pk=row.pk).owner_id for row in rows]


# --- Transfer -------------------------------------------------------------------------


def test_customers_change_hands_with_what_belongs_to_them(
    zhang, wang, zhao, lina, sign_in
):
    customers = [a_customer(zhang), a_customer(zhang)]
    contact, call = a_contact(customers[0]), an_interaction(customers[0])
    draft = a_contract(zhang, customer=customers[0])
    pending = a_contract(zhang, customer=customers[0], amount=LARGE)
    approval.submit(pending, by=zhang)
    foreign = a_contract(wang, customer=customers[0])
    browser = sign_in(lina)
    bulk = choose(browser, "transfer", *customers)
    page = browser.get(bulk.get_absolute_url()).text
    assert 'data-will="2"' in page
    for words in ("联系人 <b>1</b>", "合同 <b>1</b>", "交往 <b>1</b>"):
        assert words in page
    confirm(browser, bulk, to=wang.pk, along=["contracts.contract"])
    assert owners(*customers, contact, draft) == [wang.pk] * 4
    assert owners(call, pending, foreign) == [zhang.pk, zhang.pk, wang.pk]
    notices = Notice.objects.filter(verb="handed_over")
    assert {one.person_id: (one.number, one.reason) for one in notices} == {
        zhang.pk: (2, "张伟 → 王芳"),
        wang.pk: (2, "张伟 → 王芳"),
    }
    entries = HistoryEntry.objects.filter(request_id=bulk.group)
    assert set(entries.values_list("verb", "label")) == {
        ("transferred", "customers.customer"),
        ("transferred", "customers.contact"),
        ("transferred", "contracts.contract"),
    }
    assert undo(browser, bulk).status_code == 302
    assert owners(*customers, contact, draft) == [zhang.pk] * 4


def test_a_report_changes_its_reporter_with_its_owner(zhang, wang, chen, lina, sign_in):
    own = a_customer(zhang, registered=False)
    contact = a_contact(own, registered=False)
    brought = a_customer(zhang, registered=False, reporter=chen, entered_by=chen)
    known = a_customer(zhang)
    rows, browser = (own, brought, known), sign_in(lina)
    bulk = choose(browser, "transfer", *rows)
    page = browser.get(bulk.get_absolute_url()).text
    assert 'data-reports="1"' in page
    assert 'data-unseen="1"' in page
    confirm(browser, bulk, to=wang.pk)

    def reporters():
        return [
            type(row).objects.get(pk=row.pk).reporter_id for row in (*rows, contact)
        ]

    assert owners(*rows, contact) == [wang.pk] * 4
    assert reporters() == [wang.pk, chen.pk, zhang.pk, wang.pk]
    desk = sign_in(wang)
    seen = [desk.get(row.get_absolute_url()).status_code for row in rows]
    assert seen == [200, 404, 200]
    notices = Notice.objects.filter(verb="handed_over")
    assert {n.person_id: n.number for n in notices} == {zhang.pk: 3, wang.pk: 2}
    assert "无权查看" not in desk.get("/notices/").text
    assert undo(sign_in(lina), bulk).status_code == 302
    assert owners(*rows, contact) == [zhang.pk] * 4
    assert reporters() == [zhang.pk, chen.pk, zhang.pk, zhang.pk]


def test_who_owns_a_report_of_others_hears_of_it_once_it_is_registered(
    zhang, wang, lina
):
    report = a_customer(zhang, registered=False)
    Customer.objects.filter(pk=report.pk).update(owner=wang)
    report.refresh_from_db()
    notify_owners(report, zhang.pk, by=lina)
    assert not Notice.objects.filter(person=wang).exists()
    assert Notice.objects.filter(person=zhang, verb="handed_over").exists()
    report.register(lina)
    assert Notice.objects.get(person=wang).verb == "registered_for"
    assert Notice.objects.get(person=zhang, verb="registered")


def test_contracts_stay_with_their_name_where_it_is_wished(zhang, wang, lina, sign_in):
    customer = a_customer(zhang)
    contract = a_contract(zhang, customer=customer)
    browser = sign_in(lina)
    confirm(browser, choose(browser, "transfer", customer), to=wang.pk)
    assert owners(customer, contract) == [wang.pk, zhang.pk]


def test_a_former_owner_reads_on_until_a_day(zhang, wang, lina, sign_in):
    customer = a_customer(zhang)
    browser, day = sign_in(lina), timezone.localdate()
    bulk = choose(browser, "transfer", customer)
    late = {"to": wang.pk, "former": "member", "until": f"{day - timedelta(days=1)}"}
    answer = browser.post(bulk.get_absolute_url(), {"version": bulk.version, **late})
    assert answer.status_code == 422
    confirm(browser, bulk, to=wang.pk, former="member", until=f"{day}")
    zhang = type(zhang).objects.get(pk=zhang.pk)
    assert customer in Customer.objects.visible_to(zhang)
    assert customer not in Customer.objects.visible_to(zhang, "change")
    Membership.objects.update(until=day - timedelta(days=1))
    zhang = type(zhang).objects.get(pk=zhang.pk)
    assert customer not in Customer.objects.visible_to(zhang)
    browser = sign_in(zhang)
    assert browser.get(customer.get_absolute_url()).status_code == 404


def test_one_record_is_given_away_from_its_own_page(zhang, wang, zhao, lina, sign_in):
    customer = a_customer(zhang)
    page = sign_in(lina).get(customer.get_absolute_url())
    (button,) = [a for a in page.context["actions"] if a["key"] == "transfer"]
    assert dict(button["hidden"]) == {"ids": customer.pk, "action": "transfer"}
    assert 'name="action" value="transfer"' in page.text
    page = sign_in(zhang).get(customer.get_absolute_url())
    assert "transfer" not in [a["key"] for a in page.context["actions"]]


def test_whoever_reaches_a_department_gives_within_it(zhang, liu, wang, zhao, sign_in):
    own, foreign = a_customer(zhang), a_customer(wang)
    Membership.objects.create(customer=foreign, user=zhao, may_write=True)
    browser = sign_in(zhao)
    bulk = choose(browser, "transfer", own, foreign)
    assert states(bulk) == {own.pk: "waiting", foreign.pk: "left_out"}
    assert "您无权更改" in browser.get(bulk.get_absolute_url()).text
    sent = {"version": bulk.version, "to": wang.pk}
    assert browser.post(bulk.get_absolute_url(), sent).status_code == 422
    confirm(browser, bulk, to=liu.pk)
    assert owners(own, foreign) == [liu.pk, wang.pk]


# --- Edit, team, export ---------------------------------------------------------------


def test_one_field_of_many_gets_one_value(zhang, sign_in):
    old, new = an_item("customer_level", "A"), an_item("customer_level", "B")
    customers = [a_customer(zhang, level=old), a_customer(zhang, level=new)]
    browser = sign_in(zhang)
    bulk = choose(browser, "edit", *customers)
    page = browser.get(bulk.get_absolute_url())
    offered = [key for key, _label in page.context["form"].fields["field"].choices]
    assert "level" in offered
    assert not {"name", "number", "owner", "credit_code", "parent"} & set(offered)
    page = browser.get(f"{bulk.get_absolute_url()}?field=level")
    assert page.context["form"]["value"].label == "客户级别"
    bulk = confirm(browser, bulk, field="level", value=new.pk)
    assert states(bulk) == {customers[0].pk: "done", customers[1].pk: "same"}
    assert Customer.objects.filter(level=new).count() == 2
    assert "B" in browser.get(bulk.get_absolute_url()).text
    undo(browser, bulk)
    customers[0].refresh_from_db()
    assert customers[0].level == old


def test_a_field_is_emptied_only_by_who_says_so(zhang, sign_in):
    level = an_item("customer_level", "A")
    rows = [a_customer(zhang, level=level, address="甲"), a_customer(zhang)]
    browser = sign_in(zhang)

    def answered(field, **sent):
        bulk = choose(browser, "edit", *rows)
        page = browser.get(f"{bulk.get_absolute_url()}?field={field}").text
        assert 'data-held="1"' in page
        assert "清空" in page
        sent = {"version": bulk.version, "field": field, **sent}
        return bulk, browser.post(bulk.get_absolute_url(), sent)

    for field in ("level", "address"):
        _bulk, refused = answered(field, value="")
        assert refused.status_code == 422
        assert "value" in refused.context["form"].errors
        assert "invalid-feedback" in refused.text
        value = level.pk if field == "level" else "乙"
        _bulk, refused = answered(field, value=value, clear="on")
        assert refused.status_code == 422
        assert "clear" in refused.context["form"].errors
        bulk, done = answered(field, value="", clear="on")
        assert done.status_code == 302
        assert states(bulk) == {rows[0].pk: "done", rows[1].pk: "same"}
        assert "（清空）" in browser.get(bulk.get_absolute_url()).text
        rows[0].refresh_from_db()
        assert not getattr(rows[0], field)


def test_a_value_is_checked_as_in_the_form_of_one(zhang, sign_in):
    browser = sign_in(zhang)
    bulk = choose(browser, "edit", a_customer(zhang))
    url = bulk.get_absolute_url()
    for field, value in (("email", "no address"), ("employees", "-5"), ("x", "y")):
        sent = {"version": bulk.version, "field": field, "value": value}
        assert browser.post(url, sent).status_code == 422, field
    assert BulkAction.objects.get().status == "prepared"


def test_what_is_frozen_is_left_out_by_name(zhang, zhao, lina, sign_in):
    draft, pending = a_contract(zhang), a_contract(zhang, amount=LARGE)
    approval.submit(pending, by=zhang)
    browser = sign_in(lina)
    for act in ("edit", "transfer"):
        bulk = choose(browser, act, draft, pending, kind="contracts")
        assert states(bulk) == {draft.pk: "waiting", pending.pk: "left_out"}
        assert pending.title in browser.get(bulk.get_absolute_url()).text


def test_a_person_joins_many_teams(zhang, wang, chen, sign_in):
    customers = [a_customer(zhang), a_customer(zhang)]
    Membership.objects.create(customer=customers[0], user=wang)
    browser = sign_in(zhang)
    bulk = confirm(
        browser, choose(browser, "team", *customers), user=wang.pk, may_write="on"
    )
    assert states(bulk) == {customers[0].pk: "same", customers[1].pk: "done"}
    assert Membership.objects.get(customer=customers[1]).may_write
    undo(browser, bulk)
    assert list(Membership.objects.values_list("customer", flat=True)) == [
        customers[0].pk
    ]


def test_the_selection_is_carried_away_and_nothing_else(zhang, wang, sign_in):
    mine = [a_customer(zhang, name=f"甲{n}") for n in range(3)]
    foreign = a_customer(wang, name="王芳的客户")
    browser = sign_in(zhang)
    sent = {"action": "export", "ids": [mine[0].pk, foreign.pk], "format": "csv"}
    answer = browser.post("/customers/bulk/?sort=name", sent)
    text = told(browser.get(answer.url))
    assert [name in text for name in ("甲0", "甲1", "王芳的客户")] == [1, 0, 0]
    sent = {"action": "export", "all": "1", "format": "csv", "name": "甲2"}
    answer = browser.post("/customers/bulk/", sent)
    text = told(browser.get(answer.url))
    assert [name in text for name in ("甲0", "甲2")] == [0, 1]


# --- Which rows -----------------------------------------------------------------------


def test_all_that_the_conditions_select_are_taken(zhang, wang, lina, sign_in):
    chosen = [a_customer(zhang, name=f"昆明{n}") for n in range(3)]
    other = a_customer(zhang, name="大理")
    browser = sign_in(lina)
    page = browser.get("/customers/?name=昆明").text
    assert 'action="/customers/bulk/?name=' in page
    bulk = choose(browser, "transfer", query="?name=昆明", all="1")
    assert set(states(bulk)) == {row.pk for row in chosen}
    confirm(browser, bulk, to=wang.pk)
    assert owners(*chosen, other) == [wang.pk] * 3 + [zhang.pk]


def test_rows_that_one_does_not_see_are_not_there(zhang, wang, sign_in):
    own, foreign = a_customer(zhang), a_customer(wang)
    browser = sign_in(zhang)
    assert set(states(choose(browser, "edit", own, foreign))) == {own.pk}
    before = books()
    for sent, status in (
        ({"action": "edit", "ids": [foreign.pk]}, 404),
        ({"action": "edit", "ids": [10**17]}, 404),
        ({"action": "edit", "ids": ["x"]}, 422),
        ({"action": "edit"}, 422),
        ({"action": "erase", "ids": [own.pk]}, 422),
        ({"action": "edit", "all": "1", "nonsense": "1"}, 400),
        ({"action": "transfer", "ids": [own.pk]}, 403),
    ):
        assert browser.post("/customers/bulk/", sent).status_code == status, sent
    assert browser.get("/customers/bulk/").status_code == 405
    assert books() == before


def test_without_a_right_there_is_no_bar_and_no_door(zhang, chen, sign_in):
    a_customer(zhang)
    customer = a_customer(zhang)
    browser = sign_in(chen)  # reads all customers, changes none, carries none away
    page = browser.get("/customers/")
    assert page.context["deeds"] == []
    assert 'name="ids"' not in page.text
    for act in ("transfer", "edit", "export", "team"):
        sent = {"action": act, "ids": [customer.pk]}
        assert browser.post("/customers/bulk/", sent).status_code == 403


def test_an_action_is_its_persons_own(zhang, lina, sign_in):
    bulk = choose(sign_in(zhang), "edit", a_customer(zhang))
    browser = sign_in(lina)
    assert browser.get(bulk.get_absolute_url()).status_code == 404
    assert browser.post(bulk.get_absolute_url(), {}).status_code == 404
    assert undo(browser, bulk).status_code == 404
    assert browser.get("/bulk/").text.count("<tr data-id") == 0


# --- What was seen is what is changed -------------------------------------------------


def test_what_changes_after_it_was_looked_at_is_left(zhang, wang, lina, sign_in):
    calm, moved, gone = (a_customer(zhang) for _n in range(3))
    browser = sign_in(lina)
    bulk = choose(browser, "transfer", calm, moved, gone)
    with acting(zhang):
        Customer.objects.filter(pk=moved.pk).update(address="新地址")
    gone.discard(zhang)
    bulk = confirm(browser, bulk, to=wang.pk)
    assert states(bulk) == {calm.pk: "done", moved.pk: "stale", gone.pk: "refused"}
    page = browser.get(bulk.get_absolute_url()).text
    assert 'data-told="stale"' in page
    assert moved.name in page
    assert owners(calm, moved) == [wang.pk, zhang.pk]


def test_an_undo_leaves_what_was_touched_since(zhang, wang, lina, sign_in):
    calm, touched = a_customer(zhang), a_customer(zhang)
    contact = a_contact(touched)
    browser = sign_in(lina)
    bulk = confirm(browser, choose(browser, "transfer", calm, touched), to=wang.pk)
    with acting(wang):
        Customer.objects.filter(pk=touched.pk).update(address="新地址")
    undo(browser, bulk)
    bulk.refresh_from_db()
    assert bulk.status == "undone"
    assert owners(calm, touched, contact) == [zhang.pk, wang.pk, wang.pk]
    page = browser.get(bulk.get_absolute_url()).text
    assert "可撤销至" not in page  # it is undone already
    assert browser.get("/bulk/").context["lines"][0]["until"] is None
    assert 'data-told="kept"' in page
    assert touched.name in page
    assert "此后已有更改" in page
    assert undo(browser, bulk).status_code == 409


def test_nothing_is_taken_back_by_whom_the_rights_no_longer_reach(
    zhang, liu, wang, zhao, sign_in, sales_department, other_department
):
    level, other = an_item("customer_level", "A"), an_item("customer_level", "B")
    given, edited, joined = (a_customer(zhang, level=level) for _n in range(3))
    browser = sign_in(zhao)
    done = [
        confirm(browser, choose(browser, "transfer", given), to=liu.pk),
        confirm(
            browser, choose(browser, "edit", edited), field="level", value=other.pk
        ),
        confirm(browser, choose(browser, "team", joined), user=wang.pk),
    ]
    type(sales_department).objects.update(head=None)
    with acting(None):
        type(zhao).objects.filter(pk=zhao.pk).update(department=other_department)
    for bulk in done:
        assert undo(browser, bulk).status_code == 302
        assert list(states(bulk).values()) == ["kept"], bulk
        page = browser.get(bulk.get_absolute_url()).text
        assert 'data-told="kept"' in page
        assert not any(one.name in page for one in (given, edited, joined))
    assert owners(given) == [liu.pk]
    edited.refresh_from_db()
    assert edited.level == other
    assert Membership.objects.filter(customer=joined, user=wang).exists()


def test_nobody_is_given_what_they_may_not_see(zhang, chen, zhou, lina, sign_in):
    contract = a_contract(zhang)
    browser = sign_in(lina)
    role = chen.roles.get()
    role.grants = {k: v for k, v in role.grants.items() if not k.endswith("contract")}
    role.save()

    def refused(to, **sent):
        bulk = choose(browser, "transfer", contract.customer)
        sent = {"version": bulk.version, "to": to.pk, **sent}
        answer = browser.post(bulk.get_absolute_url(), sent)
        return answer.status_code, answer.context and answer.context["form"].errors

    assert "to" in refused(zhou)[1]
    status, errors = refused(chen, along="contracts.contract")
    assert status == 422
    assert f"{chen} 无权查看合同" in str(errors["to"])
    assert owners(contract, contract.customer) == [zhang.pk] * 2
    assert refused(chen, along=[])[0] == 302
    page = browser.get(f"/customers/{a_customer(zhang).pk}/edit/")
    offered = page.context["form"].fields["owner"].queryset
    assert {zhou, chen} & {*offered} == {chen}


def test_what_went_along_stays_where_the_right_to_its_kind_is_gone(
    zhang, wang, lina, sign_in
):
    contract = a_contract(zhang)
    browser = sign_in(lina)
    bulk = confirm(
        browser,
        choose(browser, "transfer", contract.customer),
        to=wang.pk,
        along="contracts.contract",
    )
    assert owners(contract, contract.customer) == [wang.pk] * 2
    role = lina.roles.get()
    role.grants = {k: v for k, v in role.grants.items() if "contract" not in k}
    role.save()
    assert undo(browser, bulk).status_code == 302
    assert owners(contract, contract.customer) == [wang.pk, zhang.pk]
    bulk.refresh_from_db()
    assert bulk.status == "undone"


def test_yes_or_no_is_never_empty(lina, sign_in):
    browser = sign_in(lina)
    bulk = choose(browser, "edit", a_product(lina), kind="products")
    page = browser.get(f"{bulk.get_absolute_url()}?field=on_sale").text
    assert "data-held" not in page
    assert 'name="clear"' not in page


def test_nothing_goes_back_to_who_has_left(zhang, wang, lina, sign_in):
    customer, browser = a_customer(zhang), sign_in(lina)
    bulk = confirm(browser, choose(browser, "transfer", customer), to=wang.pk)
    dismiss(zhang)
    undo(browser, bulk)
    assert owners(customer) == [wang.pk]
    page = browser.get(bulk.get_absolute_url()).text
    assert "原负责人已离职" in page
    assert customer.name in page


def test_nothing_goes_back_to_who_may_not_see_it_any_more(zhang, wang, lina, sign_in):
    customer, browser = a_customer(zhang), sign_in(lina)
    bulk = confirm(browser, choose(browser, "transfer", customer), to=wang.pk)
    zhang.role_assignments.all().delete()
    undo(browser, bulk)
    assert owners(customer) == [wang.pk]
    assert "已无权查看" in browser.get(bulk.get_absolute_url()).text


def test_after_seven_days_nothing_is_taken_back(zhang, wang, lina, sign_in):
    customer, browser = a_customer(zhang), sign_in(lina)
    bulk = confirm(browser, choose(browser, "transfer", customer), to=wang.pk)
    BulkAction.objects.update(done_at=timezone.now() - timedelta(days=7, minutes=1))
    assert 'undo/"' not in browser.get(bulk.get_absolute_url()).text
    assert undo(browser, bulk).status_code == 409
    assert owners(customer) == [wang.pk]


def test_it_is_confirmed_once_and_only_as_it_was_seen(zhang, wang, lina, sign_in):
    customer, browser = a_customer(zhang), sign_in(lina)
    bulk = choose(browser, "transfer", customer)
    url, sent = bulk.get_absolute_url(), {"to": wang.pk}
    assert browser.post(url, {**sent, "version": "99"}).status_code == 409
    assert owners(customer) == [zhang.pk]
    confirm(browser, bulk, **sent)
    assert browser.post(url, {**sent, "version": bulk.version}).status_code == 409


def test_what_is_over_is_forgotten(zhang, wang, lina, sign_in):
    browser = sign_in(lina)
    bulks = [choose(browser, "transfer", a_customer(zhang)) for _n in range(3)]
    confirm(browser, bulks[0], to=wang.pk, former="member", until="2099-01-01")
    day = timedelta(days=1, minutes=1)
    BulkAction.objects.exclude(pk=bulks[2].pk).update(asked_at=timezone.now() - day)
    sweeping.forget_bulk_actions()
    assert set(BulkAction.objects.all()) == {bulks[0], bulks[2]}
    sweeping.forget_places()
    assert Membership.objects.count() == 1
    Membership.objects.update(until=timezone.localdate() - timedelta(days=1))
    sweeping.forget_places()
    assert not Membership.objects.exists()


# --- Many: in the background ----------------------------------------------------------


@pytest.fixture
def at_once(monkeypatch):
    """Let a request do two rows, and a slice two."""
    monkeypatch.setattr(work, "AT_ONCE", 2)
    monkeypatch.setattr(work, "SLICE", 2)


def test_many_are_done_in_the_background_by_the_same_rules(
    at_once, zhang, wang, lina, sign_in
):
    customers = [a_customer(zhang) for _n in range(5)]
    browser = sign_in(lina)
    bulk = confirm(browser, choose(browser, "transfer", *customers), to=wang.pk)
    assert bulk.status == "running"
    assert set(states(bulk).values()) == {"waiting"}
    with acting(zhang):
        Customer.objects.filter(pk=customers[3].pk).update(address="新地址")
    Worker().drain()
    bulk.refresh_from_db()
    assert (bulk.status, bulk.job.status) == ("done", "done")
    expected = [wang.pk] * 3 + [zhang.pk, wang.pk]
    assert owners(*customers) == expected
    assert Notice.objects.get(verb="handed_over", person=wang).number == 4
    assert {e.request_id for e in HistoryEntry.objects.filter(verb="transferred")} == {
        bulk.group
    }
    undo(browser, bulk)
    Worker().drain()
    assert owners(*customers) == [zhang.pk] * 5


def test_a_job_that_was_killed_midway_does_no_row_twice(
    at_once, zhang, wang, lina, sign_in
):
    customers = [a_customer(zhang) for _n in range(5)]
    browser = sign_in(lina)
    bulk = confirm(browser, choose(browser, "transfer", *customers), to=wang.pk)
    first = Worker()
    job = Job.objects.get()
    assert taking.take(first.lease, "first").pk == job.pk
    job.refresh_from_db()
    assert do_slice(job.pk, job.run)
    first.lease.release(job.pk)  # as PostgreSQL does when its worker is killed
    first.lease.close()
    Worker().drain()
    bulk.refresh_from_db()
    assert bulk.status == "done"
    moved = HistoryEntry.objects.filter(verb="transferred", label="customers.customer")
    assert sorted(moved.values_list("object_id", flat=True)) == [
        c.pk for c in customers
    ]


def test_what_was_cancelled_midway_is_taken_back_for_good(
    at_once, zhang, wang, lina, sign_in
):
    customers = [a_customer(zhang) for _n in range(5)]
    browser = sign_in(lina)
    bulk = confirm(browser, choose(browser, "transfer", *customers), to=wang.pk)
    worker, job = Worker(), Job.objects.get()
    taking.take(worker.lease, "first")
    job.refresh_from_db()
    assert do_slice(job.pk, job.run)
    job.cancel(by=lina)
    worker.lease.release(job.pk)
    worker.drain()
    assert owners(*customers) == [wang.pk] * 2 + [zhang.pk] * 3
    for address in (reverse("bulk_list"), bulk.get_absolute_url()):
        assert "中途停止：已取消" in browser.get(address).text
    assert undo(browser, bulk).status_code == 302
    job.refresh_from_db()
    job.retry(by=lina)
    worker.drain()
    assert owners(*customers) == [zhang.pk] * 5


def test_whoever_loses_the_right_has_nothing_done(at_once, zhang, wang, lina, sign_in):
    customers = [a_customer(zhang) for _n in range(3)]
    browser = sign_in(lina)
    bulk = confirm(browser, choose(browser, "transfer", *customers), to=wang.pk)
    lina.role_assignments.all().delete()
    Worker().drain()
    assert bulk.job.reason == "right"
    assert owners(*customers) == [zhang.pk] * 3


def test_nobody_gets_records_who_has_left_meanwhile(
    at_once, zhang, wang, lina, sign_in
):
    customers = [a_customer(zhang) for _n in range(3)]
    browser = sign_in(lina)
    bulk = confirm(browser, choose(browser, "transfer", *customers), to=wang.pk)
    dismiss(wang)
    Worker().drain()
    assert bulk.job.reason == "refused"
    assert owners(*customers) == [zhang.pk] * 3


# --- Races ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_actions_on_the_same_rows_one_has_each(zhang, wang, liu, lina):
    browsers = [signed_in(lina), signed_in(lina)]
    for _round in ROUNDS[:3]:
        customers = [a_customer(zhang) for _n in range(3)]
        bulks = [choose(browser, "transfer", *customers) for browser in browsers]
        heirs = [wang.pk, liu.pk]

        def work_(number, bulks=bulks, heirs=heirs):
            bulk = bulks[number]
            sent = {"version": bulk.version, "to": heirs[number]}
            return browsers[number].post(bulk.get_absolute_url(), sent).status_code

        answers = together(2, work_)
        done = BulkRow.objects.filter(bulk__in=bulks, state="done", under=None)
        held = dict(done.values_list("object_id", "bulk__given__to"))
        assert any(not is_lost(answer) for answer in answers)
        assert len(held) == done.count()
        assert owners(*customers) == [held[c.pk] for c in customers]


@pytest.mark.django_db(transaction=True)
def test_an_edit_and_an_action_on_the_same_row(zhang, wang, lina):
    browsers = [signed_in(zhang), signed_in(lina)]
    for turn in ROUNDS[:3]:
        customer = a_customer(zhang)
        bulk = choose(browsers[1], "transfer", customer)
        url = reverse("customer_update", args=[customer.pk])
        form = browsers[0].get(url).context["form"]
        sent = {name: form[name].value() or "" for name in form.fields}
        sent["address"] = f"地址{turn}"

        def work_(number, bulk=bulk, url=url, sent=sent):
            if number == 0:
                return browsers[0].post(url, sent).status_code
            given = {"version": bulk.version, "to": wang.pk}
            answer = browsers[1].post(bulk.get_absolute_url(), given)
            return answer.status_code

        edited, _done = together(2, work_)
        customer.refresh_from_db()
        state = states(bulk)[customer.pk]
        assert (customer.address == f"地址{turn}") == (edited == 302)
        assert (customer.owner_id == wang.pk) == (state == "done")
        assert not (edited == 302 and state == "done" and customer.version < 3)
