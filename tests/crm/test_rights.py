"""Who may do what to whose rows: reaches, roles, teams, reports."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from crm.backends import Backend
from crm.kinds import every_permission, kinds
from crm.models import Department, Role, User
from crm.queries.ids import none_of
from crm.rights.roles import Reach
from crm.shipped.roles import ROLES, shipped_roles
from customers.models import Customer
from tests.factories import a_contact, a_customer
from tests.people import hire
from tests.races import ROUNDS, together, won

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def allow(person, reach, *actions, model="customer"):
    """Give a person a role of its own with some rights on customers."""
    grants = {f"customers.{action}_{model}": reach for action in actions}
    role = Role.objects.create(
        code=f"role-{Role.objects.count()}",
        name=f"角色{Role.objects.count()}",
        grants=grants,
    )
    return person.role_assignments.create(role=role)


def owners(person, action="view"):
    """Return the user names whose customers a person may do something to."""
    fresh = User.objects.get(pk=person.pk)
    rows = Customer.objects.visible_to(fresh, action)
    return set(rows.values_list("owner__username", flat=True))


@pytest.fixture
def company(head_office, sales_department, other_department):
    """A customer for each of six people; 小组长 leads 新手 in the first department.

    二组 lies below the first department; its 组员 reports to nobody.
    """
    group = Department.objects.create(name="二组", parent=sales_department)
    leader = hire("leader", "小组长", department=sales_department)
    people = {
        "leader": leader,
        "novice": hire("novice", "新手", department=sales_department, superior=leader),
        "member": hire("member", "组员", department=group),
        "pupil": hire("pupil", "学徒", department=other_department),
        "other": hire("other", "别人", department=other_department),
        "boss": hire("boss", "老板", department=head_office),
    }
    people["pupil"].superior = people["novice"]
    people["pupil"].save()
    for person in people.values():
        a_customer(person)
    return people


COVERED = [
    (Reach.OWN, {"leader"}),
    (Reach.SUBORDINATES, {"leader", "novice", "pupil"}),
    (Reach.DEPARTMENT, {"leader", "novice"}),
    (Reach.DEPARTMENT_TREE, {"leader", "novice", "member"}),
    (Reach.ALL, {"leader", "novice", "member", "pupil", "other", "boss"}),
]


@pytest.mark.parametrize("action", ["view", "change", "delete", "export"])
@pytest.mark.parametrize(("reach", "covered"), COVERED)
def test_a_reach_covers_whose_rows_it_says(company, reach, covered, action):
    leader = company["leader"]
    allow(leader, reach, action)
    assert owners(leader, action) == covered


@pytest.mark.parametrize(("reach", "covered"), COVERED)
def test_a_right_to_one_action_gives_no_other(company, reach, covered):
    leader = company["leader"]
    allow(leader, reach, "view")
    for action in ("change", "delete", "export", "register"):
        assert owners(leader, action) == set()


def test_a_head_reaches_the_headed_department_from_elsewhere(company, sales_department):
    boss, other = company["boss"], company["other"]
    sales_department.head = other
    sales_department.save()
    for person in (boss, other):
        allow(person, Reach.DEPARTMENT_TREE, "view")
    assert owners(boss) == set(company)
    assert owners(other) == {"other", "pupil", "leader", "novice", "member"}


def test_of_several_roles_the_widest_reach_counts(company):
    leader = company["leader"]
    allow(leader, Reach.DEPARTMENT, "view", "change")
    allow(leader, Reach.OWN, "view", "change")
    allow(leader, Reach.ALL, "view")
    assert owners(leader, "view") == set(company)
    assert owners(leader, "change") == {"leader", "novice"}


def test_a_person_outside_all_departments_reaches_only_themselves(company):
    loner = hire("loner", "独行")
    a_customer(loner)
    for reach in (Reach.OWN, Reach.SUBORDINATES, Reach.DEPARTMENT, "department_tree"):
        allow(loner, reach, "view")
        assert owners(loner) == {"loner"}


def test_superiors_form_no_ring(company):
    leader, novice = company["leader"], company["novice"]
    leader.superior = novice
    with pytest.raises(IntegrityError, match="cannot lie above itself"):
        leader.save()


# --- Teams --------------------------------------------------------------------------


def test_a_reading_team_member_reads(zhang, wang):
    customer = a_customer(zhang)
    customer.memberships.create(user=wang, may_write=False)
    assert wang.has_perm("customers.view_customer", customer)
    assert wang.has_perm("customers.export_customer", customer)
    assert not wang.has_perm("customers.change_customer", customer)
    assert not wang.has_perm("customers.delete_customer", customer)


def test_a_writing_team_member_writes_and_does_not_delete(zhang, wang):
    customer = a_customer(zhang)
    customer.memberships.create(user=wang, may_write=True)
    assert wang.has_perm("customers.change_customer", customer)
    assert not wang.has_perm("customers.delete_customer", customer)


def test_reading_in_one_team_and_writing_in_another_are_not_mixed_up(zhang, wang):
    read, written = (a_customer(zhang) for _ in range(2))
    older = a_customer(zhang, created_at=LONG_AGO)
    read.memberships.create(user=wang, may_write=False)
    for customer in (written, older):
        customer.memberships.create(user=wang, may_write=True)
    for person in (wang, Backend().get_user(wang.pk)):  # as a test and a page know her
        for customer, writes in ((read, False), (written, True), (older, True)):
            assert person.has_perm("customers.view_customer", customer)
            assert person.has_perm("customers.change_customer", customer) is writes
            assert bool(customer.allowed(person, "change")) is writes
            changed = Customer.objects.visibility(person, "change").in_order()
            assert changed.filter(pk=customer.pk).exists() is writes


def test_the_team_sees_what_is_filed_under_the_customer(zhang, wang):
    contact = a_contact(a_customer(zhang))
    assert not wang.has_perm("customers.view_contact", contact)
    contact.customer.memberships.create(user=wang, may_write=False)
    assert wang.has_perm("customers.view_contact", contact)
    assert not wang.has_perm("customers.change_contact", contact)


def test_ones_own_reports_are_rows_one_sees(zhang, wang, nobody):
    books, report = a_customer(zhang), a_customer(zhang, registered=False)
    a_customer(wang, registered=False)
    assert set(Customer.objects.visible_to(zhang)) == {books, report}
    assert list(Customer.objects.reported_by(zhang)) == [report]
    Customer.everything.filter(pk=report.pk).update(reporter=nobody)
    assert not Customer.objects.reported_by(nobody)
    assert not Customer.objects.visible_to(nobody)


def test_a_team_gives_nothing_to_who_holds_no_right(zhang, nobody):
    customer = a_customer(zhang)
    customer.memberships.create(user=nobody, may_write=True)
    assert not nobody.has_perm("customers.view_customer", customer)


def test_the_owner_sees_contacts_that_others_wrote(zhang, lina):
    contact = a_contact(a_customer(zhang), owner=lina, reporter=lina, entered_by=lina)
    assert zhang.has_perm("customers.view_contact", contact)
    assert zhang.has_perm("customers.change_contact", contact)


# --- Reports ------------------------------------------------------------------------


def test_a_reported_row_is_seen_by_its_reporter_and_the_registrars(
    zhang, liu, zhao, chen, lina, zhou
):
    report = a_customer(zhang, registered=False)
    seeing = {
        person.username
        for person in (zhang, liu, zhao, chen, lina, zhou)
        if person.has_perm("customers.view_customer", report)
    }
    assert seeing == {zhang.username, lina.username}


def test_a_reported_row_appears_nowhere_else(zhang, zhao, chen, sign_in):
    report = a_customer(zhang, name="只报送未登记", registered=False)
    for person in (zhao, chen):
        browser = sign_in(person)
        page = browser.get("/customers/")
        assert page.context["total"] == 0
        assert report.name not in page.text
        assert browser.get(report.get_absolute_url()).status_code == 404
        found = browser.get("/options/customers.customer/?q=报送").json()
        assert found == {"results": []}


def test_whoever_typed_a_report_for_a_colleague_sees_it_too(zhang, liu):
    report = a_customer(zhang, registered=False, entered_by=liu)
    assert liu.has_perm("customers.view_customer", report)


def test_a_report_of_a_customer_one_owns_is_not_seen_before_it_is_registered(
    zhang, wang
):
    report = a_customer(zhang, registered=False, reporter=wang, entered_by=wang)
    assert not zhang.has_perm("customers.view_customer", report)


# --- The very next request ----------------------------------------------------------


def test_a_role_taken_away_is_gone_on_the_next_request(zhang, sign_in):
    browser = sign_in(zhang)
    assert browser.get("/customers/").status_code == 200
    zhang.role_assignments.all().delete()
    assert browser.get("/customers/").status_code == 403


def test_a_changed_role_counts_on_the_next_request(zhang, wang, sign_in):
    theirs = a_customer(wang)
    browser = sign_in(zhang)
    assert browser.get(theirs.get_absolute_url()).status_code == 404
    role = Role.objects.get(code="salesperson")
    role.grants |= {"customers.view_customer": "all"}
    role.save()
    assert browser.get(theirs.get_absolute_url()).status_code == 200


def test_who_moves_to_another_department_takes_the_rows_along(
    zhang, zhao, sun, other_department, sign_in
):
    page = a_customer(zhang).get_absolute_url()
    assert sign_in(zhao).get(page).status_code == 200
    zhang.department = other_department
    zhang.save()
    assert sign_in(zhao).get(page).status_code == 404
    assert sign_in(sun).get(page).status_code == 200


def test_headers_give_no_rights(nobody, client, zhang):
    names = {"REMOTE_USER": "sysadmin", "HTTP_X_FORWARDED_USER": "sysadmin"}
    assert client.get("/customers/", **names).status_code == 302
    client.force_login(nobody)
    headers = names | {"HTTP_X_ORIGINAL_URL": "/", "HTTP_X_REWRITE_URL": "/"}
    assert client.get("/customers/", **headers).status_code == 403


# --- Departments and superiors ------------------------------------------------------


def test_the_database_refuses_a_cycle_of_departments(head_office, sales_department):
    rows = Department.objects.filter(pk=head_office.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(parent=sales_department)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(parent=head_office)


def test_paths_follow_a_department_that_moves(head_office, sales_department):
    group = Department.objects.create(name="组", parent=sales_department)
    there = Department.objects.create(name="另一处")
    sales_department.parent = there
    sales_department.save()
    group.refresh_from_db()
    assert group.path == f"/{there.pk}/{sales_department.pk}/{group.pk}/"


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_cannot_make_a_cycle():
    for turn, _round in enumerate(ROUNDS):
        pair = [Department.objects.create(name=f"{name}{turn}") for name in "甲乙"]

        def move(number, pair=pair):
            rows = Department.objects.filter(pk=pair[number].pk)
            return rows.update(parent=pair[1 - number])

        assert won(together(2, move)) == [1]
        tops = [row.pk for row in pair]
        assert Department.objects.filter(pk__in=tops, parent=None).count() == 1


def test_nobody_is_their_own_superior(zhang):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=zhang.pk).update(superior=zhang)


def test_people_and_records_are_never_deleted_for_good(zhang):
    customer = a_customer(zhang)
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        Customer.everything.filter(pk=customer.pk).delete()
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        User.objects.filter(pk=zhang.pk).delete()


# --- The table of roles -------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(ROLES))
def test_a_shipped_role_names_real_permissions_and_reaches(code):
    grants = shipped_roles()[code]["grants"]
    assert set(grants) <= every_permission()
    assert set(grants.values()) <= set(Reach.values)


def test_who_administers_the_system_decides_no_contract():
    for code in ("system_administrator", "information_administrator"):
        assert "contracts.approve_contract" not in shipped_roles()[code]["grants"]


def test_only_the_information_administrator_registers_whatever_is_reported():
    registering = {
        code: {reach for name, reach in role["grants"].items() if ".register_" in name}
        for code, role in shipped_roles().items()
    }
    assert registering == {
        "information_administrator": {"all"},
        "finance": {"own"},
        "supervisor": {"own"},
        "salesperson": {"own"},
        "sales_director": {"own"},
        "researcher": {"own"},  # what they write of themselves
        "system_administrator": set(),
    }


def test_what_sellers_enter_at_customers_is_what_needs_no_clerk():
    targets = {"salesperson": set(), "supervisor": {"sales.register_target"}}
    for code, more in targets.items():
        names = shipped_roles()[code]["grants"]
        of_oneself = {"sales.register_workplan", "sales.register_dayreport"}
        found = {name for name in names if ".register_" in name}
        assert found & of_oneself == (of_oneself if code == "salesperson" else set())
        assert found - of_oneself == more | {
            "customers.register_contact",
            "customers.register_counterpart",
            "customers.register_dealregistration",
            "feedback.register_interaction",
            "competitors.register_encounter",
            "sales.register_lead",
            "sales.register_opportunity",
            "sales.register_quotation",
            "contracts.register_receipt",
            "contracts.register_invoice",
            "contracts.register_creditassessment",
        }


def test_every_action_follows_the_right_to_view():
    for code, role in shipped_roles().items():
        for permission in role["grants"]:
            app, name = permission.split(".")
            model = name.rsplit("_", 1)[1]
            assert f"{app}.view_{model}" in role["grants"], (code, permission)


def test_actions_are_named_once():
    assert all(len(set(kind.actions)) == len(kind.actions) for kind in kinds())


def test_what_belongs_to_nobody_is_outside_of_every_reach(zhang, wang):
    newcomer = hire("newcomer", "吴刚")
    outside = User.objects.filter(none_of("department", [zhang.department_id]))
    assert {wang, newcomer} <= set(outside)
    assert zhang not in outside
