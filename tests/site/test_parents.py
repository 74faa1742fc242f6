"""Nothing lives under a row in the recycle bin, whoever is quicker."""

from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crm.related import relations
from customers.models import Contact, Customer
from tests.factories import a_contact, a_contract, a_customer, an_interaction
from tests.pages import record_models
from tests.races import ROUNDS, together
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
        together(4, partial(work, customer=customer))
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
