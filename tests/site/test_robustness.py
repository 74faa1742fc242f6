"""Nasty texts in every search and every field: no error of ours, always escaped.

The texts come from public collections that may not be redistributed; where they are
not at hand (beside the project, or where CRM_NASTY says), a few of our own do.
"""

import json
import os
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.urls import get_resolver

from crm.forms.lookups import LookupField, Sought
from crm.forms.parts import PartsFormSet
from customers.models import Customer
from tests.factories import a_customer
from tests.pages import form_of, record_models, shows

pytestmark = pytest.mark.django_db

FOLDER = Path(os.environ.get("CRM_NASTY") or settings.ROOT.parent / "shared/data/nasty")
OWN = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</title></textarea></script><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }}{% include 'x' %}",
    '" hx-get="/logout/" hx-trigger="load',
    "＜script＞alert(1)＜/script＞",
    "\u202eabc\u2066def\u200b",
    "مرحبا中文",
    "🧑‍🤝‍🧑",
    "' OR 1=1; DROP TABLE crm_user; --",
    "=cmd|' /C calc'!A0",
    "%s%n%x {0} %(name)s",
    "\ufeff\u0000\u0001\u0007",
    "\ud7ff\ue000\uffff",
    "Z" + "\u0301" * 10_000,
    "../../etc/passwd",
    "９９９",
    "NaN",
    "undefined",
)
#: Markup that a browser would act on if it stood in a page as it was typed.
LIVE = ("<script>alert", "<img src=x", "<svg onload", "<svg/onload", "<iframe")


def collected():
    """Return the texts of the collections, or nothing."""
    texts = []
    if (FOLDER / "blns.json").is_file():
        texts += json.loads((FOLDER / "blns.json").read_text(encoding="utf-8"))
    for path in sorted((FOLDER / "payloads").glob("*.txt")):
        texts += path.read_text(encoding="utf-8", errors="replace").splitlines()
    return [text for text in texts if text]


def is_harmless(answer, text):
    """Say whether a page does not repeat markup that was typed."""
    page = answer.content.decode()
    return not any(sign in page for sign in LIVE if sign in text)


def asked(browser, urls, texts):
    """Return what was wrong with the answers to each text at each address."""
    wrong = []
    for text in texts:
        for url, key in urls:
            answer = browser.get(url, {key: text})
            if answer.status_code not in (200, 400) or not is_harmless(answer, text):
                wrong.append((answer.status_code, url, key, text[:60]))
    return wrong


@pytest.fixture
def tough(lina, sign_in):
    """The browser of 李娜, that does not stop at an error of ours."""
    browser = sign_in(lina)
    browser.raise_request_exception = False
    return browser


def test_our_own_nasty_texts_everywhere(tough, zhang, sign_in):
    a_customer(zhang)
    keys = ("q", "sort", "page", "per_page", "column", "colour", "owner")
    urls, own = (
        [
            (model.page("list"), key)
            for model in record_models()
            for key in keys[:3]
            if model.personal is personal
        ]
        for personal in (False, True)
    )
    assert asked(tough, [*urls, ("/search/", "q")], OWN[:5]) == []
    assert asked(tough, [("/customers/", key) for key in keys], OWN) == []
    assert asked(sign_in(zhang), own, OWN[:5]) == []


def test_collected_nasty_texts_are_only_texts_to_a_search(tough, zhang):
    texts = collected()
    if not texts:
        pytest.skip(f"no collection of nasty texts in {FOLDER}")
    a_customer(zhang)
    urls = (
        ("/customers/", "q"),
        ("/search/", "q"),
        ("/options/customers.customer/", "q"),
    )
    assert asked(tough, urls[:1], texts[::3]) == []
    assert asked(tough, urls[1:2], texts[::9]) == []
    assert asked(tough, urls[2:], texts) == []


@pytest.mark.parametrize("field", ["name", "address", "remarks", "tags"])
def test_nasty_texts_as_values_are_stored_or_said(tough, field):
    url, wrong = "/customers/add/", []
    for text in (*OWN, *collected()[::40]):
        data = form_of(tough, url) | {"name": "公司", field: text}
        answer = tough.post(url, data)
        if answer.status_code not in (302, 422):
            wrong.append((answer.status_code, text[:60]))
        elif answer.status_code == 302:
            page = tough.get(answer.url)
            if page.status_code != 200 or not is_harmless(page, text):
                wrong.append((page.status_code, text[:60]))
    assert wrong == []
    answer = tough.get("/customers/?per_page=200&column=name&column=remarks")
    assert answer.status_code == 200
    assert not any(sign in answer.text for sign in LIVE)


@pytest.mark.parametrize("text", OWN, ids=range(len(OWN)))
def test_nasty_texts_in_every_field_at_once(tough, text):
    url = "/customers/add/"
    data = dict.fromkeys(form_of(tough, url), text)
    answer = tough.post(url, data | {"form_token": form_of(tough, url)["form_token"]})
    assert answer.status_code == 422
    assert is_harmless(answer, text)
    assert not Customer.objects.exists()


def test_a_form_of_three_megabytes_is_refused(tough):
    data = form_of(tough, "/customers/add/") | {"name": "长" * 1_100_000}
    assert tough.post("/customers/add/", data).status_code in (400, 413, 422)


