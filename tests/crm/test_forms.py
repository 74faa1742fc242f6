"""Forms of records: what is offered, what is refused, what of it is kept."""

import pytest
from django.urls import reverse

from crm.models import DictionaryItem, Submission
from customers.models import Contact, Customer
from tests.factories import a_contact, a_customer
from tests.pages import form_of, shows
from tests.people import dismiss

pytestmark = pytest.mark.django_db

CODE = "91530100713417034Y"


def add(browser, **fields):
    """Send the form of a new customer; return the answer."""
    return browser.post("/customers/add/", form_of(browser, "/customers/add/") | fields)


def edit(browser, record, **fields):
    """Send the form of a record with some changes; return the answer."""
    url = reverse(f"{record._meta.model_name}_update", args=[record.pk])
    return browser.post(url, form_of(browser, url) | fields)


def errors(answer):
    """Return the names of the fields that a form complains about."""
    return set(answer.context["form"].errors)


# --- What is refused, at which field ------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "　　"),
        ("name", "\u200b\ufeff"),
        ("name", "长" * 201),
        ("name", "空\x00字节"),
        ("short_name", "长" * 101),
        ("kind", "friend"),
        ("kind", ""),
        ("credit_code", "91530100713417034X"),
        ("credit_code", "abc"),
        ("phone", "not a number"),
        ("email", "nobody"),
        ("website", "javascript:alert(1)"),
        ("website", "java\tscript:alert(1)"),
        ("website", "data:text/html,x"),
        ("website", "//evil.example"),
        ("employees", "-1"),
        ("employees", "many"),
        ("employees", "1e99"),
        ("employees", "99999999999"),
        ("annual_revenue", "-0.01"),
        ("annual_revenue", "NaN"),
        ("annual_revenue", "Infinity"),
        ("annual_revenue", "1e9999999"),
        ("annual_revenue", "1.001"),
        ("annual_revenue", "1" + "0" * 17),
        ("status", "x"),
        ("region", "999999"),
        ("region", "\x00"),
        ("industry", "999999999999999999999"),
        ("industry", "x"),
        ("next_contact_at", "0001-01-01T00:00"),
        ("next_contact_at", "9999-12-31T23:59"),
        ("next_contact_at", "2026-02-30T10:00"),
        ("tags", "长" * 31),
        ("remarks", "长" * 5001),
        ("parent", "999999999"),
        ("parent", "1e3"),
        ("parent", "\x00"),
        ("form_token", "not a key"),
        ("form_token", ""),
    ],
)
def test_a_bad_value_is_said_at_its_field(zhang, sign_in, field, value):
    answer = add(sign_in(zhang), **({"name": "打好的名字"} | {field: value}))
    assert answer.status_code == 422
    assert field in errors(answer)
    assert 'role="alert"' in answer.text or "invalid-feedback" in answer.text
    assert not Customer.objects.exists()
    assert not Submission.objects.exists()
    if field != "name":
        assert shows(answer, "打好的名字")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  首尾空格　", "首尾空格"),
        ("中\u200d间", "中\u200d间"),
        ("e\u0301", "é"),
        ("行\r\n一", "行 一"),
        ("🧑‍🤝‍🧑公司", "🧑‍🤝‍🧑公司"),
        ("<b>公司</b>", "<b>公司</b>"),
        ("' OR 1=1 --", "' OR 1=1 --"),
        ("{{ 7*7 }}", "{{ 7*7 }}"),
        ("长" * 200, "长" * 200),
    ],
)
def test_a_text_is_kept_as_it_was_meant(zhang, sign_in, typed, kept):
    assert add(sign_in(zhang), name=typed).status_code == 302
    assert Customer.objects.get().name == kept


def test_a_code_is_kept_as_the_registry_writes_it(zhang, sign_in):
    add(sign_in(zhang), name="甲", credit_code=" 91530100713417034y ")
    assert Customer.objects.get().credit_code == CODE


def test_a_code_taken_is_said(zhang, wang, sign_in):
    a_customer(wang, credit_code=CODE)
    answer = add(sign_in(zhang), name="甲", credit_code=CODE)
    assert answer.status_code == 422
    assert shows(answer, "已有客户使用此统一社会信用代码。")


def test_a_code_taken_a_moment_ago_is_said_too(zhang, wang, sign_in, monkeypatch):
    a_customer(wang, credit_code=CODE)
    monkeypatch.setattr(Customer, "validate_constraints", lambda *_a, **_k: None)
    browser = sign_in(zhang)
    answer = add(browser, name="甲", credit_code=CODE)
    assert answer.status_code == 422
    assert shows(answer, "已有客户使用此统一社会信用代码。")
    assert not Submission.objects.exists()
    mine = a_customer(zhang)
    answer = edit(browser, mine, credit_code=CODE)
    assert answer.status_code == 422
    assert shows(answer, "已有客户使用此统一社会信用代码。")


