"""Nothing lives under a row in the recycle bin, whoever is quicker."""

from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from crm.models import User
from crm.related import relations
from customers.models import Contact, Customer, Relation
from tests.factories import a_contact, a_contract, a_customer, an_interaction
from tests.pages import record_models
from tests.races import ROUNDS, signed_in, together, won
from tests.site.world import rows_of


def put_away(row):
    """Put a row into the recycle bin, past the program's own questions."""
    type(row).everything.filter(pk=row.pk).update(deleted_at="2026-01-01T00:00Z")


CHILDREN = [(model, name) for model in record_models() for name in relations(model)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "name"), CHILDREN, ids=[f"{m.__name__}.{n}" for m, n in CHILDREN]
)
def test_no_row_comes_under_a_parent_in_the_recycle_bin(model, name, zhang):
    rows = rows_of(zhang)
    row = rows[model]
    parent = relations(model)[name].related_model
    gone = rows_of(zhang, among=rows)[parent]
    put_away(gone)
    with pytest.raises(IntegrityError, match="recycle bin"), transaction.atomic():
        model.everything.filter(pk=row.pk).update(**{name: gone})


@pytest.mark.django_db
def test_no_parent_goes_while_a_row_lives_and_none_comes_back_alone(zhang):
    customer = a_customer(zhang)
    contact = a_contact(customer)
    with pytest.raises(IntegrityError, match="refer"), transaction.atomic():
        put_away(customer)
    put_away(contact)
    put_away(customer)
    with pytest.raises(IntegrityError, match="recycle bin"), transaction.atomic():
        Contact.everything.filter(pk=contact.pk).update(deleted_at=None)


@pytest.mark.django_db
def test_what_lies_in_the_bin_may_point_anywhere(zhang):
    contact = a_contact(a_customer(zhang))
    gone = a_customer(zhang)
    put_away(contact), put_away(gone)
    Contact.everything.filter(pk=contact.pk).update(customer=gone)


@pytest.mark.django_db
def test_a_form_that_was_overtaken_says_so(zhang, sign_in, monkeypatch):
    customer = a_customer(zhang)
    a_contact(customer)
    monkeypatch.setattr(Customer, "used_by", lambda self: [])  # not there yet
    answer = sign_in(zhang).post(
        f"/customers/{customer.pk}/delete/",
        {"version": customer.version},
    )
    assert answer.status_code == 409
    customer.refresh_from_db()
    assert customer.deleted_at is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "add",
    [a_contact, an_interaction, lambda of: a_contract(of.owner, customer=of)],
    ids=["contact", "interaction", "contract"],
)
def test_deleting_and_adding_at_once_leaves_no_orphan(add, zhang):
    def work(number, customer):
        with transaction.atomic():
            return add(customer) if number else customer.discard(zhang)

    for _round in ROUNDS:
        customer = a_customer(zhang)
        assert won(together(4, partial(work, customer=customer)))
        customer = Customer.everything.get(pk=customer.pk)
        assert not (customer.deleted_at and customer.used_by())


@pytest.mark.django_db
def test_no_company_lies_below_itself(zhang, sign_in):
    top, middle, low = (a_customer(zhang) for _place in range(3))
    for above, below in ((top, middle), (middle, low)):
        Customer.objects.filter(pk=below.pk).update(parent=above)
    with pytest.raises(IntegrityError, match="above itself"), transaction.atomic():
        Customer.objects.filter(pk=top.pk).update(parent=low)
    top.parent = Customer.objects.get(pk=low.pk)
    with pytest.raises(ValidationError, match="下级"):
        top.full_clean()


def a_relation(above, below, kind="parent_of"):
    """Return a relation of one customer to another, stored."""
    return Relation.objects.create(customer=above, kind=kind, other=below)


@pytest.mark.django_db
def test_no_company_is_parent_of_one_above_it_however_that_is_written(zhang, sign_in):
    top, middle, low = (a_customer(zhang) for _place in range(3))
    Customer.objects.filter(pk=middle.pk).update(parent=top)
    a_relation(middle, low)
    with pytest.raises(IntegrityError, match="above itself"), transaction.atomic():
        a_relation(low, top)
    with pytest.raises(IntegrityError, match="above itself"), transaction.atomic():
        Customer.objects.filter(pk=top.pk).update(parent=low)
    invested = a_relation(low, top, kind="invests_in")
    with pytest.raises(IntegrityError, match="above itself"), transaction.atomic():
        Relation.objects.filter(pk=invested.pk).update(kind="parent_of")
    data = {"kind": "parent_of", "other": top.pk}
    answer = sign_in(zhang).post(f"/customers/{low.pk}/relations/add/", data)
    assert answer.status_code == 422
    assert "下级" in answer.content.decode()
    assert not Relation.objects.filter(kind="parent_of", other=top).exists()


@pytest.mark.django_db
def test_an_old_circle_hinders_nobody_who_changes_something_else(zhang):
    top, low = a_customer(zhang), a_customer(zhang)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE customers_customer DISABLE TRIGGER USER")
        for one, other in ((top, low), (low, top)):
            cursor.execute(
                "UPDATE customers_customer SET parent_id = %s WHERE id = %s",
                [one.pk, other.pk],
            )
        cursor.execute("ALTER TABLE customers_customer ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    top.refresh_from_db()
    top.phone = "110"
    top.save()
    assert top.companies_above() == {top.pk, low.pk}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_put_companies_above_each_other_one_is_told(zhang):
    browsers = [signed_in(zhang), signed_in(zhang)]
    for _round in ROUNDS:
        pair = [a_customer(zhang), a_customer(zhang)]

        def work(number, pair=pair):
            data = {"kind": "parent_of", "other": pair[1 - number].pk}
            page = f"/customers/{pair[number].pk}/relations/add/"
            return browsers[number].post(page, data).status_code

        assert won(together(2, work)) == [302]
        assert Relation.objects.filter(customer__in=pair).count() == 1


@pytest.mark.django_db
def test_nobody_reports_to_somebody_below(zhang, zhao, wang):
    for below, above in ((zhang, zhao), (wang, zhang)):
        User.objects.filter(pk=below.pk).update(superior=above)
    with pytest.raises(IntegrityError, match="above itself"), transaction.atomic():
        User.objects.filter(pk=zhao.pk).update(superior=wang)
    zhao.superior = User.objects.get(pk=wang.pk)
    with pytest.raises(ValidationError) as refused:
        zhao.full_clean()
    assert set(refused.value.message_dict) == {"superior"}


@pytest.mark.django_db(transaction=True)
def test_two_people_never_become_each_others_superior(zhang, wang):
    pair = [zhang, wang]
    for _round in ROUNDS:
        User.objects.filter(pk__in=[zhang.pk, wang.pk]).update(superior=None)

        def work(number):
            rows = User.objects.filter(pk=pair[number].pk)
            return rows.update(superior=pair[1 - number])

        assert won(together(2, work)) == [1]
        assert User.objects.exclude(superior=None).count() == 1
