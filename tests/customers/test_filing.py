"""Who may file what under a customer: its people, of its team those who may write."""

import pytest

from customers.models import Contact, Customer
from tests.factories import a_contact, a_customer, an_interaction
from tests.pages import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(zhang, wang):
    """A customer of 张伟's in whose team 王芳 reads."""
    made = a_customer(zhang)
    made.memberships.create(user=wang)
    return made


def file_contact(browser, customer):
    """Send the form of a new contact; return the answer."""
    fields = form_of(browser, "/contacts/add/")
    return browser.post(
        "/contacts/add/", fields | {"customer": customer.pk, "name": "李四"}
    )


def test_a_team_member_who_only_reads_files_nothing(customer, wang, sign_in):
    browser = sign_in(wang)
    assert browser.get(customer.get_absolute_url()).status_code == 200
    answer = file_contact(browser, customer)
    assert answer.status_code == 422
    assert "customer" in answer.context["form"].errors
    assert not Contact.objects.exists()
    page = browser.get(customer.get_absolute_url()).content.decode()
    assert "/contacts/add/" not in page


def test_one_who_writes_does(customer, wang, sign_in):
    customer.memberships.update(may_write=True)
    browser = sign_in(wang)
    assert file_contact(browser, customer).status_code == 302
    page = browser.get(customer.get_absolute_url()).content.decode()
    assert "/contacts/add/" in page


def test_who_reads_all_customers_files_under_any(customer, chen):
    assert Customer.objects.visible_to(chen, "file").filter(pk=customer.pk).exists()


def test_ones_own_row_stays_editable_after_the_right_to_write_is_gone(
    customer, wang, sign_in
):
    note = an_interaction(customer, by=wang)
    address = f"/interactions/{note.pk}/edit/"
    browser = sign_in(wang)
    fields = form_of(browser, address) | {"result": "签了"}
    assert browser.post(address, fields).status_code == 302
    note.refresh_from_db()
    assert note.result == "签了"


def test_no_picker_offers_it_first(customer, wang, sign_in):
    mine = a_customer(wang)
    a_contact(mine)
    field = sign_in(wang).get("/contacts/add/").context["form"].fields["customer"]
    offered = {str(value) for value, _label in field.choices}
    assert offered == {"", str(mine.pk)}