def test_a_customer_is_not_its_own_parent(zhang, sign_in):
    customer = a_customer(zhang)
    answer = edit(sign_in(zhang), customer, parent=customer.pk)
    assert answer.status_code == 422
    assert shows(answer, "客户不能是自己的上级公司。")


def test_a_second_primary_contact_is_said(zhang, sign_in):
    contact = a_contact(a_customer(zhang), primary=True)
    other = a_contact(contact.customer)
    answer = edit(sign_in(zhang), other, primary="on")
    assert answer.status_code == 422
    assert shows(answer, "该客户已有首要联系人。")


# --- What nobody may slip in --------------------------------------------------------


def test_what_the_server_sets_is_not_taken_from_the_form(zhang, wang, sign_in):
    slipped = {
        "id": "1",
        "pk": "1",
        "number": "KH999999",
        "registration": "registered",
        "registered_by": zhang.pk,
        "version": "77",
        "owner": wang.pk,
        "reporter": wang.pk,
        "entered_by": wang.pk,
        "created_at": "2000-01-01",
        "deleted_at": "2000-01-01",
        "last_contact_at": "2026-01-01T00:00",
        "search_text": "x",
    }
    add(sign_in(zhang), name="甲", **slipped)
    made = Customer.objects.get()
    assert (made.registration, made.version) == ("reported", 1)
    assert made.owner == made.reporter == made.entered_by == zhang
    assert made.number != "KH999999"
    assert made.created_at.year > 2000
    assert made.last_contact_at is None
    assert made.search_text.strip() == "甲"


def test_an_id_in_the_form_changes_no_other_row(zhang, wang, sign_in):
    theirs, mine = a_customer(wang, name="别人的"), a_customer(zhang)
    edit(sign_in(zhang), mine, id=theirs.pk, pk=theirs.pk, name="我的")
    theirs.refresh_from_db()
    mine.refresh_from_db()
    assert (theirs.name, mine.name) == ("别人的", "我的")


def test_an_unseen_customer_is_no_choice(zhang, wang, sign_in):
    theirs = a_customer(wang)
    browser = sign_in(zhang)
    url = f"/contacts/add/?customer={theirs.pk}"
    page = browser.get(url)
    assert theirs.name not in page.text
    data = form_of(browser, url) | {"name": "王五", "customer": theirs.pk}
    answer = browser.post("/contacts/add/", data)
    assert answer.status_code == 422
    assert "customer" in errors(answer)
    assert not Contact.objects.exists()


def test_a_contact_is_not_moved_to_an_unseen_customer(zhang, wang, sign_in):
    contact, theirs = a_contact(a_customer(zhang)), a_customer(wang)
    answer = edit(sign_in(zhang), contact, customer=theirs.pk)
    assert "customer" in errors(answer)
    contact.refresh_from_db()
    assert contact.customer.owner == zhang


def test_an_unseen_parent_stays_when_something_else_is_edited(zhang, wang, sign_in):
    theirs = a_customer(wang, name="看不见的母公司")
    mine = a_customer(zhang, parent=theirs)
    answer = edit(sign_in(zhang), mine, phone="010-12345678")
    assert answer.status_code == 302
    mine.refresh_from_db()
    assert (mine.phone, mine.parent) == ("010-12345678", theirs)


# --- Who is responsible -------------------------------------------------------------


def test_a_salesperson_chooses_neither_owner_nor_reporter(zhang, sign_in):
    form = sign_in(zhang).get("/customers/add/").context["form"]
    assert not {"owner", "reporter"} & set(form.fields)


def test_a_supervisor_gives_customers_to_the_own_department(zhang, zhao, wang, sign_in):
    customer = a_customer(zhao)
    browser = sign_in(zhao)
    assert edit(browser, customer, owner=zhang.pk).status_code == 302
    customer.refresh_from_db()
    assert customer.owner == zhang
    answer = edit(browser, customer, owner=wang.pk)
    assert errors(answer) == {"owner"}


def test_the_information_administrator_enters_for_others(lina, zhang, sign_in):
    answer = add(sign_in(lina), name="甲", reporter=zhang.pk)
    assert answer.status_code == 302
    made = Customer.objects.get()
    assert (made.owner, made.reporter, made.entered_by) == (zhang, zhang, lina)
    assert made.registration == "registered"


def test_who_has_left_is_no_choice(lina, zhang, sign_in):
    dismiss(zhang)
    answer = add(sign_in(lina), name="甲", reporter=zhang.pk)
    assert errors(answer) == {"reporter"}


