"""Pages of contacts: filed under a customer, seen by whoever sees it."""

import pytest

from crm.models import HistoryEntry
from customers.models import Contact
from tests.factories import a_contact, a_customer
from tests.pages import form_of, shows

pytestmark = pytest.mark.django_db


def test_a_salesperson_files_a_contact_under_an_own_customer(zhang, sign_in):
    customer = a_customer(zhang, name="华夏科技")
    browser = sign_in(zhang)
    url = f"/contacts/add/?customer={customer.pk}"
    data = form_of(browser, url) | {"name": "单雄信", "mobile": "139 1234 5678"}
    answer = browser.post("/contacts/add/", data)
    contact = Contact.objects.get()
    assert answer.url == contact.get_absolute_url()
    assert (contact.customer, contact.owner) == (customer, zhang)
    assert contact.registration == "registered"
    page = browser.get(answer.url)
    assert shows(page, "华夏科技")
    assert not shows(page, "待登记")


def test_contacts_of_others_are_not_found(zhang, wang, sign_in):
    contact = a_contact(a_customer(wang), name="别人的联系人")
    browser = sign_in(zhang)
    for suffix in ("", "edit/", "delete/"):
        assert browser.get(f"/contacts/{contact.pk}/{suffix}").status_code == 404
    assert "别人的联系人" not in browser.get("/contacts/").text


def test_a_supervisor_sees_the_contacts_of_the_department(zhang, wang, zhao, sign_in):
    own, foreign = a_contact(a_customer(zhang)), a_contact(a_customer(wang))
    browser = sign_in(zhao)
    assert browser.get(own.get_absolute_url()).status_code == 200
    assert browser.get(foreign.get_absolute_url()).status_code == 404


def test_a_researcher_reads_contacts_and_writes_none(zhang, chen, sign_in):
    contact = a_contact(a_customer(zhang))
    browser = sign_in(chen)
    assert browser.get(contact.get_absolute_url()).status_code == 200
    for address in ("/contacts/add/", f"/contacts/{contact.pk}/edit/"):
        assert browser.get(address).status_code == 403
        assert browser.post(address, {"name": "改"}).status_code == 403
    contact.refresh_from_db()
    assert contact.version == 1


def test_a_contact_goes_to_the_recycle_bin(zhang, sign_in):
    contact = a_contact(a_customer(zhang))
    answer = sign_in(zhang).post(f"/contacts/{contact.pk}/delete/")
    assert (answer.status_code, answer.url) == (302, "/contacts/")
    assert not Contact.objects.exists()
    assert HistoryEntry.objects.filter(verb="deleted", object_id=contact.pk).exists()


def test_the_tab_of_a_customer_is_the_list_with_its_condition(zhang, sign_in):
    mine = a_contact(a_customer(zhang), name="这一个")
    a_contact(a_customer(zhang), name="另一个")
    page = sign_in(zhang).get(f"/contacts/?customer={mine.customer_id}")
    assert page.context["total"] == 1
    assert shows(page, "这一个")
    assert "另一个" not in page.text


def add_contact(browser, customer, **fields):
    """Send the form of a new contact."""
    url = f"/contacts/add/?customer={customer.pk}"
    return browser.post(url, {**form_of(browser, url), **fields})


def test_a_mobile_that_the_customer_has_already_is_asked_about(zhang, sign_in):
    customer, browser = a_customer(zhang), sign_in(zhang)
    known = a_contact(customer, name="李雷", mobile="+86 139 1234 0001")
    sent = {"name": "李磊", "mobile": "13912340001", "remarks": "新来的"}
    refused = add_contact(browser, customer, **sent)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["mobile"]
    page = refused.text
    assert f'href="{known.get_absolute_url()}"' in page
    assert "手机相同" in page
    assert "新来的" in page
    assert Contact.objects.get() == known
    assert add_contact(browser, customer, **sent, duplicate_reason="父子").url
    made = Contact.objects.get(name="李磊")
    entry = HistoryEntry.objects.get(verb="entered_all_the_same", object_id=made.pk)
    assert entry.changes == {"reason": [None, "父子"], "similar": [None, "李雷"]}


def test_a_mobile_is_asked_about_at_its_customer_and_where_it_is_new(zhang, sign_in):
    customer, browser = a_customer(zhang), sign_in(zhang)
    a_contact(a_customer(zhang), mobile="13912340001")
    gone = a_contact(customer, mobile="13912340001")
    gone.discard(zhang)
    assert add_contact(browser, customer, name="甲", mobile="13912340001").url
    assert add_contact(browser, customer, name="乙", mobile="13912340002").url
    contact = Contact.objects.get(name="乙")
    url = f"/contacts/{contact.pk}/edit/"
    form = form_of(browser, url)
    taken = browser.post(url, {**form, "mobile": "139-1234-0001"})
    assert taken.status_code == 422
    assert browser.post(url, {**form, "remarks": "只改备注"}).status_code == 302
