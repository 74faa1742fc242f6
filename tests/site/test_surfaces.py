"""What pages have in common to look at: groups of fields, tabs, fields for files."""

import re

import pytest

import crm.urls
from crm.forms.records import RecordForm
from crm.views.records import RecordDetail
from tests.factories import a_contact, a_customer, an_interaction

pytestmark = pytest.mark.django_db

HEADINGS = re.compile(r'<th\s+scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)')


def below(kind):
    """Yield the kinds of a class that are used."""
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def pages_and_forms():
    """Return pairs of a kind's page and its form."""
    assert crm.urls  # all views are there
    forms = {form._meta.model: form for form in below(RecordForm) if form._meta.model}
    pages = [page for page in below(RecordDetail) if page.model in forms]
    return [(page, forms[page.model]) for page in pages if page.groups]


def grouped(groups):
    """Return {field: heading of its group}."""
    return {name: str(heading) for heading, names in groups for name in names}


def test_a_field_stands_in_the_same_group_of_form_and_page():
    found = pages_and_forms()
    assert len(found) >= 8
    for page, form in found:
        written, shown = grouped(form.groups), grouped(page.groups)
        for name in written.keys() & shown.keys():
            assert written[name] == shown[name], (page.model, name)


def test_a_page_shows_whatever_its_form_asks_for():
    for page, form in pages_and_forms():
        if page.get_context_data is not RecordDetail.get_context_data:
            continue  # draws more than its groups; see the tests of its kind
        missing = form.base_fields.keys() - grouped(page.groups).keys()
        assert missing <= {"name", "title"}, page.model  # it is the heading


def test_a_tab_does_not_repeat_whose_page_it_stands_on(zhang, sign_in):
    customer = a_customer(zhang, name="华夏")
    contact = a_contact(customer, name="李建华")
    an_interaction(customer, contact=contact)
    browser = sign_in(zhang)

    def headings(list_, page, **conditions):
        place = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
        answer = browser.get(list_, conditions, headers=place)
        return HEADINGS.findall(answer.content.decode())

    of_customer, of_contact = customer.get_absolute_url(), contact.get_absolute_url()
    contacts = headings(
        "/contacts/", f"{of_customer}?tab=contact", customer=customer.pk
    )
    assert "职务" in contacts
    assert "客户" not in contacts
    found = headings("/interactions/", of_contact, contact=contact.pk)
    assert "客户" in found
    assert "联系人" not in found
    other = a_customer(zhang, name="别的")
    for conditions in ({"customer": [customer.pk, other.pk]}, {}):
        assert "客户" in headings("/contacts/", of_customer, **conditions)
    assert "客户" in headings("/contacts/", "/contacts/", customer=customer.pk)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ("新增联系人", "选择文件", "尚未选择文件")),
        ("en", ("Add contact<", "Choose files", "No file chosen yet")),
    ],
)
def test_buttons_and_files_speak_the_language_of_the_page(
    language, words, zhang, sign_in
):
    customer, browser = a_customer(zhang, name="华夏"), sign_in(zhang)
    browser.post("/language/", {"language": language})
    page = browser.get(customer.get_absolute_url()).content.decode()
    for word in words:
        assert word in page
    assert "file-field" in browser.get("/customers/import/").content.decode()
