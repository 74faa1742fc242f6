"""What every business record can do: be entered, registered, returned, discarded."""

from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from crm.models import HistoryEntry
from customers.models import Contact, Customer
from tests.factories import a_contact, a_customer
from tests.races import ROUNDS, together, won

CODE = "91530100713417034Y"

pytestmark = pytest.mark.django_db


def verbs(record):
    """Return what the history says was done to a record, in order."""
    entries = HistoryEntry.objects.filter(
        label=record._meta.label_lower, object_id=record.pk
    )
    return list(entries.order_by("id").values_list("verb", flat=True))


# --- Entering -----------------------------------------------------------------------


def test_a_salesperson_enters_a_report(zhang):
    customer = Customer(name="新客户")
    customer.enter(zhang)
    customer.refresh_from_db()
    assert customer.registration == "reported"
    assert customer.owner == customer.reporter == customer.entered_by == zhang
    assert customer.registered_by is None
    assert customer.number.startswith("KH")


def test_the_information_administrator_enters_into_the_books(lina, zhang):
    customer = Customer(name="新客户", reporter=zhang)
    customer.enter(lina)
    customer.refresh_from_db()
    assert customer.registration == "registered"
    assert (customer.owner, customer.reporter) == (zhang, zhang)
    assert (customer.entered_by, customer.registered_by) == (lina, lina)
    assert customer.registered_at is not None


# --- Registering --------------------------------------------------------------------


def test_registering_is_signed_and_noted(zhang, lina):
    customer = a_customer(zhang, registered=False)
    customer.register(lina)
    assert customer.registration == "registered"
    assert customer.registered_by == lina
    assert verbs(customer) == ["created", "registered"]
    entry = HistoryEntry.objects.get(verb="registered")
    assert entry.actor_id == lina.pk
    assert entry.changes["registration"] == ["reported", "registered"]


def test_returning_needs_a_reason(zhang, lina):
    customer = a_customer(zhang, registered=False)
    for reason in ("", "   ", "　　", "\u200b\n\t"):
        with pytest.raises(ValidationError) as refusal:
            customer.send_back(lina, reason)
        assert "reason" in refusal.value.message_dict
    customer.refresh_from_db()
    assert customer.registration == "reported"


def test_a_reason_of_ten_thousand_signs_is_refused(zhang, lina):
    customer = a_customer(zhang, registered=False)
    with pytest.raises(ValidationError):
        customer.send_back(lina, "长" * 10_001)
    assert verbs(customer) == ["created"]


def test_a_returned_record_says_why_and_is_reported_again(zhang, lina):
    customer = a_customer(zhang, registered=False)
    customer.send_back(lina, "  电话缺失　")
    assert customer.registration == "returned"
    assert customer.return_reason == "电话缺失"
    assert zhang.has_perm("customers.change_customer", customer)
    customer.report_again(zhang)
    assert customer.registration == "reported"
    customer.register(lina)
    assert customer.return_reason == ""
    assert verbs(customer) == ["created", "returned", "reported", "registered"]


def test_each_step_only_from_where_it_may_start(zhang, lina):
    customer = a_customer(zhang)
    for step in (
        lambda: customer.register(lina),
        lambda: customer.send_back(lina, "为什么"),
        lambda: customer.report_again(zhang),
    ):
        with pytest.raises(ValidationError) as refusal:
            step()
        assert refusal.value.code == "conflict"
    assert verbs(customer) == ["created"]


def test_the_second_of_two_registrars_is_told(zhang, lina):
    customer = a_customer(zhang, registered=False)
    same = Customer.objects.get(pk=customer.pk)
    customer.register(lina)
    with pytest.raises(ValidationError) as refusal:
        same.send_back(lina, "重复")
    assert refusal.value.code == "conflict"
    customer.refresh_from_db()
    assert customer.registration == "registered"


@pytest.mark.django_db(transaction=True)
def test_of_registrars_and_returners_at_once_one_wins(zhang, lina):
    def decide(number, pk):
        report = Customer.objects.get(pk=pk)
        if number % 2:
            report.send_back(lina, "重复")
            return "returned"
        report.register(lina)
        return "registered"

    for _round in ROUNDS:
        customer = a_customer(zhang, registered=False)
        (outcome,) = won(together(4, partial(decide, pk=customer.pk)))
        customer.refresh_from_db()
        assert customer.registration == outcome
        assert verbs(customer).count(outcome) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"registration": "approved"},
        {"registration": "returned", "return_reason": ""},
        {"registration": "registered", "registered_by": None},
    ],
)
def test_the_database_refuses_a_registration_that_cannot_be(zhang, fields):
    customer = a_customer(zhang)
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(pk=customer.pk).update(**fields)


