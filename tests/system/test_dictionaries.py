"""Pages of dictionaries."""

import threading
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from contracts import approval
from contracts.models import Amendment, ApprovalRule
from crm.models import DictionaryItem, HistoryEntry
from customers.forms import CustomerForm
from customers.models import Customer
from system.dictionaries.uses import counted, fields_of, replace
from system.imports import running
from tests.factories import a_contract, a_customer, a_news_item
from tests.pages import form_of, shows
from tests.races import somebody_waits, together
from tests.samples import preview

pytestmark = pytest.mark.django_db
LIST = "/system/dictionaries/"


def test_only_who_may_edit_dictionaries_opens_them(
    zhang, zhao, chen, nobody, zhou, lina, sign_in
):
    item = DictionaryItem.objects.filter(kind="industry").first()
    pages = [
        reverse(f"dictionaryitem_{name}", args=[item.pk])
        for name in ("update", "replace", "delete")
    ]
    for person in (zhang, zhao, chen, nobody):
        browser = sign_in(person)
        for url in (LIST, f"{LIST}add/", *pages):
            assert browser.get(url).status_code == 403
            assert browser.post(url).status_code in (403, 405)
    for person in (zhou, lina):
        browser = sign_in(person)
        for url in (LIST, f"{LIST}add/", *pages):
            assert browser.get(url).status_code == 200
    assert DictionaryItem.objects.filter(pk=item.pk).exists()


def test_a_dictionary_shows_how_often_its_items_are_used(
    zhou, zhang, sign_in, django_assert_max_num_queries
):
    item = DictionaryItem.objects.filter(kind="industry").first()
    a_customer(zhang, industry=item)
    a_customer(zhang, industry=item).discard(zhang)
    browser = sign_in(zhou)
    with django_assert_max_num_queries(12):
        answer = browser.get(LIST, {"kind": "industry", "per_page": 200})
    kinds = {one.kind for one in answer.context["page_obj"].object_list}
    assert kinds == {"industry"}
    uses = answer.context["table"].uses
    assert uses[item.pk] == 2
    assert sum(uses.values()) == 2
    assert f'data-id="{item.pk}"' in answer.content.decode()


def test_every_reference_is_found_whatever_its_kind(lina):
    """A field for one item, a many-to-many field: both count as uses."""
    item = DictionaryItem.objects.filter(kind="industry").first()
    news = a_news_item(lina)
    news.industries.add(item)
    assert counted([item]) == {item.pk: 1}
    models = {field.model._meta.label_lower for field in fields_of({"industry"})}
    assert "customers.customer" in models


def test_an_item_is_added_at_the_end(zhou, sign_in):
    sent = {"kind": "industry", "code": "space", "label": "航天", "active": "on"}
    answer = sign_in(zhou).post(f"{LIST}add/", sent)
    assert answer.status_code == 302
    assert answer.url == f"{LIST}?kind=industry"
    made = DictionaryItem.objects.get(code="space")
    others = DictionaryItem.objects.filter(kind="industry").exclude(pk=made.pk)
    assert made.order > max(one.order for one in others)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"label": ""}, "label"),
        ({"kind": "galaxy"}, "kind"),
        ({"code": "不是代码"}, "code"),
        ({"order": "-1"}, "order"),
        ({"order": "9" * 20}, "order"),
    ],
)
def test_what_cannot_be_is_refused(zhou, sign_in, changes, wrong):
    sent = {"kind": "industry", "code": "space", "label": "航天", **changes}
    answer = sign_in(zhou).post(f"{LIST}add/", sent)
    assert answer.status_code == 422
    assert wrong in answer.context["form"].errors


def test_a_label_stands_once_in_a_dictionary(zhou, sign_in):
    one = DictionaryItem.objects.filter(kind="industry").first()
    sent = {"kind": "industry", "code": "new", "label": one.label}
    assert sign_in(zhou).post(f"{LIST}add/", sent).status_code == 422


