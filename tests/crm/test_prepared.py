"""SQL that is made once answers as if it had been made for each question."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.models import Contract
from crm.models import Deputy, User
from crm.queries import prepared as statements
from crm.queries.prepared import POOLED, Prepared, PreparedFor
from crm.rights.permissions import permission
from customers.models import Contact, Customer, Membership
from tests.factories import a_contact, a_contract, a_customer

pytestmark = pytest.mark.django_db

PEOPLE = ("zhang", "wang", "liu", "zhao", "sun", "lina", "chen", "zhou")


def _seen(user, model):
    """Return the same without any SQL made before."""
    return sorted(model.objects.visible_to(user).values_list("pk", flat=True))


def _build(model):
    """Return a query of what a person sees."""

    def build(user):
        return model.objects.visible_to(user).order_by("pk").values_list("pk")

    return build


def _build_parts(model):
    """Return the same in the parts that workbenches count."""

    def build(user):
        parts = model.objects.visibility(user).parts()
        first, *more = [rows.order_by().values_list("pk") for rows in parts]
        return first.union(*more, all=True)

    return build


@pytest.fixture
def business(zhang, wang, liu):
    """Customers, contacts and contracts of three people; some are only reported."""
    for owner in (zhang, wang, liu):
        customer = a_customer(owner)
        a_customer(owner, registered=False)
        a_contact(customer)
        a_contract(owner, customer=customer)


@pytest.mark.parametrize("model", [Customer, Contact, Contract])
def test_everybody_sees_what_the_rights_say(model, business, request):
    people = [request.getfixturevalue(name) for name in PEOPLE]
    prepared = PreparedFor(_build(model))
    for round_ in range(2):
        for person in people:
            user = User.objects.get(pk=person.pk)
            if user.has_perm(permission("view", model)):
                assert [pk for (pk,) in prepared(user)] == _seen(user, model), round_


@pytest.mark.parametrize("model", [Customer, Contact, Contract])
def test_parts_are_the_whole_and_no_row_is_in_two(model, business, zhang, liu, zhao):
    prepared = PreparedFor(_build_parts(model))
    for person in (zhang, liu, zhao):
        user = User.objects.get(pk=person.pk)
        assert sorted(pk for (pk,) in prepared(user)) == _seen(user, model)


def test_who_joins_and_leaves_a_team_sees_so_at_once(business, zhang, wang):
    prepared = PreparedFor(_build_parts(Customer))
    theirs = Customer.objects.filter(owner=wang).registered().get()

    def seen():
        return theirs.pk in {pk for (pk,) in prepared(User.objects.get(pk=zhang.pk))}

    assert not seen()
    place = Membership.objects.create(customer=theirs, user=zhang)
    assert seen()
    place.delete()
    assert not seen()


def test_who_changes_departments_sees_so_at_once(business, zhao, other_department):
    prepared = PreparedFor(_build(Customer))
    before = prepared(User.objects.get(pk=zhao.pk))
    User.objects.filter(username="sales2").update(department=zhao.department)
    user = User.objects.get(pk=zhao.pk)
    assert len(prepared(user)) > len(before)
    assert [pk for (pk,) in prepared(user)] == _seen(user, Customer)


def test_sql_of_yesterday_is_not_asked_today(zhang, wang, monkeypatch):
    today = timezone.localdate()
    Deputy.objects.create(
        person=wang, deputy=zhang, starts_on=today, ends_on=today + timedelta(days=1)
    )

    def build(user):
        return Deputy.objects.on().filter(deputy=user).order_by().values_list("pk")

    prepared = PreparedFor(build)
    for days, found in ((-1, 0), (0, 1), (1, 1), (2, 0)):
        day = today + timedelta(days=days)
        monkeypatch.setattr(timezone, "localdate", lambda day=day: day)
        assert len(prepared(zhang)) == found, days


def test_a_value_that_the_query_makes_another_one_of_is_refused(zhang):
    asked = Prepared(lambda pk: User.objects.filter(pk=pk).values_list("pk"), -1)
    assert asked(zhang.pk) == [(zhang.pk,)]
    lost = Prepared(lambda pk: User.objects.filter(pk=pk + 1).values_list("pk"), -1)
    with pytest.raises(ImproperlyConfigured, match=r"none of \[-1\]"):
        lost(zhang.pk)


def known():
    """Return how many statements PostgreSQL knows of this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return cursor.fetchone()[0]


def test_a_query_that_finds_nothing_whatever_is_asked_asks_nothing(zhang):
    none = Prepared(lambda pk: User.objects.none().filter(pk=pk).values_list("pk"), -1)
    with CaptureQueriesContext(connection) as queries:
        assert none(zhang.pk) == []
    assert not queries


def test_a_connection_is_told_a_statement_once(zhang, wang, monkeypatch):
    monkeypatch.setattr(statements, "STATEMENTS", known() + 1)  # however many there are
    prepared = Prepared(
        lambda pk: User.objects.filter(pk=pk).order_by().values_list("name"), -1
    )
    before = known()
    with CaptureQueriesContext(connection) as queries:
        names = [prepared(person.pk) for person in (zhang, wang, zhang)]
    assert names == [[(zhang.name,)], [(wang.name,)], [(zhang.name,)]]
    assert [query["sql"].startswith("EXECUTE") for query in queries] == [True] * 3
    assert known() == before + 1


def test_the_oldest_statement_makes_room(zhang, monkeypatch):
    rows = User.objects.order_by()
    few = [
        Prepared(lambda pk, n=n: rows.filter(pk=pk).values_list("name")[: n + 1], -1)
        for n in range(3)
    ]
    few[0](zhang.pk)
    monkeypatch.setattr(statements, "STATEMENTS", known())
    for _round in range(2):
        assert [one(zhang.pk) for one in few] == [[(zhang.name,)]] * 3
    assert known() == statements.STATEMENTS


def test_behind_a_pooler_nothing_is_left_on_a_connection(zhang, monkeypatch):
    prepared = Prepared(
        lambda pk: User.objects.filter(pk=pk).order_by().values_list("name"), -1
    )
    monkeypatch.setitem(connection.settings_dict, POOLED, True)
    before = known()
    assert prepared(zhang.pk) == [(zhang.name,)]
    assert known() == before


def test_signs_that_mean_something_to_a_driver_stay_what_they_are(zhang):
    User.objects.filter(pk=zhang.pk).update(name="50%s $1")
    prepared = Prepared(
        lambda pk: (
            User.objects.filter(pk=pk, name__contains="%s $1")
            .order_by()
            .values_list("name")
        ),
        -1,
    )
    assert prepared(zhang.pk) == [("50%s $1",)]


def test_sql_around_a_query_asks_its_rows(zhang, wang):
    def names(pk, other):
        return User.objects.filter(pk__in=[pk, other]).order_by().values_list("name")

    around = "SELECT count(*), max(name) FROM ({}) AS named (name)"
    prepared = Prepared(names, -1, -2, around=around)
    assert prepared(zhang.pk, wang.pk) == [(2, max(zhang.name, wang.name))]