# --- Versions -----------------------------------------------------------------------


def test_every_change_raises_the_version_and_signs_it(zhang, lina, sign_in):
    customer = a_customer(zhang)
    assert customer.version == 1
    Customer.objects.filter(pk=customer.pk).update(name="改名")
    customer.refresh_from_db()
    assert customer.version == 2
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET phone = '110' WHERE id = %s", [customer.pk]
        )
    before = customer.changed_at
    customer.refresh_from_db()
    assert customer.version == 3
    assert customer.changed_at > before


def test_a_change_to_the_same_is_no_change(zhang):
    customer = a_customer(zhang)
    Customer.objects.filter(pk=customer.pk).update(name=customer.name)
    customer.refresh_from_db()
    assert customer.version == 1
    assert verbs(customer) == ["created"]


def test_a_version_cannot_be_set_back(zhang):
    customer = a_customer(zhang)
    Customer.objects.filter(pk=customer.pk).update(name="甲", version=99)
    customer.refresh_from_db()
    assert customer.version == 2


def test_what_postgresql_keeps_itself_makes_no_version(zhang):
    customer = a_customer(zhang)
    Customer.objects.filter(pk=customer.pk).update(search_text="x")
    customer.refresh_from_db()
    assert customer.version == 1


# --- The recycle bin ----------------------------------------------------------------


def test_a_discarded_record_is_nowhere(zhang, sign_in):
    customer = a_customer(zhang, name="扔掉的客户")
    customer.discard(zhang)
    browser = sign_in(zhang)
    assert browser.get("/customers/").context["total"] == 0
    assert browser.get(customer.get_absolute_url()).status_code == 404
    assert browser.get("/options/customers.customer/").json() == {"results": []}
    assert not Customer.objects.exists()
    assert Customer.everything.get().deleted_by == zhang
    assert verbs(customer) == ["created", "deleted"]


def test_what_is_in_use_is_not_discarded_and_says_by_what(zhang, sign_in):
    customer = a_customer(zhang)
    a_contact(customer)
    answer = sign_in(zhang).post(f"/customers/{customer.pk}/delete/")
    assert answer.status_code == 409
    (use,) = answer.context["used_by"]
    assert use["label"] == "联系人"
    assert use["count"] == 1
    assert use["url"] == f"/contacts/?customer={customer.pk}"
    assert Customer.objects.get().deleted_at is None


def test_what_is_only_used_by_discarded_rows_can_go(zhang):
    customer = a_customer(zhang)
    a_contact(customer).discard(zhang)
    customer.discard(zhang)
    assert not Customer.objects.exists()


def test_a_restored_record_is_back_with_everything(zhang, lina):
    customer = a_customer(zhang)
    version = customer.version
    customer.discard(zhang)
    Customer.everything.get().restore(lina)
    back = Customer.objects.get()
    assert (back.deleted_at, back.deleted_by) == (None, None)
    assert back.version == version + 2
    assert verbs(customer) == ["created", "deleted", "restored"]


def test_nothing_is_restored_under_what_is_deleted(zhang, lina):
    contact = a_contact(a_customer(zhang, name="上级客户"))
    contact.discard(zhang)
    contact.customer.discard(zhang)
    with pytest.raises(ValidationError, match="上级客户"):
        Contact.everything.get().restore(lina)
    Customer.everything.get().restore(lina)
    Contact.everything.get().restore(lina)
    assert Contact.objects.count() == 1


def test_a_code_in_the_recycle_bin_is_free(zhang, lina):
    old = a_customer(zhang, credit_code=CODE)
    with pytest.raises(IntegrityError), transaction.atomic():
        a_customer(zhang, credit_code=CODE)
    old.discard(zhang)
    a_customer(zhang, credit_code=CODE)
    with pytest.raises(ValidationError, match="统一社会信用代码"):
        Customer.everything.get(pk=old.pk).restore(lina)
    assert Customer.objects.count() == 1


def test_two_primary_contacts_are_refused(zhang):
    contact = a_contact(a_customer(zhang), primary=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        a_contact(contact.customer, primary=True)


@pytest.mark.parametrize(
    "fields", [{"annual_revenue": -1}, {"credit_limit": -1}, {"employees": -1}]
)
def test_the_database_refuses_negative_numbers(zhang, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        a_customer(zhang, **fields)
