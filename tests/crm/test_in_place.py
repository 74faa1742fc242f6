"""What pages offer to be added or changed in place: by right, and the way back."""

import pytest
from django.urls import reverse

from crm.models.groups import typed_alone
from customers.models import Contact, Customer
from tests.factories import a_customer
from tests.pages import form_of, record_models
from tests.site.world import rows_of

pytestmark = pytest.mark.django_db


def test_a_picker_offers_a_new_record_to_whoever_may_add_one(zhang, chen, sign_in):
    page = sign_in(zhang).get("/contacts/add/?name=段世明").text
    assert "新建客户" in page
    assert "/customers/add/?next=%2Fcontacts%2Fadd%2F" in page
    assert not chen.has_perm("customers.add_customer")
    assert "新建客户" not in sign_in(chen).get("/interactions/add/").text


def test_without_scripts_one_comes_back_with_the_new_record_chosen(zhang, sign_in):
    browser = sign_in(zhang)
    url = "/customers/add/?next=%2Fcontacts%2Fadd%2F%3Fname%3Dx&into=customer"
    answer = browser.post(url, form_of(browser, url) | {"name": "昆明洱海公司"})
    made = Customer.objects.get()
    assert answer.url == f"/contacts/add/?name=x&customer={made.pk}"
    form = browser.get(answer.url).context["form"]
    assert form["customer"].value() == str(made.pk)
    other = f"{url}%22%3E"
    answer = browser.post(other, form_of(browser, other) | {"name": "昆明滇池公司"})
    assert answer.url == "/contacts/add/?name=x"


def test_fields_are_changed_in_place_by_whoever_may_change_the_record(
    zhang, wang, chen, sign_in
):
    customer = a_customer(zhang)
    browser = sign_in(zhang)
    assert "phone" in browser.get(customer.get_absolute_url()).context["typed"]
    shown = browser.get("/customers/?column=name&column=number&column=phone")
    assert shown.context["typed"] == ["name", "phone"]  # the number is given
    assert sign_in(chen).get("/customers/").context["typed"] == []


def test_what_takes_more_along_is_not_changed_in_place():
    assert not {"owner", "reporter", "parent"} & {*typed_alone(Customer)}
    assert "customer" not in typed_alone(Contact)


def test_what_is_changed_in_place_is_a_field_of_the_form(zhang, lina, sign_in):
    """And only where the page has the button that leads to that form."""
    offered = set()
    rows = rows_of(zhang)
    for person in (zhang, lina):
        browser = sign_in(person)
        for model in record_models():
            if person is not zhang and model.personal:
                continue
            record = rows[model]
            page = browser.get(record.get_absolute_url())
            typed = set(page.context["typed"])
            address = reverse(f"{model._meta.model_name}_update", args=[record.pk])
            assert bool(typed) == (f'href="{address}"' in page.text), model
            if typed:
                form = browser.get(address).context["form"]
                assert typed <= set(form.fields), model
                offered.add(model)
    assert offered == set(record_models())
