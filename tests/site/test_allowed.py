"""What a person may do to a row that was read is what a query would have said."""

import pytest
from django.utils import timezone

from contracts import approval
from contracts.models import Contract
from crm.models import Department, Role, User
from crm.models.ownership import belongs_to
from crm.rights.permissions import permission
from crm.rights.roles import Reach
from customers.models import Customer
from tests.factories import a_contract
from tests.pages import record_models
from tests.people import hire
from tests.site.world import rows_of

pytestmark = pytest.mark.django_db
CAST = ("zhang", "wang", "liu", "chen", "lina", "zhao", "sun", "qian", "zhou", "nobody")
#: What needs two persons' consent in a department: see the shipped rules.
LARGE = 100_000


@pytest.fixture
def people(request, sales_department):
    """The cast, and for each reach somebody with all rights, and all but register."""
    for reach in Reach.values:
        for left_out in ("import", "register"):
            hire_for(f"{reach}-{left_out}", sales_department, reach, left_out)
    for name in CAST:
        request.getfixturevalue(name)
    boss = User.objects.get(username="subordinates-import")
    User.objects.filter(username="sales2").update(superior=boss)
    head = User.objects.get(username="own-import")
    Department.objects.filter(people__username="sales2").update(head=head)
    return list(User.objects.all())


def hire_for(name, department, reach, left_out):
    """Hire somebody who may do all but one thing within a reach."""
    grants = {
        permission(action, model): reach
        for model in record_models()
        for action in model.actions
        if action != left_out
    }
    role = Role.objects.create(code=name, name=name, grants=grants)
    hire(name, name, role.code, department=department)


@pytest.fixture
def rows(people):
    """Rows of every kind: of two people, reported, returned, of a team, deleted."""
    zhang, wang, liu = (
        User.objects.get(username=name) for name in ("sales", "sales2", "sales3")
    )
    found = [rows_of(zhang), rows_of(wang), rows_of(zhang, registered=False)]
    found.append(rows_of(wang, among=found[0]))
    found.append(rows_of(liu, registered=False, among=found[1]))
    found[0][Customer].memberships.create(user=liu)
    found[0][Customer].memberships.create(user=wang, may_write=True)
    found[2][Customer].memberships.create(user=liu, may_write=True)
    for model, row in rows_of(zhang, among=found[0]).items():
        model.objects.filter(pk=row.pk).update(deleted_at=timezone.now())
    for owner in (zhang, wang):
        approval.submit(a_contract(owner, amount=LARGE), by=owner)
    return {model: list(model.everything.all()) for model in record_models()}


def test_a_row_that_was_read_allows_what_a_query_would(people, rows):
    for person in people:
        for model, found in rows.items():
            for action in model.actions:
                seen = model.objects.visible_to(person, action).values_list("pk")
                may = {(row.pk,) for row in found if row.allowed(person, action)}
                assert may == set(seen), (person, model, action)


def test_whoever_is_asked_to_decide_may_though_the_row_is_not_theirs(people, rows):
    asked = [
        person
        for person in people
        for row in rows[Contract]
        if row.allowed(person, "approve")
        and not belongs_to(
            row, person, person.rights.reach("contracts.approve_contract"), "approve"
        )
    ]
    assert asked


def test_rows_beneath_a_customer_are_those_one_sees(people, rows):
    beneath = [model for model in record_models() if model.team_path == "customer"]
    for person in people:
        for customer in rows[Customer]:
            for model in beneath:
                known = {"customer": customer, "customer_owner": customer.owner}
                seen = model.objects.visible_to(person).filter(customer=customer)
                assert set(model.objects.visibility(person).having(**known)) == set(
                    seen
                )
