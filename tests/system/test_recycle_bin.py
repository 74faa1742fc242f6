"""The recycle bin: what lies in it for whom, and the way back."""

import pytest
from django.urls import reverse

from crm.models import HistoryEntry
from customers.models import Contact, Customer
from system.recycle_bin.kinds import restorable_kinds
from tests.factories import a_competitor, a_contact, a_customer, an_encounter
from tests.pages import record_models

pytestmark = pytest.mark.django_db
BIN = "/system/recycle-bin/"


def restoration(record):
    """Return the address that restores a record."""
    return reverse("recycle_bin_restore", args=[record._meta.label_lower, record.pk])


def test_without_the_right_to_delete_the_bin_is_closed(zhou, nobody, zhang, sign_in):
    customer = a_customer(zhang)
    customer.discard(zhang)
    for person in (zhou, nobody):
        browser = sign_in(person)
        assert browser.get(BIN).status_code == 403
        assert browser.post(restoration(customer)).status_code == 403
    assert not Customer.objects.filter(pk=customer.pk).exists()


def test_one_sees_and_restores_only_what_one_may_delete(zhang, wang, sign_in):
    mine, theirs = a_customer(zhang, name="我的客户"), a_customer(wang, name="别人的")
    mine.discard(zhang)
    theirs.discard(wang)
    browser = sign_in(zhang)
    page = browser.get(BIN).content.decode()
    assert "我的客户" in page
    assert "别人的" not in page
    assert browser.post(restoration(theirs)).status_code == 404
    assert browser.post(restoration(mine)).status_code == 302
    assert Customer.objects.get() == mine
    entry = HistoryEntry.objects.filter(verb="restored").get()
    assert (entry.actor_id, entry.subject_id) == (zhang.pk, mine.pk)


def test_who_has_the_mobile_of_a_contact_that_comes_back_is_told(zhang, sign_in):
    customer = a_customer(zhang)
    gone = a_contact(customer, name="李雷", mobile="13888000001")
    gone.discard(zhang)
    a_contact(customer, name="韩梅梅", mobile="+86 138 8800 0001")
    alone = a_contact(a_customer(zhang), mobile="13888000001")
    alone.discard(zhang)
    browser = sign_in(zhang)
    page = browser.post(restoration(gone), follow=True).text
    assert "已恢复：李雷" in page
    assert "该客户还有手机相同的联系人：韩梅梅" in page
    assert "手机相同" not in browser.post(restoration(alone), follow=True).text


def test_all_kinds_lie_together_and_conditions_narrow_them(
    lina, zhang, sign_in, django_assert_max_num_queries
):
    customer = a_customer(zhang, name="华夏科技")
    contact = a_contact(customer, name="李雷")
    encounter = an_encounter(a_competitor(lina), customer)
    for record, by in ((encounter, lina), (contact, zhang), (customer, zhang)):
        record.discard(by)
    browser = sign_in(lina)
    with django_assert_max_num_queries(14):
        answer = browser.get(BIN)
    found = [line.record for line in answer.context["lines"]]
    assert found == [customer, contact, encounter]
    for query, left in (
        ({"q": "华夏"}, {customer, contact, encounter}),
        ({"kind": "customers.contact"}, {contact}),
        ({"deleted_by": lina.pk}, {encounter}),
        ({"deleted_at_before": "2020-01-01"}, set()),
        ({"deleted_at_after": "2020-01-01", "sort": "deleted_at"}, set(found)),
    ):
        answer = browser.get(BIN, query)
        assert not answer.context["errors"], query
        assert {line.record for line in answer.context["lines"]} <= left, query
    for query in ("kind=crm.user", "colour=red", "deleted_at_after=x", "sort=name"):
        answer = browser.get(f"{BIN}?{query}")
        assert answer.context["errors"], query
        assert answer.context["lines"] == []
    assert browser.get(f"{BIN}?page=9").status_code == 200


def test_what_belongs_to_something_deleted_waits_for_it(lina, zhang, sign_in):
    customer = a_customer(zhang)
    contact = a_contact(customer)
    contact.discard(zhang)
    customer.discard(zhang)
    browser = sign_in(lina)
    answer = browser.post(restoration(contact))
    assert answer.status_code == 409
    assert str(customer) in answer.content.decode()
    assert browser.post(restoration(customer)).status_code == 302
    assert browser.post(restoration(contact)).status_code == 302
    assert Contact.objects.get() == contact


def test_a_place_that_is_taken_is_told(lina, zhang, sign_in):
    code = "91530100MA6K5ABC0X"
    Customer.objects.update(credit_code="")
    first = a_customer(zhang, credit_code=code)
    first.discard(zhang)
    a_customer(zhang, credit_code=code)
    answer = sign_in(lina).post(restoration(first))
    assert answer.status_code == 409
    assert not Customer.objects.filter(pk=first.pk).exists()


def test_restoring_is_asked_for_by_post_and_only_once(lina, wang, zhang, sign_in):
    customer = a_customer(zhang)
    customer.discard(zhang)
    browser, url = sign_in(lina), restoration(customer)
    assert browser.get(url).status_code == 405
    assert browser.post(url).status_code == 302
    again = browser.post(url)
    assert again.status_code == 409
    assert "已由他人处理" in again.text
    named = (customer._meta.label_lower, customer.pk)
    restore_with = reverse("recycle_bin_restore_with", args=named)
    assert browser.post(restore_with).status_code == 409
    assert browser.get(restore_with).status_code == 404
    assert sign_in(wang).post(url).status_code in (403, 404)
    for wrong in ("crm.user", "no.model", "nonsense"):
        url = reverse("recycle_bin_restore", args=[wrong, 1])
        assert browser.post(url).status_code == 404


def test_every_kind_of_record_can_come_back(lina):
    """The bin reads its kinds from the rights; none must be missing there."""
    impersonal = {model for model in record_models() if not model.personal}
    assert set(restorable_kinds(lina)) == impersonal


@pytest.mark.parametrize("column", ["x", "", "title", "%00", "-deleted_at"])
def test_any_column_may_be_asked_for(lina, sign_in, column):
    assert sign_in(lina).get(f"/system/recycle-bin/?column={column}").status_code == 200
