"""Pages of encounters: whose they are, what they name, what is refused."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from competitors.models import CompetitorProduct, Encounter
from crm.models import HistoryEntry
from tests.factories import (
    a_competitor,
    a_contract,
    a_customer,
    a_product,
    an_encounter,
)
from tests.pages import books, form_of, ids, shows

pytestmark = pytest.mark.django_db

ADD = "/encounters/add/"


def filled(browser, competitor, customer, /, **fields):
    """Return the fields of a new encounter, as a browser would send them."""
    usual = {"competitor": competitor.pk, "customer": customer.pk}
    return form_of(browser, ADD) | usual | fields


def test_an_encounter_is_titled_by_competitor_and_customer(zhang, chen, sign_in):
    competitor = a_competitor(chen, name="东方科技")
    customer = a_customer(zhang, name="华夏集团")
    browser = sign_in(zhang)
    data = filled(browser, competitor, customer, price="12000", outcome="they_won")
    answer = browser.post(ADD, data)
    assert answer.status_code == 302, answer.context["form"].errors
    encounter = Encounter.objects.get()
    assert str(encounter) == "东方科技 × 华夏集团"
    assert encounter.registration == "registered"
    assert shows(browser.get(answer.url), "东方科技 × 华夏集团")
    entry = HistoryEntry.objects.filter(label="competitors.encounter").get()
    assert entry.title == "东方科技 × 华夏集团"


def test_encounters_are_their_owners_and_the_customers(zhang, wang, chen, sign_in):
    encounter = an_encounter(a_competitor(chen), a_customer(zhang), by=chen)
    assert ids(sign_in(zhang).get("/encounters/")) == [encounter.pk]
    assert ids(sign_in(chen).get("/encounters/")) == [encounter.pk]
    assert ids(sign_in(wang).get("/encounters/")) == []
    for page in ("detail", "update", "delete"):
        url = reverse(f"encounter_{page}", args=[encounter.pk])
        assert sign_in(wang).get(url).status_code == 404


@pytest.mark.parametrize("field", ["competitor", "customer", "contract"])
def test_a_foreign_choice_is_refused_at_its_field(zhang, wang, chen, sign_in, field):
    competitor, customer = a_competitor(chen), a_customer(zhang)
    foreign = {
        "competitor": a_competitor(chen, registered=False),
        "customer": a_customer(wang),
        "contract": a_contract(zhang),
    }[field]
    browser = sign_in(zhang)
    before = books()
    data = filled(browser, competitor, customer, **{field: foreign.pk})
    answer = browser.post(ADD, data)
    assert answer.status_code == 422
    errors = answer.context["form"].errors.as_data()
    assert [(name, e[0].code) for name, e in errors.items()] == [
        (field, "invalid_choice")
    ]
    assert books() == before


def test_the_database_refuses_a_contract_of_another_customer(zhang, chen):
    competitor, contract = a_competitor(chen), a_contract(zhang)
    with pytest.raises(IntegrityError), transaction.atomic():
        an_encounter(competitor, a_customer(zhang), contract=contract)
    an_encounter(competitor, contract.customer, contract=contract)


@pytest.mark.parametrize(
    "fields",
    [
        {"price": "-1"},
        {"price": "1e9999"},
        {"happened_on": "0001-01-01"},
        {"happened_on": "9999-12-31"},
        {"outcome": "nonsense"},
        {"position": ""},
        {"reason": "999999"},
    ],
)
def test_bad_input_is_said_at_the_field(zhang, chen, sign_in, fields):
    browser, customer = sign_in(zhang), a_customer(zhang)
    competitor = a_competitor(chen)
    before = books()
    data = filled(browser, competitor, customer, remarks="写好的", **fields)
    answer = browser.post(ADD, data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(fields)
    assert shows(answer, "写好的")
    assert books() == before


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=东方", True),
        ("q=hxjt", True),
        ("q=云表", True),
        ("q=没有", False),
        ("price_min=12000&price_max=12000", True),
        ("price_min=12001", False),
        ("happened_on_after=2026-06-01&happened_on_before=2026-06-01", True),
        ("happened_on_before=2026-05-31", False),
        ("outcome=we_won&outcome=they_won", True),
        ("outcome=open", False),
        ("position=ahead", False),
    ],
)
def test_conditions_find_an_encounter(zhang, chen, sign_in, query, found):
    an_encounter(
        a_competitor(chen, name="东方科技"),
        a_customer(zhang, name="华夏集团"),
        offered_product="云表",
        price=12000,
        outcome="they_won",
        happened_on="2026-06-01",
    )
    answer = sign_in(zhang).get(f"/encounters/?{query}")
    assert not answer.context["errors"]
    assert (answer.context["total"] == 1) is found


def test_a_researcher_learns_of_no_contract(zhang, chen, sign_in):
    contract = a_contract(zhang, title="绝密合同")
    encounter = an_encounter(a_competitor(chen), contract.customer, contract=contract)
    for person, told in ((zhang, True), (chen, False)):
        browser = sign_in(person)
        page = browser.get(encounter.get_absolute_url())
        assert shows(page, str(contract)) is told
        listed = browser.get("/encounters/?column=title&column=contract")
        assert shows(listed, str(contract)) is told


def test_a_stale_form_shows_both_texts(zhang, chen, sign_in):
    encounter = an_encounter(a_competitor(chen), a_customer(zhang), remarks="旧备注")
    browser = sign_in(zhang)
    url = reverse("encounter_update", args=[encounter.pk])
    data = form_of(browser, url)
    Encounter.objects.filter(pk=encounter.pk).update(remarks="别人的备注")
    answer = browser.post(url, data | {"remarks": "我的备注"})
    assert answer.status_code == 409
    assert shows(answer, "别人的备注")
    assert shows(answer, "我的备注")


def test_who_was_met_is_not_deleted(zhang, chen, sign_in):
    competitor = a_competitor(chen)
    an_encounter(competitor, a_customer(zhang))
    url = reverse("competitor_delete", args=[competitor.pk])
    assert sign_in(chen).post(url).status_code == 409
    assert Encounter.objects.count() == 1


def at(contract):
    """Return where one notes an encounter over a contract."""
    return f"/encounters/met/?contract={contract.pk}"


def test_what_the_contract_says_is_not_asked_for_again(zhang, chen, sign_in):
    contract = a_contract(zhang, amount=52000)
    rival, ours = a_competitor(chen), a_product(zhang)
    contract.lines.create(product=ours, quantity=1, unit_price=52000, amount=52000)
    for name, product in (("云表", ours), ("雨表", None)):
        CompetitorProduct.objects.create(competitor=rival, name=name, product=product)
    browser = sign_in(zhang)
    page = browser.get(contract.get_absolute_url())
    assert f'href="{at(contract)}&amp;next=' in page.content.decode()
    form = browser.get(at(contract)).context["form"]
    assert [str(row) for row in form.about] == [str(contract.customer), str(contract)]
    asked = {field.name for field in form.visible_fields()}
    assert not asked & {"customer", "contract"}
    data = form_of(browser, at(contract))
    assert Decimal(data["price"]) == 52000
    data |= {"competitor": rival.pk, "outcome": "we_won"}
    answer = browser.post(at(contract), data, headers={"HX-Request": "true"})
    assert "data-saved" in answer.content.decode()
    met = Encounter.objects.get()
    assert (met.contract, met.customer) == (contract, contract.customer)
    assert (met.offered_product, met.price, met.outcome) == ("云表", 52000, "we_won")
    assert met.owner == zhang


def test_nobody_notes_encounters_over_what_they_do_not_see(
    zhang, wang, zhou, chen, sign_in
):
    contract, rival = a_contract(zhang), a_competitor(chen)
    assert sign_in(zhou).get(at(contract)).status_code == 403
    browser = sign_in(wang)
    page = browser.get(at(contract))
    assert not page.context["form"].about
    data = form_of(browser, at(contract)) | {
        "competitor": rival.pk,
        "contract": contract.pk,
        "customer": contract.customer_id,
    }
    answer = browser.post(at(contract), data)
    assert answer.status_code == 422
    assert {"contract", "customer"} <= set(answer.context["form"].errors)
    assert not Encounter.objects.exists()