def test_a_retired_item_stays_where_it_is_and_is_offered_nowhere_else(zhang, sign_in):
    level = DictionaryItem.objects.filter(kind="customer_level").first()
    customer = a_customer(zhang, level=level)
    DictionaryItem.objects.filter(pk=level.pk).update(active=False)
    browser = sign_in(zhang)
    assert edit(browser, customer, name="改名").status_code == 302
    customer.refresh_from_db()
    assert (customer.name, customer.level) == ("改名", level)
    assert "level" in errors(add(browser, name="新的", level=level.pk))


def test_an_item_of_another_dictionary_is_no_choice(zhang, sign_in):
    source = DictionaryItem.objects.filter(kind="customer_source").first()
    browser = sign_in(zhang)
    for value in (source.pk, 0, "x", f" {source.pk}"):
        assert "level" in errors(add(browser, name="新的", level=value))
    assert add(browser, name="新的", source=source.pk).status_code == 302


# --- Serial entry -------------------------------------------------------------------


def test_serial_entry_keeps_what_repeats(lina, zhang, sign_in):
    source = DictionaryItem.objects.filter(kind="customer_source").first()
    browser = sign_in(lina)
    answer = add(
        browser,
        name="甲",
        reporter=zhang.pk,
        source=source.pk,
        kind="distributor",
        phone="010-12345678",
        save_and_add="1",
    )
    assert answer.url.startswith("/customers/add/?")
    form = browser.get(answer.url).context["form"]
    assert str(form["reporter"].value()) == str(zhang.pk)
    assert str(form["source"].value()) == str(source.pk)
    assert form["kind"].value() == "distributor"
    assert not form["phone"].value()
    assert not form["name"].value()


def test_an_address_fills_in_the_form(zhang, sign_in):
    customer = a_customer(zhang, name="来自地址")
    page = sign_in(zhang).get(f"/contacts/add/?customer={customer.pk}")
    assert f'<option value="{customer.pk}" selected>来自地址' in page.text


@pytest.mark.parametrize(
    "query",
    [
        "customer=%00",
        "customer=x",
        "customer=-1",
        f"customer={10**30}",
        "birthday=%00",
        "form_token=1",
        "version=9",
        "decision_role=x",
        "name=%3Cscript%3Ealert(1)%3C/script%3E",
        "unknown=1",
    ],
)
def test_a_wrong_address_still_gives_a_form(zhang, sign_in, query):
    answer = sign_in(zhang).get(f"/contacts/add/?{query}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


# --- Sent twice ---------------------------------------------------------------------


def test_a_form_sent_five_times_makes_one_record(zhang, sign_in):
    browser = sign_in(zhang)
    data = form_of(browser, "/customers/add/") | {"name": "甲"}
    addresses = {browser.post("/customers/add/", data).url for _time in range(5)}
    assert addresses == {Customer.objects.get().get_absolute_url()}


def test_a_refused_form_can_be_corrected_and_sent_again(zhang, sign_in):
    browser = sign_in(zhang)
    data = form_of(browser, "/customers/add/")
    assert browser.post("/customers/add/", data).status_code == 422
    assert browser.post("/customers/add/", data | {"name": "甲"}).status_code == 302
    assert Customer.objects.count() == 1


def test_the_key_of_anothers_form_shows_nothing_of_it(zhang, wang, sign_in):
    data = form_of(sign_in(zhang), "/customers/add/") | {"name": "甲"}
    sign_in(zhang).post("/customers/add/", data)
    answer = sign_in(wang).post("/customers/add/", data)
    assert answer.url == "/customers/"
    assert Customer.objects.count() == 1


def test_a_leaver_is_named_in_a_form_and_stays_but_is_not_offered(
    zhang, wang, lina, sign_in
):
    customer = a_customer(zhang)
    dismiss(zhang)
    browser = sign_in(lina)
    url = reverse("customer_update", args=[customer.pk])
    page = browser.get(url)
    assert f'<option value="{zhang.pk}" selected>张伟' in page.text
    data = form_of(browser, url) | {"phone": "0871-63150000", "reporter": wang.pk}
    assert browser.post(url, data).status_code == 302
    assert Customer.objects.get().owner == zhang
    lookup = page.context["form"].fields["owner"].widget.attrs["data-lookup"]
    offered = browser.get(lookup)
    names = [row["text"] for row in offered.json()["results"]]
    assert "王芳" in names
    assert "张伟" not in names


def test_a_leaver_is_nobody_to_choose_anew(zhang, wang, lina, sign_in):
    customer = a_customer(wang)
    dismiss(zhang)
    url = reverse("customer_update", args=[customer.pk])
    browser = sign_in(lina)
    answer = browser.post(url, form_of(browser, url) | {"owner": zhang.pk})
    assert answer.status_code == 422
    assert Customer.objects.get().owner == wang
