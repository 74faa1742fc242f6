"""What no form stores and PostgreSQL refuses: impossible days, a customer left."""

import pytest
from django.db import IntegrityError, models, transaction

from sales import moves
from sales.models import Opportunity, Stage
from tests.factories import a_contract, a_customer, an_opportunity
from tests.pages import form_of, record_models

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", record_models(), ids=lambda model: model.__name__)
def test_every_day_that_people_write_has_bounds(model):
    for field in model._meta.concrete_fields:
        if isinstance(field, models.DateField) and field.editable:
            names = [getattr(one, "__name__", "") for one in field.validators]
            assert any(name.startswith("validate_") for name in names), field


@pytest.mark.parametrize("year", ["0001", "1989", "2101", "9999"])
def test_no_day_breaks_the_lists_that_tell_it(year, zhang, sign_in):
    opportunity = an_opportunity(zhang)
    browser, url = sign_in(zhang), f"/opportunities/{opportunity.pk}/edit/"
    for field in ("next_contact_at", "expected_on"):
        said = f"{year}-01-01" + " 00:00" * (field == "next_contact_at")
        answer = browser.post(url, form_of(browser, url) | {field: said})
        assert answer.status_code == 422
        assert answer.context["form"].errors.keys() == {field}
    with pytest.raises(IntegrityError), transaction.atomic():
        Opportunity.objects.filter(pk=opportunity.pk).update(
            next_contact_at=f"{year}-06-01T00:00Z"
        )


def test_a_contract_stays_with_the_customer_of_the_deal_it_won(zhang, sign_in):
    opportunity = an_opportunity(zhang)
    contract = a_contract(zhang, customer=opportunity.customer)
    moves.close(opportunity, Stage.Kind.WON, zhang, contract=contract)
    browser, url = sign_in(zhang), f"/contracts/{contract.pk}/edit/"
    other = a_customer(zhang)
    answer = browser.post(url, form_of(browser, url) | {"customer": other.pk})
    assert answer.status_code in (409, 422)
    contract.refresh_from_db()
    assert contract.customer == opportunity.customer
