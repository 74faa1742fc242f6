"""Pages of customers: who sees what, who may change what."""

import pytest
from django.urls import reverse

from customers.models import Customer
from tests.factories import a_contact, a_customer

pytestmark = pytest.mark.django_db


def test_salesperson_sees_own_customers_only(zhang, wang, sign_in):
    mine, theirs = a_customer(zhang, name="华夏科技"), a_customer(wang, name="东方贸易")
    page = sign_in(zhang).get("/customers/").content.decode()
    assert mine.name in page
    assert theirs.name not in page
    assert 'data-total="1"' in page


def test_foreign_row_is_not_found(zhang, wang, sign_in):
    theirs = a_customer(wang)
    browser = sign_in(zhang)
    for name in ("detail", "update", "delete"):
        url = reverse(f"customer_{name}", args=[theirs.pk])
        assert browser.get(url).status_code == 404


def test_without_a_role_nothing_opens(nobody, sign_in):
    browser = sign_in(nobody)
    assert browser.get("/customers/").status_code == 403
    assert browser.get("/customers/add/").status_code == 403


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("华夏", True),
        ("科", True),
        ("huaxia", True),
        ("hxkj", True),
        ("8765", True),
        ("KH0", True),
        ("东方", False),
    ],
)
def test_customer_is_found_by_any_part(zhang, sign_in, word, found):
    a_customer(zhang, name="北京华夏科技有限公司", phone="010-87654321")
    answer = sign_in(zhang).get("/customers/", {"q": word})
    assert (answer.context["total"] == 1) is found


def test_unknown_conditions_show_no_rows(zhang, sign_in):
    a_customer(zhang)
    for query in (
        "colour=red",
        "status=nonsense",
        "employees_min=abc",
        "sort=x",
        "page=9",
    ):
        answer = sign_in(zhang).get(f"/customers/?{query}")
        assert answer.status_code == 200
        assert answer.context["errors"], query
        assert list(answer.context["page_obj"].object_list) == [], query


def form_of(browser, url):
    """Return the fields of the form on a page as a browser would send them."""
    form = browser.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()}


def test_salesperson_reports_a_customer(zhang, sign_in):
    browser = sign_in(zhang)
    data = form_of(browser, "/customers/add/") | {"name": "  新客户有限公司　"}
    answer = browser.post("/customers/add/", data)
    customer = Customer.objects.get()
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer.url == customer.get_absolute_url()
    assert customer.name == "新客户有限公司"
    assert customer.registration == "reported"
    assert customer.owner == customer.reporter == customer.entered_by == zhang
    assert browser.get(answer.url).status_code == 200


def test_a_double_click_makes_one_customer(zhang, sign_in):
    browser = sign_in(zhang)
    data = form_of(browser, "/customers/add/") | {"name": "新客户"}
    answers = [browser.post("/customers/add/", data) for _ in range(2)]
    assert Customer.objects.count() == 1
    assert answers[0].url == answers[1].url


def test_a_stale_form_shows_both_texts(zhang, sign_in):
    customer = a_customer(zhang, name="旧名字")
    browser = sign_in(zhang)
    url = reverse("customer_update", args=[customer.pk])
    data = form_of(browser, url)
    Customer.objects.filter(pk=customer.pk).update(name="别人的名字")
    answer = browser.post(url, data | {"name": "我的名字"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "别人的名字" in page
    assert "我的名字" in page
    customer.refresh_from_db()
    assert customer.name == "别人的名字"


def test_customer_page_counts_its_contacts(zhang, sign_in):
    customer = a_customer(zhang)
    a_contact(customer)
    answer = sign_in(zhang).get(customer.get_absolute_url())
    counts = {tab["key"]: tab["count"] for tab in answer.context["tabs"]}
    assert counts["contact"] == 1
    assert counts["file"] == counts["relations"] == counts["team"] == 0


def test_a_code_may_be_pasted_with_blanks(lina, sign_in):
    browser = sign_in(lina)
    data = form_of(browser, "/customers/add/") | {"name": "滇润食品"}
    code = "9153 0111 mad0 0791 9t"
    assert browser.post("/customers/add/", data | {"credit_code": code}).url
    assert Customer.objects.get().credit_code == "91530111MAD007919T"


def test_a_parent_that_one_may_not_see_keeps_its_name(zhang, wang, sign_in):
    parent = a_customer(wang, name="看不见的集团")
    child = a_customer(zhang, parent=parent)
    browser = sign_in(zhang)
    for url in (child.get_absolute_url(), "/customers/?column=name&column=parent"):
        assert "看不见的集团" not in browser.get(url).text
    assert "看不见的集团" in sign_in(wang).get(parent.get_absolute_url()).text


def test_nobody_is_born_tomorrow(zhang, sign_in):
    browser = sign_in(zhang)
    customer = a_customer(zhang)
    url = f"/contacts/add/?customer={customer.pk}"
    data = form_of(browser, url) | {"name": "李明", "birthday": "2999-01-01"}
    answer = browser.post("/contacts/add/", data)
    assert answer.context["form"].errors["birthday"]