def test_a_retired_item_stays_where_it_is_used(zhou, zhang, sign_in):
    item = DictionaryItem.objects.filter(kind="industry").first()
    customer = a_customer(zhang, industry=item)
    url = reverse("dictionaryitem_update", args=[item.pk])
    sent = {"label": item.label, "order": item.order, "kind": "ownership", "code": "x"}
    assert sign_in(zhou).post(url, sent).status_code == 302
    item.refresh_from_db()
    assert (item.active, item.kind) == (False, "industry")
    page = sign_in(zhang).get(customer.get_absolute_url()).content.decode()
    assert item.label in page


def test_a_used_item_is_not_deleted(zhou, lina, zhang, sign_in):
    item = DictionaryItem.objects.filter(kind="industry").first()
    a_customer(zhang, industry=item)
    url = reverse("dictionaryitem_delete", args=[item.pk])
    answer = sign_in(zhou).post(url)
    assert answer.status_code == 409
    (use,) = answer.context["used_by"]
    assert (use["count"], use["url"]) == (1, None)
    answer = sign_in(lina).post(url)
    assert answer.context["used_by"][0]["url"] == f"/customers/?industry={item.pk}"
    assert DictionaryItem.objects.filter(pk=item.pk).exists()


def test_an_unused_item_is_deleted(zhou, sign_in):
    item = DictionaryItem.objects.filter(kind="industry").last()
    url = reverse("dictionaryitem_delete", args=[item.pk])
    assert sign_in(zhou).post(url).status_code == 302
    assert not DictionaryItem.objects.filter(pk=item.pk).exists()
    assert HistoryEntry.objects.filter(label="crm.dictionaryitem", verb="removed")


def test_replacing_moves_every_use_and_is_told(zhou, zhang, lina, sign_in):
    old, new = DictionaryItem.objects.filter(kind="industry")[:2]
    customers = [a_customer(zhang, industry=old) for _ in range(3)]
    customers[2].discard(zhang)
    news = a_news_item(lina)
    news.industries.set([old, new])
    url = reverse("dictionaryitem_replace", args=[old.pk])
    answer = sign_in(zhou).post(url, {"target": new.pk})
    assert answer.status_code == 302
    assert counted([old]) == {old.pk: 0}
    for customer in customers:
        customer.refresh_from_db()
        assert customer.industry == new
    assert list(news.industries.all()) == [new]
    old.refresh_from_db()
    assert not old.active
    told = HistoryEntry.objects.filter(verb="replaced", label="customers.customer")
    assert {entry.actor_id for entry in told} == {zhou.pk}
    assert told.count() == 3


def test_an_item_of_another_dictionary_replaces_nothing(zhou, zhang, sign_in):
    old = DictionaryItem.objects.filter(kind="industry").first()
    other = DictionaryItem.objects.filter(kind="ownership").first()
    customer = a_customer(zhang, industry=old)
    url = reverse("dictionaryitem_replace", args=[old.pk])
    for target in (other.pk, old.pk, "", "abc"):
        assert sign_in(zhou).post(url, {"target": target}).status_code == 422
    customer.refresh_from_db()
    assert customer.industry == old


def two_industries():
    """Return two items of one dictionary."""
    return DictionaryItem.objects.filter(kind="industry")[:2]


def form_with(item, user):
    """Return the form of a new customer with an option, filled in."""
    blank = CustomerForm(user=user)
    sent = {name: blank[name].value() for name in blank.fields}
    sent = {name: value for name, value in sent.items() if value is not None}
    sent |= {"name": "甲公司", "industry": item.pk, "form_token": str(uuid4())}
    return CustomerForm(sent, user=user)


@pytest.mark.django_db(transaction=True)
def test_what_is_being_saved_comes_to_have_the_other_item(zhou, zhang):
    old, new = two_industries()
    checked = threading.Event()

    def save():
        with transaction.atomic():
            form = form_with(old, zhang)
            assert form.is_valid(), form.errors
            checked.set()
            somebody_waits()
            form.instance.enter(zhang)

    def put():
        checked.wait(timeout=60)
        with transaction.atomic():
            replace(old, new, by=zhou)

    assert together(2, lambda number: (save, put)[number]()) == [None, None]
    assert Customer.objects.get().industry == new


