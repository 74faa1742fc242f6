"""Pages of counterparts: entered by who looks after a customer, seen above them."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from crm.bulk.models import BulkAction
from crm.models import HistoryEntry, User
from crm.navigation.numbers import numbers_for
from crm.notices.models import Notice
from crm.shipped.roles import shipped_roles
from customers.models import Counterpart
from system.reminders.work import remind_person
from tests.crm.test_bulk import choose, confirm
from tests.factories import (
    a_contact,
    a_counterpart,
    a_customer,
    an_interaction,
    an_item,
)
from tests.pages import form_of, ids, shows
from tests.samples import counts, run

pytestmark = pytest.mark.django_db

MENU = "customers.numbers.overdue_counterparts"


def ago(days):
    """Return the day so many days ago."""
    return timezone.localdate() - timedelta(days=days)


def test_a_salesperson_names_who_speaks_with_whom(zhang, sign_in, sales_department):
    customer = a_customer(zhang, level=an_item("customer_level", "A"))
    contact = a_contact(customer)
    browser = sign_in(zhang)
    address = f"/counterparts/add/?customer={customer.pk}"
    data = form_of(browser, address)
    assert data["since"] == timezone.localdate()
    sent = data | {"subject": "采购", "contact": contact.pk, "rhythm_days": ""}
    answer = browser.post("/counterparts/add/", sent)
    made = Counterpart.objects.get()
    assert answer.url == made.get_absolute_url()
    assert (made.owner, made.our_department) == (zhang, sales_department)
    assert (made.rhythm_days, made.due_on) == (14, ago(-14))
    assert made.registration == "registered"
    page = browser.get(answer.url)
    assert shows(page, "我方负责人")
    assert shows(page, str(ago(-14)))
    talk = f"?customer={customer.pk}&amp;contact={contact.pk}&amp;next="
    assert talk in page.text  # 写跟进


def test_a_contact_of_another_customer_is_refused(zhang, sign_in):
    customer, other = a_customer(zhang), a_contact(a_customer(zhang))
    browser = sign_in(zhang)
    data = form_of(browser, f"/counterparts/add/?customer={customer.pk}")
    sent = data | {"subject": "采购", "contact": other.pk}
    answer = browser.post("/counterparts/add/", sent)
    assert answer.status_code == 422
    assert "contact" in answer.context["form"].errors
    assert not Counterpart.objects.exists()


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"rhythm_days": "0"}, "rhythm_days"),
        ({"rhythm_days": "367"}, "rhythm_days"),
        ({"since": "2026-05-02", "until": "2026-05-01"}, "__all__"),
        ({"since": "0001-01-01"}, "since"),
        ({"subject": " "}, "subject"),
    ],
)
def test_a_form_says_what_cannot_be(fields, place, zhang, sign_in):
    customer, browser = a_customer(zhang), sign_in(zhang)
    data = form_of(browser, f"/counterparts/add/?customer={customer.pk}")
    answer = browser.post("/counterparts/add/", data | {"subject": "采购"} | fields)
    assert answer.status_code == 422
    assert place in answer.context["form"].errors
    assert not Counterpart.objects.exists()


def test_the_same_twice_is_refused_in_words(zhang, sign_in):
    customer, browser = a_customer(zhang), sign_in(zhang)
    a_counterpart(customer, zhang, subject="采购")
    data = form_of(browser, f"/counterparts/add/?customer={customer.pk}")
    answer = browser.post("/counterparts/add/", data | {"subject": "采购"})
    assert shows(answer, "该负责人已对口此客户的这一事项和联系人")
    assert Counterpart.objects.count() == 1


def test_another_department_finds_none(zhang, wang, sun, zhao, chen, sign_in):
    row = a_counterpart(a_customer(zhang), zhang, subject="机密事项")
    for person, status in ((wang, 404), (sun, 404), (zhao, 200), (chen, 403)):
        browser = sign_in(person)
        for suffix in ("", "edit/", "delete/"):
            url = f"/counterparts/{row.pk}/{suffix}"
            assert browser.get(url).status_code == status, (person, url)
        if status == 404:
            assert "机密事项" not in browser.get("/counterparts/").text


def test_our_person_edits_at_a_colleague_s_customer(zhang, liu, sign_in):
    row = a_counterpart(a_customer(zhang), liu, subject="采购")
    browser = sign_in(liu)
    url = f"/counterparts/{row.pk}/edit/"
    data = form_of(browser, url) | {"their_department": "采购部"}
    assert browser.post(url, data).status_code == 302
    row.refresh_from_db()
    assert (row.their_department, row.owner) == ("采购部", liu)
    entry = HistoryEntry.objects.filter(label="customers.counterpart").latest("pk")
    with override("zh-hans"):
        assert "对方部门" in browser.get(f"{row.get_absolute_url()}?tab=history").text
    assert entry.actor_id == liu.pk


def test_what_is_due_first_stands_first_and_late_is_red(zhang, sign_in):
    customer = a_customer(zhang)
    later = a_counterpart(customer, zhang, since=ago(1))
    late = a_counterpart(customer, zhang, since=ago(42))
    browser = sign_in(zhang)
    page = browser.get("/counterparts/")
    assert ids(page) == [late.pk, later.pk]
    assert f'<span class="pill pill-bad">{ago(12)}</span>' in page.text
    assert ">12" in page.text
    assert ids(browser.get("/counterparts/?state=overdue")) == [late.pk]
    assert ids(browser.get("/counterparts/?state=running&state=ended")) == [
        late.pk,
        later.pk,
    ]
    assert browser.get("/counterparts/?state=nothing").status_code == 200


def test_the_level_of_a_customer_is_a_condition_where_one_sees_it(
    zhang, liu, wang, sign_in
):
    item = an_item("customer_level", "A")
    mine = a_counterpart(a_customer(zhang, level=item), zhang)
    a_counterpart(a_customer(zhang), zhang)
    elsewhere = a_counterpart(a_customer(wang, level=item), zhang)
    browser = sign_in(zhang)
    assert elsewhere.pk in ids(browser.get("/counterparts/"))
    assert ids(browser.get(f"/counterparts/?level={item.pk}")) == [mine.pk]


def test_the_customer_s_page_lists_them_and_takes_the_shortest_rhythm(zhang, sign_in):
    customer = a_customer(zhang, level=an_item("customer_level", "C"))
    an_interaction(customer, occurred_at=timezone.now() - timedelta(days=20))
    browser = sign_in(zhang)
    url = customer.get_absolute_url()

    def last():
        return browser.get(url).context["contact_facts"][0]

    assert (last()["tone"], "60" in last()["title"]) == ("", True)
    a_counterpart(customer, zhang, rhythm_days=45)
    a_counterpart(customer, zhang, rhythm_days=10)
    a_counterpart(customer, zhang, rhythm_days=2, since=ago(9), until=ago(1))
    assert (last()["tone"], "10" in last()["title"]) == ("bad", True)
    page = browser.get(f"{url}?tab=counterpart")
    assert shows(page, "对口联系")


def test_the_menu_counts_one_s_own_that_are_overdue(zhang, liu, zhao):
    customer = a_customer(zhang)
    a_counterpart(customer, zhang, since=ago(31))
    a_counterpart(customer, zhang, since=ago(30))
    a_counterpart(customer, zhang, since=ago(90), until=ago(2))
    a_counterpart(customer, liu, since=ago(31))
    for person, number in ((zhang, 1), (liu, 1), (zhao, 0)):
        fresh = User.objects.with_grants().get(pk=person.pk)
        assert numbers_for(fresh, (MENU,)) == {MENU: number}, person


def test_the_clock_tells_our_person_and_then_the_head(zhang, zhao, wang):
    customer = a_customer(zhang)
    for days, name in ((29, "明天"), (30, "今天"), (33, "三天"), (37, "七天")):
        a_counterpart(customer, zhang, since=ago(days), subject=name)
    a_counterpart(customer, zhang, since=ago(99), until=ago(1), subject="结束")
    for person in (zhang, zhao, wang):
        fresh = User.objects.with_grants().get(pk=person.pk)
        remind_person(fresh, timezone.localdate())

    def told(person, verb):
        rows = Notice.objects.filter(person=person, verb=verb)
        return [title for row in rows for _pk, title in row.subjects]

    assert len(told(zhang, "counterpart_due")) == 2
    assert len(told(zhang, "counterpart_late")) == 2
    assert told(zhang, "counterpart_below") == []
    (only,) = told(zhao, "counterpart_below")
    assert "七天" in only
    assert not Notice.objects.filter(person=wang).exists()


def test_the_calendar_shows_when_contacts_are_due(zhang, sign_in):
    a_counterpart(a_customer(zhang), zhang, since=ago(30), subject="今天联系")
    page = sign_in(zhang).get("/calendar/")
    assert shows(page, "今天联系")


def test_it_goes_along_with_the_customer_if_it_was_the_former_owner_s(
    zhang, liu, zhao, wang, sun, qian, sign_in
):
    customer = a_customer(zhang)
    own = a_counterpart(customer, zhang)
    ended = a_counterpart(customer, zhang, since=ago(9), until=ago(2))
    other = a_counterpart(customer, liu)
    browser = sign_in(qian)
    bulk = choose(browser, "transfer", customer)
    confirm(browser, bulk, to=wang.pk, along=["customers.counterpart"])
    assert BulkAction.objects.count() == 1
    for row, person in ((own, wang), (ended, zhang), (other, liu)):
        row.refresh_from_db()
        assert row.owner == person
    assert own.our_department == wang.department


def test_who_sells_and_who_supervises_enter_them():
    roles = shipped_roles()
    kept = {"view", "add", "change", "delete", "export", "register"}
    for code in ("salesperson", "supervisor", "information_administrator"):
        grants = roles[code]["grants"]
        assert {f"customers.{one}_counterpart" for one in kept} <= set(grants), code
    assert "customers.view_counterpart" in roles["sales_director"]["grants"]
    assert "customers.add_counterpart" not in roles["sales_director"]["grants"]


def test_a_list_of_heads_comes_in(lina, zhang, sign_in, sales_department):
    customer = a_customer(zhang, name="华夏公司")
    contact = a_contact(customer, name="张三")
    text = (
        "客户名称,对口事项,对方部门,对方联系人,我方部门,我方负责人,联系周期（天）,开始日期\n"
        "华夏公司,采购,采购部,张三,,张伟,14,2026-01-05\n"
        "华夏公司,财务,财务部,,销售一部,张伟,,\n"
        "华夏公司,技术,技术部,李四,,张伟,14,\n"
        "没有公司,采购,,,,张伟,14,\n"
        "华夏公司,设备,,,,张伟,400,\n"
    )
    browser = sign_in(lina)
    found = run(browser, text, address="/counterparts/import/")
    assert counts(found) == (5, 2, 0, 0, 3)
    first, second = Counterpart.objects.order_by("pk")
    assert (first.contact, first.owner, first.rhythm_days) == (contact, zhang, 14)
    assert f"{first.since:%Y-%m-%d}" == "2026-01-05"
    assert (first.our_department, second.our_department) == (sales_department,) * 2
    assert (second.rhythm_days, second.since) == (30, timezone.localdate())
    assert first.registration == "registered"
    again = run(browser, text, address="/counterparts/import/")
    assert counts(again) == (5, 0, 0, 2, 3)
    assert Counterpart.objects.count() == 2


def test_the_list_is_exported_with_its_columns(zhang, sign_in):
    a_counterpart(a_customer(zhang), zhang, since=ago(42), subject="采购")
    answer = sign_in(zhang).get("/counterparts/export/?format=csv")
    text = b"".join(answer).decode("utf-8-sig")
    head, row = text.strip().splitlines()
    assert {"对口事项", "我方负责人", "应联系日期", "逾期天数"} <= {*head.split(",")}
    assert f",{ago(12)}," in row
    assert row.endswith(",12")
