"""Who puts what into the books: each his own at registered customers, the clerk all."""

import pytest

from competitors.models import Encounter
from crm.models import Role
from customers.models import Contact
from feedback.models import Interaction
from tests.factories import (
    a_competitor,
    a_contact,
    a_customer,
    an_interaction,
)

pytestmark = pytest.mark.django_db

INBOX = "/system/inbox/"


def a_note(by, customer, **fields):
    """Return an interaction of a person that was entered, not made by hand."""
    note = an_interaction(customer, by=by, registered=False)
    entered = Interaction(
        customer=customer,
        method=note.method,
        subject="电话",
        occurred_at=note.occurred_at,
        **fields,
    )
    entered.enter(by)
    return Interaction.everything.get(pk=entered.pk)


def test_a_sellers_own_notes_contacts_and_encounters_need_no_clerk(zhang, lina):
    customer, rival = a_customer(zhang), a_competitor(lina)
    rows = (
        a_note(zhang, customer),
        Contact(customer=customer, name="李四"),
        Encounter(customer=customer, competitor=rival),
    )
    for row in rows[1:]:
        row.enter(zhang)
    for row in rows:
        assert row.registration == "registered", row
        assert row.registered_by == zhang


def test_under_a_reported_customer_all_is_reported_whoever_enters_it(zhang, lina):
    customer = a_customer(zhang, registered=False)
    for person in (zhang, lina):
        assert a_note(person, customer).registration == "reported"


def test_a_researchers_notes_wait_and_neither_seller_nor_head_sees_them(
    chen, zhang, zhao, lina, sign_in
):
    customer = a_customer(zhang)
    note = a_note(chen, customer)
    assert note.registration == "reported"
    for person in (zhang, zhao):
        assert not Interaction.objects.visible_to(person).filter(pk=note.pk).exists()
        assert not note.allowed(person, "view", "register", "change")
        assert not person.has_perm("feedback.register_interaction", note)
        assert note not in Interaction.objects.awaiting(person)
    assert note in Interaction.objects.awaiting(lina)


def test_with_a_wider_reach_a_head_registers_what_the_department_enters(
    zhao, zhang, wang, sign_in
):
    role = Role.objects.get(code="supervisor")
    role.grants["feedback.register_interaction"] = "department_tree"
    role.save(update_fields=["grants"])
    ours = a_note(zhang, a_customer(zhang, registered=False))
    theirs = a_note(wang, a_customer(wang, registered=False))
    assert ours in Interaction.objects.awaiting(zhao)
    assert theirs not in Interaction.objects.awaiting(zhao)
    assert a_note(zhao, a_customer(zhang), owner=zhang).registration == "registered"
    assert a_note(zhao, a_customer(zhang), owner=wang).registration == "reported"
    browser = sign_in(zhao)
    assert browser.get(INBOX).status_code == 200
    assert f'href="{INBOX}"' in browser.get("/").content.decode()


def test_the_inbox_is_shut_to_who_registers_only_what_is_theirs(
    zhang, chen, zhao, lina, sign_in
):
    for person, status in ((zhang, 403), (chen, 403), (zhao, 403), (lina, 200)):
        browser = sign_in(person)
        assert browser.get(INBOX).status_code == status, person
        menu = browser.get("/").content.decode()
        assert (f'href="{INBOX}"' in menu) is (status == 200), person


def test_nobody_registers_ones_own_report_by_the_verb(zhang, sign_in):
    customer = a_customer(zhang, registered=False)
    contact = a_contact(customer, registered=False)
    browser = sign_in(zhang)
    page = browser.get(contact.get_absolute_url()).content.decode()
    assert "/registration/" not in page
    answer = browser.post(f"/system/inbox/customers.contact/{contact.pk}/registration/")
    assert answer.status_code in (403, 404)
    contact.refresh_from_db()
    assert contact.registration == "reported"