@pytest.mark.django_db(transaction=True)
def test_what_comes_while_an_item_is_replaced_is_refused_in_words(zhou, zhang):
    old, new = two_industries()
    form, replaced, found = form_with(old, zhang), threading.Event(), []

    def put():
        with transaction.atomic():
            replace(old, new, by=zhou)
            replaced.set()
            somebody_waits()

    def save():
        replaced.wait(timeout=60)
        with transaction.atomic():
            found.append(form.errors.get("industry"))

    together(2, lambda number: (put, save)[number]())
    assert found == [["该选项已停用或被替换，请另选。"]]


@pytest.mark.django_db(transaction=True)
def test_an_import_brings_no_item_that_is_being_replaced(zhou, lina, sign_in):
    old, new = two_industries()
    found = preview(sign_in(lina), f"名称,行业\n甲公司,{old.label}\n")
    replaced = threading.Event()

    def put():
        with transaction.atomic():
            replace(old, new, by=zhou)
            replaced.set()
            somebody_waits()

    def bring():
        replaced.wait(timeout=60)
        running.advance(found.pk)

    together(2, lambda number: (put, bring)[number]())
    found.refresh_from_db()
    assert (found.created, found.refused) == (0, 1)


def test_an_item_that_was_retired_meanwhile_takes_no_place(zhou):
    old, new = two_industries()
    DictionaryItem.objects.filter(pk=new.pk).update(active=False)
    with pytest.raises(ValidationError, match="已停用"):
        replace(old, new, by=zhou)
    old.refresh_from_db()
    assert old.active


def test_an_option_that_a_record_has_may_stay_retired(zhang, sign_in):
    old, _new = two_industries()
    customer = a_customer(zhang, industry=old)
    DictionaryItem.objects.filter(pk=old.pk).update(active=False)
    browser, url = sign_in(zhang), f"/customers/{customer.pk}/edit/"
    sent = {**form_of(browser, url), "address": "人民路1号"}
    assert browser.post(url, sent).status_code == 302


def of_kind(item, zhang, zhao, lina):
    """Return contracts of a type: a draft, one in force, and one after a change."""
    draft = a_contract(zhang, kind=item)
    held, changed = (a_contract(zhang, kind=item, amount=9_000) for _time in range(2))
    for contract in (held, changed):
        approval.submit(contract, by=zhang)
        approval.register(contract, by=lina)
    approval.amend(changed, by=zhang)
    approval.submit_change(changed, by=zhang)
    approval.register(changed, by=lina)
    return draft, held, changed


def test_what_was_approved_keeps_its_option_and_says_so(
    zhou, zhang, zhao, lina, sign_in
):
    old, new = DictionaryItem.objects.filter(kind="contract_kind")[:2]
    draft, held, changed = of_kind(old, zhang, zhao, lina)
    rule = ApprovalRule.objects.first()
    ApprovalRule.objects.filter(pk=rule.pk).update(kind=old)
    browser = sign_in(zhou)
    url = reverse("dictionaryitem_replace", args=[old.pk])
    page = browser.get(url)
    assert {one["label"]: one["count"] for one in page.context["keeping"]} == {
        "合同": 2,
        "变更": 1,
    }
    assert shows(page, "合同 2")
    answer = browser.post(url, {"target": new.pk, "version": old.version})
    assert answer.status_code == 302
    for contract, expected in ((draft, new), (held, old), (changed, old)):
        contract.refresh_from_db()
        assert contract.kind == expected
    rule.refresh_from_db()
    old.refresh_from_db()
    assert (rule.kind, old.active) == (new, False)
    assert Amendment.everything.get().kind == old
    assert shows(browser.get(f"{LIST}{old.pk}/edit/"), "合同")
    gone = browser.post(f"{LIST}{old.pk}/delete/", {"version": old.version})
    assert gone.status_code == 409
    assert old.label in sign_in(zhang).get(held.get_absolute_url()).text
