"""The files that people have: names in parts, contacts beside customers, references."""

import pytest
from django.urls import reverse

from customers.models import Contact, Customer
from system.imports import previewing
from tests.factories import a_contact, a_customer
from tests.samples import chosen, counts, preview, run, sample, upload

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("header", "row", "name"),
    [
        ("姓,名", "欧阳,例", "欧阳例"),
        ("First Name,Last Name", "Anna,Muster", "Anna Muster"),
        ("Last Name,First Name", "Muster,Anna", "Anna Muster"),
        ("名,姓", "例,欧阳", "欧阳例"),
    ],
)
def test_a_name_is_put_together_from_its_parts(lina, sign_in, header, row, name):
    a_customer(lina, name="华夏")
    text = f"Company Name,{header}\n华夏,{row}\n"
    assert counts(run(sign_in(lina), text, address="/contacts/import/"))[1] == 1
    assert Contact.objects.get().name == name


def contacts_of(by_column):
    """Return how many contacts a preview or a report counts."""
    return by_column.get("contact_name", {"added": 0})["added"]


@pytest.mark.parametrize("rows", [3000, 2])
@pytest.mark.parametrize("known", ["skip", "update"])
def test_the_preview_counts_the_contacts_that_come(
    known, rows, lina, sign_in, worker, monkeypatch
):
    monkeypatch.setattr(previewing, "SLICE", rows)
    a_contact(a_customer(lina, name="甲公司"), name="张三", mobile="13800138001")
    text = (
        "客户名称,联系人,手机,邮箱\n"
        "甲公司,张三,13800138001,\n"
        "甲公司,李四,,a@example.com\n"
        "乙公司,王五,13800138003,\n"
        "乙公司,王五,13800138003,\n"
        "乙公司,赵六,,\n"
        "丙公司,钱七,,x\n"
        "丁公司,,,\n"
    )
    browser = sign_in(lina)
    found = preview(browser, text, known=known)
    address = reverse("import_preview", args=[found.pk])
    while previewing.unfinished(found):
        browser.post(address)
        found.refresh_from_db()
    assert contacts_of(found.preview["by_column"]) == 3
    browser.post(reverse("import_run", args=[found.pk]))
    worker.drain()
    found.refresh_from_db()
    assert contacts_of(found.by_column) == Contact.objects.count() - 1 == 3
    again = preview(browser, text, known=known)
    while previewing.unfinished(again):
        browser.post(reverse("import_preview", args=[again.pk]))
        again.refresh_from_db()
    assert contacts_of(again.preview["by_column"]) == 0
    page = browser.get(reverse("import_preview", args=[again.pk]))
    assert not page.context["brings"]


def test_one_sheet_fills_customers_and_their_contacts(lina, sign_in):
    text = (
        "客户名称,联系人,手机,地址\n"
        "甲公司,张三,13800138001,昆明\n"
        "甲公司,李四,13800138002,昆明\n"
        "乙公司,王五,13800138003,大理\n"
        "丙公司,,13800138004,大理\n"
    )
    browser = sign_in(lina)
    assert contacts_of(preview(browser, text).preview["by_column"]) == 3
    found = run(browser, text)
    assert counts(found) == (4, 3, 0, 1, 0)
    assert contacts_of(found.by_column) == 3
    pairs = Contact.objects.order_by("mobile").values_list("customer__name", "mobile")
    assert list(pairs) == [
        ("甲公司", "13800138001"),
        ("甲公司", "13800138002"),
        ("乙公司", "13800138003"),
    ]
    assert Customer.objects.get(name="丙公司").phone == "13800138004"
    assert Customer.objects.get(name="乙公司").phone == ""
    assert counts(run(browser, text)) == (4, 0, 0, 4, 0)
    assert Contact.objects.count() == 3


def test_a_bad_contact_refuses_its_row(lina, sign_in):
    text = "客户名称,联系人,手机\n甲公司,张三,abc\n"
    found = run(sign_in(lina), text)
    assert counts(found) == (1, 0, 0, 0, 1)
    assert found.refusals.get().reasons[0][0] == "手机"
    assert not Customer.objects.exists()


def test_who_may_add_no_contacts_imports_the_customers_alone(zhang, sign_in):
    role = zhang.roles.get()
    del role.grants["customers.add_contact"]
    role.save()
    run(sign_in(zhang), "客户名称,联系人,手机\n甲公司,张三,13800138001\n")
    assert Customer.objects.get().name == "甲公司"
    assert not Contact.objects.exists()


def test_a_parent_may_stand_further_down(lina, sign_in):
    text = "客户名称,母公司\n子公司,母集团\n孙公司,子 公司\n母集团,\n外公司,没有集团\n"
    found = run(sign_in(lina), text)
    assert counts(found) == (4, 3, 0, 0, 1)
    child = Customer.objects.get(name="子公司")
    assert child.parent.name == "母集团"
    assert Customer.objects.get(name="孙公司").parent == child


def test_a_foreign_list_comes_in_with_its_parents_at_once(lina, sign_in):
    content = sample("crm/maven/accounts.csv").read_bytes()
    found = run(sign_in(lina), content, unknown="empty")
    assert counts(found) == (85, 85, 0, 0, 0)
    assert Customer.objects.exclude(parent=None).count() == 15


def test_a_private_address_book_is_told_what_it_lacks(lina, sign_in):
    browser = sign_in(lina)
    url = upload(
        browser, "姓名,手机\n张三,13800138001\n", "a.csv", "/contacts/import/"
    ).url
    answer = browser.post(url, chosen(browser, url))
    assert answer.status_code == 422
    assert "通讯录" in answer.content.decode()


def test_several_addresses_in_one_cell_are_kept(lina, sign_in):
    text = "客户名称,网址\n甲公司,www.a.com;www.b.com\n"
    run(sign_in(lina), text)
    customer = Customer.objects.get()
    assert customer.website == "http://www.a.com"
    assert "www.b.com" in customer.remarks


@pytest.mark.parametrize(
    "path", ["crm/krayin_persons.csv", "crm/google_shared_contacts_outlook.csv"]
)
def test_contacts_of_other_programs_fit(lina, sign_in, path):
    for name in ("1", "Acme Inc."):
        a_customer(lina, name=name)
    content = sample(path).read_bytes()
    browser = sign_in(lina)
    url = upload(browser, content, "a.csv", "/contacts/import/").url
    data = chosen(browser, url)
    names = {value for key, value in data.items() if key.startswith("column_")}
    assert {"name", "email"} <= names
    assert names & {"phone", "mobile"}
