"""What a person sets up of a list is kept for them, and for nobody else."""

import pytest

from crm.models import ListSettings
from crm.views import conditions
from tests.factories import a_contact, a_customer

SETTINGS = "/lists/customer_list/settings/"
pytestmark = pytest.mark.django_db


def heads(browser, address="/customers/"):
    """Return the names of the columns that a list shows, from left to right."""
    return [column.name for column in browser.get(address).context["table"].shown]


@pytest.fixture
def seller(sign_in, zhang):
    """Return the browser of 张伟, who has customers."""
    for _number in range(12):
        a_customer(zhang)
    return sign_in(zhang)


def test_columns_and_their_order_are_kept(seller):
    names = ["name", "next_contact_at", "phone"]
    here = "/customers/?q=测试&page=2"
    answer = seller.post(SETTINGS, {"column": names, "next": here})
    assert answer.status_code == 302
    assert answer.url.startswith("/customers/?q=")
    assert "page=" not in answer.url
    assert heads(seller, answer.url) == names
    assert heads(seller) == names


def test_the_address_goes_before_what_is_kept(seller):
    seller.post(SETTINGS, {"column": ["name", "phone"], "per_page": "10"})
    assert heads(seller, "/customers/?column=name&column=level") == ["name", "level"]
    page = seller.get("/customers/?per_page=100").context
    assert page["per_page"] == 100
    assert seller.get("/customers/").context["per_page"] == 10


def test_the_column_that_names_the_row_stays_the_first(seller):
    seller.post(SETTINGS, {"column": ["phone", "name"]})
    assert heads(seller) == ["name", "phone"]


def test_what_is_kept_is_one_s_own_and_of_one_list(seller, zhang, wang, client):
    usual = heads(seller)
    seller.post(SETTINGS, {"column": ["name", "phone"]})
    a_contact(zhang_s := a_customer(zhang))
    assert heads(seller, f"/contacts/?customer={zhang_s.pk}")[0] == "name"
    client.force_login(wang)
    assert heads(client) == usual


def test_the_usual_columns_come_back(seller):
    usual = heads(seller)
    seller.post(SETTINGS, {"column": ["name", "phone"]})
    sent = {"reset": "1", "column": ["name"], "next": "/customers/?column=name"}
    answer = seller.post(SETTINGS, sent)
    assert answer.url == "/customers/"
    assert heads(seller) == usual


def test_conditions_that_were_unfolded_stay_so(seller):
    assert '<details class="conditions-more">' in seller.get("/customers/").text
    assert seller.post(SETTINGS, {"unfolded": "1"}).status_code == 204
    assert '<details class="conditions-more" open>' in seller.get("/customers/").text
    seller.post(SETTINGS, {"unfolded": "0"})
    assert '<details class="conditions-more">' in seller.get("/customers/").text


def test_what_somebody_asks_for_unfolds_nothing_for_the_next(seller):
    conditions._blank.clear()
    asked = seller.get("/customers/?website=cn").text
    assert '<details class="conditions-more" open>' in asked
    assert '<details class="conditions-more">' in seller.get("/customers/").text


def test_an_export_follows_what_is_seen_and_scripts_get_all(seller):
    seller.post(SETTINGS, {"column": ["name", "phone"]})
    page = seller.get("/customers/").text
    assert "export/?format=csv&amp;column=name&amp;column=phone" in page
    plain = b"".join(seller.get("/customers/export/?format=csv")).decode("utf-8-sig")
    assert len(plain.splitlines()[0].split(",")) > 20


@pytest.mark.parametrize(
    "sent",
    [
        {"column": ["owner__password", "colour"]},
        {"per_page": "7"},
        {"per_page": "-1"},
        {"unfolded": "yes"},
        {},
    ],
)
def test_what_cannot_be_is_not_kept(seller, sent):
    usual = heads(seller)
    assert seller.post(SETTINGS, sent).status_code == 204
    assert heads(seller) == usual
    assert seller.get("/customers/").context["per_page"] == 25


def test_widths_and_density_are_kept_and_drawn(seller):
    page = seller.get("/customers/").text
    assert "<col" not in page
    assert 'class="table rows"' in page
    sent = {"width_phone": "90", "width_name": "240", "compact": "1"}
    assert seller.post(SETTINGS, sent).status_code == 204
    assert seller.post(SETTINGS, {"width_phone": ""}).status_code == 204
    answer = seller.get("/customers/")
    head = answer.text.partition("<thead")[2].partition("</thead>")[0]
    assert head.count("<th\nscope") == len(answer.context["widths"])
    assert "客户名称" in head
    assert answer.context["widths"][0] == 240
    assert not any(answer.context["widths"][1:])
    assert '<col><col width="240"><col>' in answer.text
    assert 'class="table rows compact"' in answer.text
    seller.post(SETTINGS, {"reset": "1", "next": "/customers/"})
    assert "<col" not in seller.get("/customers/").text


def test_a_width_that_cannot_be_is_told_at_its_field(seller):
    sent = {"width_phone": "5000", "column": ["name", "phone"], "next": "/customers/"}
    answer = seller.post(SETTINGS, sent)
    assert answer.status_code == 422
    assert 'value="5000"' in answer.text
    assert "宽度应在 40 到 800 之间。" in answer.text
    assert not ListSettings.objects.exists()


def test_columns_are_set_up_on_a_page_of_their_own(seller):
    here = "/customers/?q=测试"
    page = seller.get(SETTINGS, {"next": here})
    assert page.context["columns"][0]["name"] == "name"
    sent = {"column": ["name", "level", "phone"], "up": "phone", "next": here}
    answer = seller.post(SETTINGS, sent)
    assert answer.url.startswith(f"{SETTINGS}?next=")
    assert heads(seller) == ["name", "phone", "level"]
    shown = [one["name"] for one in seller.get(answer.url).context["columns"]]
    assert shown[:3] == ["name", "phone", "level"]


@pytest.mark.parametrize("name", ["home", "customer_detail", "nothing", "search"])
def test_only_lists_have_settings(seller, name):
    assert seller.post(f"/lists/{name}/settings/", {}).status_code == 404
    assert not ListSettings.objects.exists()


def test_a_column_that_no_longer_exists_is_left_out(seller, zhang):
    ListSettings.objects.create(
        person=zhang, listing="customer_list", columns=["name", "gone", "phone"]
    )
    assert heads(seller) == ["name", "phone"]