def test_a_form_of_ten_thousand_fields_is_refused(tough):
    data = {f"field{number}": "x" for number in range(10_000)}
    assert tough.post("/customers/add/", data).status_code == 400


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "application/x-www-form-urlencoded; charset=utf-7",
        "application/x-www-form-urlencoded; charset=nonsense",
        "x",
    ],
)
def test_a_body_of_another_kind_changes_nothing(tough, kind):
    body = b'{"name": "\xff\xfe"}\x00--x\r\n'
    answer = tough.generic("POST", "/customers/add/", body, content_type=kind)
    assert answer.status_code in (400, 415, 422)
    assert not Customer.objects.exists()


@pytest.mark.parametrize("url", ["/customers/add/", "/login/", "/nowhere/"])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded; charset=utf-7", "a=1"),
        ("application/x-www-form-urlencoded", "&a=1" * 10_000),
        ("multipart/form-data; boundary=", "x"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_at_every_door(tough, url, kind, body):
    tough.handler.enforce_csrf_checks = True
    answer = tough.generic("POST", url, body, content_type=kind)
    assert answer.status_code == 400
    assert "无法识别的请求" in answer.text


def test_broken_utf8_in_an_address_is_no_error(tough, zhang):
    a_customer(zhang)
    for query in ("q=%ff%fe", "q=%ed%a0%80", "%ff=1", "q=%c0%80", "page=%ff"):
        assert tough.get(f"/customers/?{query}").status_code == 200
    for path in ("/%ff/", "/customers/%ff/", "/options/%ff/", "/%00/"):
        assert tough.get(path).status_code == 404


def test_a_name_of_the_longest_kind_is_shown_whole(tough, zhang):
    name = "名" * 200
    customer = a_customer(zhang, name=name)
    assert shows(tough.get(customer.get_absolute_url()), name)


@pytest.mark.parametrize("key", ["TOTAL_FORMS", "INITIAL_FORMS"])
def test_no_form_has_fewer_than_no_parts(tough, zhang, key):
    url = "/contracts/add/"
    data = form_of(tough, url) | {"customer": a_customer(zhang).pk, "title": "合同"}
    counts = {"lines-TOTAL_FORMS": "0", "lines-INITIAL_FORMS": "0"}
    answer = tough.post(url, data | counts | {f"lines-{key}": "-1"})
    assert answer.status_code == 422


def formsets(kind=BaseInlineFormSet):
    """Yield every kind of parts in a form that an address of ours takes."""
    for child in kind.__subclasses__():
        yield from formsets(child)
        if hasattr(child, "max_num"):
            yield child


def test_no_form_makes_many_more_parts_than_it_may_have():
    assert get_resolver().url_patterns  # makes them all
    kinds = list(formsets())
    assert len(kinds) >= 4
    for kind in kinds:
        assert issubclass(kind, PartsFormSet), kind
        assert kind.absolute_max <= 1.5 * kind.max_num, kind


@pytest.mark.parametrize("digits", [20, 5000, 100_000])
def test_a_number_of_any_length_is_only_a_wrong_choice(tough, digits):
    url = "/customers/add/"
    data = form_of(tough, url) | {"name": "公司"}
    for field in ("owner", "parent"):
        answer = tough.post(url, data | {field: "9" * digits})
        assert answer.status_code == 422, field
    assert tough.get("/customers/", {"owner": "9" * min(digits, 5000)}).status_code in (
        200,
        400,
    )


def test_digits_that_fit_several_rows_are_words_to_look_for(tough, zhang):
    a_customer(zhang, name="甲", phone="0871-63123451")
    a_customer(zhang, name="乙", phone="0871-63123452")
    url = "/customers/add/"
    data = form_of(tough, url) | {
        "name": "丙",
        "parent": "",
        "parent-search": "6312345",
    }
    answer = tough.post(url, data)
    assert answer.status_code == 422
    assert "6312345" in str(answer.context["form"].errors["parent"])


#: Every kind of row that a form may let one choose.
OFFERED = sorted(
    {
        field.related_model
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.many_to_one and hasattr(model, "history_part_of")
    },
    key=lambda model: model.__name__,
)


@pytest.mark.parametrize("model", OFFERED, ids=lambda model: model.__name__)
def test_every_box_that_is_searched_without_scripts_answers(model, zhang):
    field = LookupField(model._default_manager.all())
    field.offer(field.queryset, zhang)
    with pytest.raises(ValidationError) as refused:
        field.clean(Sought("<没有这样的>"))
    assert refused.value.code == "sought"


FORMSETS = ("lines", "prices", "products")
#: Pages with a form that lets one choose records; {id} is a customer's.
PAGES = (
    *(model.page("create") for model in record_models() if not model.personal),
    "/customers/{id}/relations/add/",
    "/customers/{id}/team/add/",
)


@pytest.mark.parametrize("page", PAGES)
def test_words_in_every_box_of_a_page_are_looked_for(page, tough, zhang):
    customer = a_customer(zhang)
    page = page.format(id=customer.pk)
    boxes = re.findall(r'name="([^"]+-search)"', tough.get(page).content.decode())
    assert boxes
    sent = form_of(tough, page) | {f"{name}-TOTAL_FORMS": 1 for name in FORMSETS}
    sent |= {f"{name}-INITIAL_FORMS": 0 for name in FORMSETS}
    for box in boxes:
        words = {box.removesuffix("-search"): "", box: "没有这样的"}
        answer = tough.post(page, sent | words)
        assert answer.status_code == 422, box
        assert box.startswith(FORMSETS) or shows(answer, "没有这样的"), box
