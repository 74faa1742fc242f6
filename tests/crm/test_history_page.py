"""The history of a record: old and new, for whoever sees the record."""

import pytest

from tests.factories import a_customer
from tests.pages import form_of, shows

pytestmark = pytest.mark.django_db


def test_the_history_tells_old_and_new(zhang, sign_in):
    customer = a_customer(zhang, name="旧名", status="potential")
    browser = sign_in(zhang)
    url = f"/customers/{customer.pk}/edit/"
    browser.post(url, form_of(browser, url) | {"name": "新名", "status": "won"})
    answer = browser.get(f"/history/customers.customer/{customer.pk}/")
    latest = answer.context["entries"][0]
    told = {c["name"]: (c["old"], c["new"]) for c in latest.readable_changes}
    assert told == {"name": ("旧名", "新名"), "status": ("潜在", "成交")}
    assert (latest.actor_name, latest.verb_label) == ("张伟", "编辑")
    assert latest.address == "127.0.0.1"
    assert shows(answer, "旧名")


def test_the_history_of_a_customer_tells_of_its_parts(zhang, wang, sign_in):
    customer = a_customer(zhang)
    browser = sign_in(zhang)
    browser.post(f"/customers/{customer.pk}/team/add/", {"user": wang.pk})
    answer = browser.get(f"/history/customers.customer/{customer.pk}/")
    assert shows(answer, "王芳")


def test_the_history_withholds_names_of_unseen_rows(zhang, wang, sign_in):
    theirs = a_customer(wang, name="看不见的公司")
    mine = a_customer(zhang, parent=theirs)
    answer = sign_in(zhang).get(f"/history/customers.customer/{mine.pk}/")
    assert answer.status_code == 200
    assert "看不见的公司" not in answer.text
    assert shows(answer, "（您无权查看）")


@pytest.mark.parametrize("label", ["crm.user", "crm.role", "x.y", "x", "a.b.c"])
def test_what_is_no_record_has_no_history_page(zhang, sign_in, label):
    assert sign_in(zhang).get(f"/history/{label}/{zhang.pk}/").status_code == 404


def test_the_history_shows_texts_escaped(zhang, sign_in):
    trap = "<script>alert('雀')</script>"
    customer = a_customer(zhang, name=trap, remarks=trap)
    answer = sign_in(zhang).get(f"/history/customers.customer/{customer.pk}/")
    assert shows(answer, trap)
    assert "<script>alert" not in answer.text
