"""Pages of dictionaries."""

import pytest
from django.urls import reverse

from crm.models import DictionaryItem, HistoryEntry
from system.dictionaries.uses import counted, fields_of
from tests.factories import a_customer, a_news_item

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
