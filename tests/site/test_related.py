"""A related row that one may not see tells nothing: not by search, order or name.

For each kind of record a row of 张伟's leads to rows that only 王芳 sees. Each of them
is given a canary, field by field; nothing that 张伟 asks may answer otherwise for it.
"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from competitors.models import Encounter
from contracts.models import Contract
from crm.related import may_open, relations, seen
from customers.models import Contact, Customer
from feedback.models import Interaction
from tests.factories import (
    a_competitor,
    a_contact,
    a_contract,
    a_customer,
    an_encounter,
    an_interaction,
)

TOTAL = re.compile(r'data-total="([^"]+)"')
ROW = re.compile(r'data-id="(\d+)"')
KINDS = {
    "customers": Customer,
    "interactions": Interaction,
    "contracts": Contract,
    "encounters": Encounter,
}
#: What the invisible rows hold, by the field that holds it; all but what rows that
#: are filed under them show anyway.
CANARIES = {
    Customer: {
        "short_name": "金丝雀",
        "phone": "0871-7654321",
        "credit_code": "91530100MA6K00001X",
        "email": "canary@example.com",
        "address": "金丝雀路一号",
        "remarks": "金丝雀备注",
        "website": "https://canary.example.com",
    },
    Contact: {"name": "金丝雀", "mobile": "13987654321", "email": "kanari@example.com"},
    Contract: {"title": "金丝雀合同"},
}
WORDS = (
    "金丝雀",
    "jinsique",
    "jsq",
    "7654321",
    "654321",
    "91530100MA6K",
    "canary",
    "kanari",
    "1398765",
)


@pytest.fixture
def neighbours(zhang, wang):
    """Rows of 张伟's beside rows that only 王芳 sees: {invisible row}."""
    hers = a_customer(wang, name="云岭集团")
    contact = a_contact(hers, name="李四")
    contract = a_contract(wang, customer=hers, title="供货")
    a_customer(zhang, parent=hers)
    a_customer(zhang)
    competitor = a_competitor(wang)
    now = timezone.now()
    for days in (1, 2):
        at = now - timedelta(days=days)
        mine = {"contact": contact, "contract": contract} if days == 1 else {}
        an_interaction(hers, by=zhang, occurred_at=at, **mine)
        a_contract(zhang, customer=hers if days == 1 else a_customer(zhang))
        an_encounter(
            competitor, hers, by=zhang, **{k: mine[k] for k in mine if k == "contract"}
        )
    return {Customer: hers, Contact: contact, Contract: contract}


@pytest.fixture
def seller(sign_in, zhang):
    """Return 张伟's browser."""
    return sign_in(zhang)


def answer(browser, kind, **query):
    """Return (total, ids in order) of a list."""
    page = browser.get(f"/{kind}/", query).content.decode()
    return TOTAL.search(page)[1], ROW.findall(page)


def fill(neighbours):
    """Put the canaries in."""
    for model, fields in CANARIES.items():
        row = neighbours[model]
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()


def test_zhang_sees_his_rows_and_none_of_her(neighbours, zhang, seller):
    rows = {model: {row.pk} for model, row in neighbours.items()}
    assert seen(zhang, rows) == {model: set() for model in rows}
    for kind in KINDS:
        assert answer(seller, kind)[1], kind


@pytest.mark.parametrize("kind", KINDS)
def test_no_search_finds_a_row_by_an_invisible_neighbour(neighbours, seller, kind):
    before = [answer(seller, kind, q=word) for word in WORDS]
    fill(neighbours)
    for word, known in zip(WORDS, before, strict=True):
        assert answer(seller, kind, q=word) == known, word


def test_the_global_search_and_the_pickers_find_none_either(neighbours, seller):
    fill(neighbours)
    for word in WORDS:
        assert not seller.get("/search/", {"q": word}).context["groups"], word
        for model in (Customer, Interaction, Contract):
            address = f"/options/{model._meta.label_lower}/"
            assert seller.get(address, {"q": word}).json()["results"] == [], word


def test_a_picker_is_not_narrowed_by_an_invisible_row(neighbours, seller):
    for model, row in neighbours.items():
        name = model._meta.model_name
        for kind in (Interaction, Contract):
            if name in relations(kind):
                address = f"/options/{kind._meta.label_lower}/"
                assert seller.get(address, {name: row.pk}).json()["results"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_order_follows_from_an_invisible_neighbour(neighbours, seller, kind):
    model = KINDS[kind]
    sorts = [sign + name for name in relations(model) for sign in ("", "-")]
    orders = {}
    for name in ("阿", "做"):
        Customer.objects.filter(pk=neighbours[Customer].pk).update(sort_name=name)
        Contact.objects.filter(pk=neighbours[Contact].pk).update(search_text=name)
        for sort in sorts:
            orders.setdefault(sort, []).append(answer(seller, kind, sort=sort))
    for sort, (first, second) in orders.items():
        assert first == second, sort


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_withheld_in_lists_pages_exports_and_history(
    neighbours, seller, zhang, kind
):
    fill(neighbours)
    columns = seller.get(f"/{kind}/").context["table"].columns.names()
    pages = [seller.get(f"/{kind}/", {"column": columns}).content.decode()]
    for pk in answer(seller, kind)[1]:
        pages.append(seller.get(f"/{kind}/{pk}/").content.decode())
        label = KINDS[kind]._meta.label_lower
        pages.append(seller.get(f"/history/{label}/{pk}/").content.decode())
    export = seller.get(f"/{kind}/export/", {"format": "csv", "column": columns})
    pages.append(b"".join(export).decode())
    for page in pages:
        assert "金丝雀" not in page
        assert "7654321" not in page


def test_what_one_sees_is_found_sorted_and_named(neighbours, wang, lina, sign_in):
    fill(neighbours)
    browser = sign_in(lina)
    for word in ("金丝雀", "7654321", "13987654321", "91530100MA6K"):
        assert answer(browser, "interactions", q=word)[0] != "0", word
    pages = browser.get("/interactions/", {"column": ["subject", "contract"]})
    assert "金丝雀合同" in pages.content.decode()
    hers = {model: {row.pk} for model, row in neighbours.items()}
    assert seen(wang, hers) == hers
    assert may_open(wang, Customer, {neighbours[Customer].pk, None}) == {
        neighbours[Customer].pk
    }


def test_the_name_and_number_that_a_row_shows_find_it(neighbours, seller):
    hers = neighbours[Customer]
    for word in ("云岭", hers.number):
        assert answer(seller, "interactions", q=word)[0] == "2", word


def test_without_the_right_to_contacts_no_telephone_of_theirs_finds_a_customer(
    zhang, sign_in
):
    customer = a_customer(zhang)
    a_contact(customer, mobile="13912350002")
    browser = sign_in(zhang)
    assert answer(browser, "customers", q="13912350002")[0] == "1"
    role = zhang.roles.get()
    role.grants = {"customers.view_customer": "all"}
    role.save(update_fields=["grants"])
    for address in ("/customers/", "/search/"):
        page = browser.get(address, {"q": "13912350002"}).content.decode()
        assert customer.name not in page, address
