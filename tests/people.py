"""The cast: who appears in the tests and what they are.

A company with a head office, two sales departments and a market department. Use the
people as fixtures: `def test_…(zhang, client)`.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.guards.actor import acting
from crm.models import Department, Role, User
from tests.browsers import Browser

PASSWORD = "crm-demo-2026"


def hire(username, name, *roles, department=None, superior=None):
    """Return a new person with shipped roles, by their codes."""
    person = User.objects.create_user(
        username, PASSWORD, name=name, department=department, superior=superior
    )
    for code in roles:
        person.role_assignments.create(role=Role.objects.get(code=code))
    return person


def dismiss(person):
    """Let a person sign in no more, as an administrator does it."""
    with acting(None, verb="deactivated"):
        User.objects.filter(pk=person.pk).update(is_active=False)
    person.is_active = False


def let_leave(person):
    """Let a person's last day be over, as time does it."""
    yesterday = timezone.localdate() - timedelta(days=1)
    with acting(None, verb="left"):
        User.objects.filter(pk=person.pk).update(left_on=yesterday)
    person.left_on = yesterday


@pytest.fixture
def head_office(db):
    """The company: 总公司."""
    return Department.objects.create(name="总公司")


@pytest.fixture
def sales_department(head_office):
    """销售一部, below the head office."""
    return Department.objects.create(name="销售一部", parent=head_office)


@pytest.fixture
def other_department(head_office):
    """销售二部, beside the first."""
    return Department.objects.create(name="销售二部", parent=head_office)


@pytest.fixture
def zhang(sales_department):
    """张伟 sells, in the first sales department."""
    return hire("sales", "张伟", "salesperson", department=sales_department)


@pytest.fixture
def wang(other_department):
    """王芳 sells in the other department and is on no team of 张伟's."""
    return hire("sales2", "王芳", "salesperson", department=other_department)


@pytest.fixture
def liu(sales_department):
    """刘洋 sells beside 张伟 in the same department."""
    return hire("sales3", "刘洋", "salesperson", department=sales_department)


@pytest.fixture
def chen(head_office):
    """陈静 researches the market."""
    return hire("researcher", "陈静", "researcher", department=head_office)


@pytest.fixture
def lina(head_office):
    """李娜 is the information administrator."""
    return hire(
        "infoadmin", "李娜", "information_administrator", department=head_office
    )


@pytest.fixture
def zhao(sales_department):
    """赵强 supervises: head of the first sales department."""
    person = hire("supervisor", "赵强", "supervisor", department=sales_department)
    sales_department.head = person
    sales_department.save()
    return person


@pytest.fixture
def sun(other_department):
    """孙丽 supervises the other sales department."""
    person = hire("supervisor2", "孙丽", "supervisor", department=other_department)
    other_department.head = person
    other_department.save()
    return person


@pytest.fixture
def qian(head_office):
    """钱进 heads the whole company and supervises everybody."""
    person = hire("director", "钱进", "supervisor", department=head_office)
    head_office.head = person
    head_office.save()
    return person


@pytest.fixture
def zhou(head_office):
    """周敏 administers the system."""
    return hire("sysadmin", "周敏", "system_administrator", department=head_office)


@pytest.fixture
def nobody(head_office):
    """吴名 works here and holds no role at all."""
    return hire("norole", "吴名", department=head_office)


@pytest.fixture
def client():
    """Return the browser of somebody who is not signed in."""
    return Browser()


@pytest.fixture
def sign_in(client):
    """Return a function that signs a person in and returns the browser."""

    def enter(person):
        client.force_login(person)
        return client

    return enter
