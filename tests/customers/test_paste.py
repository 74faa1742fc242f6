"""The box of a form: a pasted text is split into its fields, checked and saved."""

import pytest
from django.utils.http import urlencode

from customers.models import Contact, Customer
from tests.factories import a_contact, a_customer
from tests.pages import books, form_of

pytestmark = pytest.mark.django_db

LICENCE = (
    "统一社会信用代码：91530100MA6K3XHT8W\n名称：昆明翠湖仪器有限公司\n"
    "住所：云南省昆明市五华区翠湖北路1号\n法定代表人：王强\n注册资本：伍佰万元整\n"
    "以上信息仅供参考"
)
CARD = (
    "昆明翠湖仪器（集团）有限公司\n李建华 采购部经理\n手机 13912340001\n"
    "电话：0871-63123456\nlijh@cuihu.com.cn\n周五之前回复"
)


def split(browser, path, text, **fields):
    """Send a form with a text in its box, and return the answer: nothing is saved."""
    before = books()
    data = form_of(browser, path) | {"pasted": text, "split": "1"} | fields
    answer = browser.post(path, data)
    assert answer.status_code == 200
    assert books() == before
    return answer


def shown(answer):
    """Return the form of an answer as a browser would send it."""
    form = answer.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()}


def test_a_licence_fills_in_a_customer_who_is_checked_and_saved(zhang, sign_in):
    browser = sign_in(zhang)
    answer = split(browser, "/customers/add/", LICENCE)
    fields = shown(answer)
    assert fields["name"] == "昆明翠湖仪器有限公司"
    assert fields["credit_code"] == "91530100MA6K3XHT8W"
    assert fields["address"] == "云南省昆明市五华区翠湖北路1号"
    assert fields["region"] == "530102"
    assert fields["remarks"] == "法定代表人：王强\n注册资本：伍佰万元整"
    assert answer.context["pasted"] == "以上信息仅供参考"
    assert "invalid-feedback" not in answer.text
    assert "已填入" in answer.text
    assert browser.post("/customers/add/", fields).status_code == 302
    customer = Customer.objects.get()
    assert customer.credit_code == "91530100MA6K3XHT8W"
    assert str(customer.region) == "云南省昆明市五华区"


def test_a_card_fills_in_a_contact_of_the_customer_it_names(zhang, sign_in):
    customer = a_customer(zhang, name="昆明翠湖仪器(集团)有限公司")
    browser = sign_in(zhang)
    answer = split(browser, "/contacts/add/", CARD)
    fields = shown(answer)
    assert fields["customer"] == str(customer.pk)
    wanted = ("李建华", "采购部经理", "13912340001", "0871-63123456")
    assert tuple(fields[n] for n in ("name", "title", "mobile", "phone")) == wanted
    assert fields["email"] == "lijh@cuihu.com.cn"
    assert answer.context["pasted"] == "周五之前回复"
    assert browser.post("/contacts/add/", fields).status_code == 302
    assert Contact.objects.get().customer == customer


def test_a_card_of_a_customer_whom_one_may_not_see_chooses_none(zhang, wang, sign_in):
    a_customer(zhang, name="昆明翠湖仪器（集团）有限公司")
    answer = split(sign_in(wang), "/contacts/add/", CARD)
    assert not shown(answer)["customer"]
    assert "公司：昆明翠湖仪器（集团）有限公司" in shown(answer)["remarks"]


def test_what_is_typed_already_stays_and_that_is_said(zhang, sign_in):
    typed = {"phone": "0871-60000000", "remarks": "老客户介绍", "employees": "x7"}
    answer = split(sign_in(zhang), "/customers/add/", f"{LICENCE}\n{CARD}", **typed)
    fields = shown(answer)
    assert fields["phone"] == "0871-60000000"
    assert fields["employees"] == "x7"
    assert fields["remarks"].startswith("老客户介绍\n")
    assert "手机：13912340001" in fields["remarks"]
    assert [value for _label, value in answer.context["filled"].kept] == [
        "0871-63123456"
    ]
    assert "保留原值" in answer.text
    again = split(sign_in(zhang), "/customers/add/", CARD, remarks=fields["remarks"])
    assert shown(again)["remarks"].count("13912340001") == 1


def test_the_box_fills_in_what_is_missing_of_a_record(zhang, wang, sign_in):
    contact = a_contact(a_customer(zhang), name="李建华", mobile="")
    path = f"/contacts/{contact.pk}/edit/"
    answer = split(sign_in(zhang), path, CARD)
    fields = shown(answer)
    assert fields["mobile"] == "13912340001"
    assert fields["customer"] == str(contact.customer_id)
    assert sign_in(zhang).post(path, fields).status_code == 302
    contact.refresh_from_db()
    assert contact.mobile == "13912340001"
    assert sign_in(wang).post(path, {"split": "1"}).status_code == 404


def test_what_is_not_understood_stays_and_is_said(chen, zhang, sign_in):
    answer = split(sign_in(zhang), "/customers/add/", "今天天气不错")
    assert answer.context["pasted"] == "今天天气不错"
    assert "没有识别出" in answer.text
    answer = sign_in(chen).post("/customers/add/", {"split": "1", "pasted": CARD})
    assert answer.status_code == 403


def test_a_text_that_is_far_too_long_is_an_answer(zhang, sign_in):
    text = "电话：139" * 30_000
    answer = split(sign_in(zhang), "/customers/add/", text)
    assert len(answer.context["pasted"]) > 80_000


# --- Series ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "fields", "kept"),
    [
        ("/system/departments/", {"name": "华南区"}, "parent"),
        (
            "/system/dictionaries/",
            {"kind": "industry", "code": "x1", "label": "测试", "order": "1"},
            "kind",
        ),
        ("/system/holidays/", {"day": "2028-10-02", "kind": "make_up"}, "kind"),
        (
            "/system/users/",
            {"username": "xu", "name": "徐明", "password": "Peng-Hao-72x"},
            "department",
        ),
    ],
)
def test_a_series_goes_on_in_every_form(zhou, sign_in, path, fields, kept):
    browser, add = sign_in(zhou), f"{path}add/"
    data = form_of(browser, add) | fields | {"save_and_add": "1"}
    data = {name: value for name, value in data.items() if value not in ("", None)}
    data.setdefault(kept, zhou.department_id)
    answer = browser.post(add, data)
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer.url == f"{add}?{urlencode({kept: data[kept]})}"
    form = browser.get(answer.url).context["form"]
    assert str(form[kept].value()) == str(data[kept])
    assert "保存并继续新增" in browser.get(answer.url).text
