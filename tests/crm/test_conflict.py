"""Two people edit the same record: nobody's text is lost, nobody is overwritten."""

import pytest
from django.urls import reverse

from crm.models import HistoryEntry
from customers.models import Customer
from tests.factories import a_contact, a_customer
from tests.pages import form_of, shows

pytestmark = pytest.mark.django_db


@pytest.fixture
def stale(zhang, lina, client):
    """A form that 张伟 opened before 李娜 saved: (browser, address, what he typed)."""
    customer = a_customer(zhang, name="旧名", phone="010-11111111")
    url = reverse("customer_update", args=[customer.pk])
    client.force_login(lina)
    others = form_of(client, url) | {"name": "李娜改的名"}
    client.force_login(zhang)
    mine = form_of(client, url) | {"name": "张伟改的名", "remarks": "第一行\n“第二行”"}
    client.force_login(lina)
    assert client.post(url, others).status_code == 302
    client.force_login(zhang)
    return client, url, mine


def test_a_stale_form_is_not_saved(stale):
    browser, url, mine = stale
    answer = browser.post(url, mine)
    assert answer.status_code == 409
    assert Customer.objects.get().name == "李娜改的名"
    assert 'role="alert"' in answer.text


def test_both_texts_stand_side_by_side(stale):
    browser, url, mine = stale
    rows = {row["name"]: row for row in browser.post(url, mine).context["rows"]}
    assert (rows["name"]["yours"], rows["name"]["theirs"]) == (
        "张伟改的名",
        "李娜改的名",
    )
    assert rows["name"]["changed_by_them"]
    assert not rows["remarks"]["changed_by_them"]
    assert set(rows) == {"name", "remarks"}


def test_the_page_says_who_was_quicker(stale):
    browser, url, mine = stale
    assert shows(browser.post(url, mine), "李娜")


def test_keeping_mine_saves_what_i_typed(stale):
    browser, url, mine = stale
    context = browser.post(url, mine).context
    again = dict(context["posted_items"]) | {"version": context["object"].version}
    assert browser.post(url, again).status_code == 302
    kept = Customer.objects.get()
    assert (kept.name, kept.remarks) == ("张伟改的名", "第一行\n“第二行”")
    entry = HistoryEntry.objects.filter(object_id=kept.pk).first()
    assert entry.changes["name"] == ["李娜改的名", "张伟改的名"]


def test_keeping_mine_is_refused_if_someone_was_quicker_again(stale):
    browser, url, mine = stale
    context = browser.post(url, mine).context
    again = dict(context["posted_items"]) | {"version": context["object"].version}
    Customer.objects.update(name="第三个人")
    assert browser.post(url, again).status_code == 409
    assert Customer.objects.get().name == "第三个人"


def test_errors_of_a_stale_form_are_shown_and_its_text_kept(stale):
    browser, url, mine = stale
    answer = browser.post(url, mine | {"employees": "很多"})
    assert answer.status_code == 409
    assert answer.context["errors"]
    assert ("employees", "很多") in answer.context["posted_items"]


@pytest.mark.parametrize(
    "version", ["", "0", "-1", "x", "²", "1.0", "\x00", "9" * 30, "9" * 5000]
)
def test_a_version_that_cannot_be_is_a_conflict(zhang, sign_in, version):
    customer = a_customer(zhang)
    browser = sign_in(zhang)
    url = reverse("customer_update", args=[customer.pk])
    data = form_of(browser, url) | {"name": "改", "version": version}
    assert browser.post(url, data).status_code == 409
    customer.refresh_from_db()
    assert customer.name != "改"


def test_a_form_without_a_version_is_a_conflict(zhang, sign_in):
    customer = a_customer(zhang)
    browser = sign_in(zhang)
    url = reverse("customer_update", args=[customer.pk])
    data = form_of(browser, url) | {"version": None}
    assert browser.post(url, data).status_code == 409


def test_a_contact_filed_meanwhile_is_no_conflict(zhang, sign_in):
    customer = a_customer(zhang)
    browser = sign_in(zhang)
    url = reverse("customer_update", args=[customer.pk])
    data = form_of(browser, url) | {"name": "改"}
    a_contact(customer)
    Customer.objects.update(last_contact_at="2026-11-22T00:00+08:00")
    assert browser.post(url, data).status_code == 302


def test_a_record_deleted_meanwhile_is_not_found(zhang, sign_in):
    customer = a_customer(zhang)
    browser = sign_in(zhang)
    url = reverse("customer_update", args=[customer.pk])
    data = form_of(browser, url) | {"name": "改"}
    customer.discard(zhang)
    assert browser.post(url, data).status_code == 404


def test_a_record_handed_to_somebody_else_meanwhile_is_not_found(zhang, wang, sign_in):
    customer = a_customer(zhang)
    browser = sign_in(zhang)
    url = reverse("customer_update", args=[customer.pk])
    data = form_of(browser, url) | {"name": "改"}
    Customer.objects.update(owner=wang)
    assert browser.post(url, data).status_code == 404


def test_what_only_the_other_changed_stays_theirs(zhang, lina, client):
    customer = a_customer(zhang, name="甲公司", address="甲路", employees=5)
    url = reverse("customer_update", args=[customer.pk])
    client.force_login(zhang)
    mine = form_of(client, url) | {"phone": "0871-63150000"}
    others = form_of(client, url) | {"address": "乙路", "employees": "7"}
    client.force_login(lina)
    assert client.post(url, others).status_code == 302
    client.force_login(zhang)
    context = client.post(url, mine).context
    assert context["asked"] == set()
    again = dict(context["posted_items"]) | {"version": context["object"].shown_version}
    assert client.post(url, again).status_code == 302
    kept = Customer.objects.get()
    assert (kept.address, kept.employees, kept.phone) == ("乙路", 7, "0871-63150000")


def test_only_what_both_changed_is_asked(stale):
    browser, url, mine = stale
    answer = browser.post(url, mine)
    assert answer.context["asked"] == {"name"}
    assert answer.text.count('type="radio"') == 2
    assert 'type="hidden" name="name"' not in answer.text


def test_what_both_changed_alike_is_not_asked(zhang, lina, client):
    customer = a_customer(zhang, address="甲路")
    url = reverse("customer_update", args=[customer.pk])
    client.force_login(zhang)
    changed = form_of(client, url) | {"address": "乙路"}
    client.force_login(lina)
    assert client.post(url, changed).status_code == 302
    client.force_login(zhang)
    context = client.post(url, changed | {"phone": "0871-63150000"}).context
    assert context["asked"] == set()
    assert [row["name"] for row in context["rows"]] == ["phone"]
