"""Whose new records become: of a column, of one person, by region or level, in turn."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from crm.models import DictionaryItem, Role
from customers.models import Contact, Customer
from feedback.models import Interaction
from system.imports import running
from system.models import ImportRun
from tests.factories import a_customer, a_pool, put_in
from tests.people import dismiss
from tests.samples import chosen, counts, preview, run, upload

pytestmark = pytest.mark.django_db
PLACES = "客户名称,省份,级别,负责人,联系人,手机\n"
ROWS = (
    "甲公司,云南省,A,,王一,13800000001\n"
    "乙公司,云南省昆明市,B,,,\n"
    "丙公司,广东省,A,,李二,13800000002\n"
    "丁公司,,,,,\n"
    "戊公司,云南省,A,sales3,,\n"
    "己公司,不知何处,A,,,\n"
)


def owners():
    """Return {name of a customer: username of its owner}."""
    return dict(Customer.objects.values_list("name", "owner__username"))


def told(browser, found):
    """Return {username: rows} as the preview tells it."""
    page = browser.get(reverse("import_preview", args=[found.pk]))
    return {person.username: number for person, number in page.context["owners"]}


def share(browser, found, **to):
    """Say whose the parts become, as the preview asks; return its answer."""
    found.refresh_from_db()
    data = {f"part_{part}": person.pk for part, person in to.items()}
    address = reverse("import_shares", args=[found.pk])
    return browser.post(address, data | {"version": found.decisions})


def test_by_region_as_the_preview_tells(lina, zhang, wang, liu, sign_in):
    browser = sign_in(lina)
    found = preview(browser, PLACES + ROWS, owned_by="region", assigned_to=wang.pk)
    page = browser.get(reverse("import_preview", args=[found.pk])).text
    assert "云南省 (2)" in page
    assert "广东省 (1)" in page
    assert told(browser, found) == {"sales2": 4, "sales3": 1}
    answer = share(browser, found, **{"53": zhang, "44": liu})
    assert answer.status_code == 302
    assert told(browser, found) == {"sales": 2, "sales3": 2, "sales2": 1}
    assert not Customer.objects.exists()
    browser.post(reverse("import_run", args=[found.pk]))
    found.refresh_from_db()
    assert counts(found) == (6, 5, 0, 0, 1)
    assert owners() == {
        "甲公司": "sales",
        "乙公司": "sales",
        "丙公司": "sales3",
        "丁公司": "sales2",
        "戊公司": "sales3",
    }
    contacts = dict(Contact.objects.values_list("name", "owner__username"))
    assert contacts == {"王一": "sales", "李二": "sales3"}


def test_by_level_the_rest_goes_to_whoever_imports(lina, zhang, liu, sign_in):
    browser = sign_in(lina)
    found = preview(browser, PLACES + ROWS, owned_by="level")
    level = DictionaryItem.objects.get(kind="customer_level", label__startswith="A")
    share(browser, found, **{str(level.pk): zhang})
    browser.post(reverse("import_run", args=[found.pk]))
    assert owners() == {
        "甲公司": "sales",
        "乙公司": "infoadmin",
        "丙公司": "sales",
        "丁公司": "infoadmin",
        "戊公司": "sales3",
    }


def test_in_turn_as_many_to_each_over_the_slices(
    lina, zhang, wang, sign_in, worker, monkeypatch
):
    monkeypatch.setattr(running, "SLICE", 3)
    a_customer(lina, name="名七")
    text = "客户名称\n" + "".join(f"名{sign}\n" for sign in "一二三四五六七八九")
    said = {"owned_by": "round", "turns": [wang.pk, zhang.pk]}
    browser = sign_in(lina)
    found = preview(browser, text, **said)
    assert told(browser, found) == {"sales": 4, "sales2": 4}
    browser.post(reverse("import_run", args=[found.pk]))
    worker.drain()
    fresh = Customer.objects.exclude(name="名七").order_by("pk")
    named = list(fresh.values_list("owner__username", flat=True))
    assert {*named[:2]} == {"sales", "sales2"}
    assert named == named[:2] * 4


def test_a_row_that_is_left_out_takes_nobody_s_turn(lina, zhang, wang, sign_in):
    a_customer(lina, name="一号有限公司", phone="0871-63123456")
    text = (
        "客户名称,电话\n一号公司二部,0871-63123456\n甲公司,\n"
        "另一号公司,0871-63123456\n乙公司,\n"
    )
    browser = sign_in(lina)
    found = preview(browser, text, owned_by="round", turns=[wang.pk, zhang.pk])
    browser.post(reverse("import_run", args=[found.pk]), {"doubles": "skip"})
    found.refresh_from_db()
    assert counts(found) == (4, 2, 0, 2, 0)
    assert {owners()["甲公司"], owners()["乙公司"]} == {"sales2", "sales"}


def test_somebody_must_take_the_turns(lina, sign_in):
    browser = sign_in(lina)
    answer = upload(browser, "客户名称\n甲公司\n")
    answer = browser.post(answer.url, chosen(browser, answer.url, owned_by="round"))
    assert answer.status_code == 422
    assert answer.context["form"].errors["turns"] == ["请选择轮流接手的人员。"]


def test_nothing_goes_to_whoever_has_left_meanwhile(lina, zhang, wang, sign_in):
    browser = sign_in(lina)
    text = "客户名称\n甲公司\n"
    found = preview(browser, text, owned_by="round", turns=[wang.pk, zhang.pk])
    dismiss(wang)
    answer = browser.post(reverse("import_run", args=[found.pk]))
    assert answer.status_code == 422
    assert "已离职" in answer.text
    assert not Customer.objects.exists()
    with pytest.raises(ValidationError, match="已离职"):
        running.advance(found.pk)


def test_what_was_written_of_customers_of_who_has_left_is_the_importers(
    lina, zhang, wang, sign_in
):
    a_customer(zhang, name="甲公司"), a_customer(wang, name="乙公司")
    dismiss(wang)
    text = "客户名称,跟进时间,跟进内容\n" + "".join(
        f"{name},2024-03-01,回访{name}\n" for name in ("甲公司", "乙公司")
    )
    found = run(sign_in(lina), text, address="/interactions/import/", owned_by="above")
    assert counts(found) == (2, 2, 0, 0, 0)
    owners = dict(Interaction.objects.values_list("subject", "owner__username"))
    assert owners == {"回访甲公司": "sales", "回访乙公司": "infoadmin"}


def test_who_gives_away_nothing_is_not_asked_and_not_heard(zhang, wang, sign_in):
    browser = sign_in(zhang)
    answer = upload(browser, PLACES + "甲公司,云南省,A,,,\n")
    assert "owned_by" not in answer.wsgi_request.POST
    data = {"owned_by": "region", "assigned_to": wang.pk, "turns": [wang.pk]}
    browser.post(answer.url, chosen(browser, answer.url) | data)
    found = ImportRun.objects.get()
    share(browser, found, **{"53": wang})
    browser.post(reverse("import_run", args=[found.pk]))
    assert owners() == {"甲公司": "sales"}


@pytest.mark.parametrize("reach", ["own", "department"])
def test_a_right_that_was_taken_meanwhile_gives_nothing_away(
    lina, chen, zhang, sign_in, reach
):
    browser = sign_in(lina)
    found = preview(
        browser, "客户名称\n甲公司\n", owned_by="person", assigned_to=zhang.pk
    )
    role = Role.objects.get(code="information_administrator")
    role.grants["customers.add_customer"] = reach
    role.save()
    answer = browser.post(reverse("import_run", args=[found.pk]))
    assert owners() == ({"甲公司": "infoadmin"} if reach == "own" else {})
    assert answer.status_code == (302 if reach == "own" else 422)


@pytest.mark.parametrize(
    ("address", "rules"),
    [
        ("/customers/import/", {"", "person", "region", "level", "round"}),
        ("/interactions/import/", {"", "person", "above", "round"}),
        ("/competitors/import/", {"", "person", "region", "round"}),
        ("/news/import/", {"", "person", "region", "round"}),
        ("/products/import/", {"", "person", "round"}),
    ],
)
def test_only_rules_that_fit_the_kind_are_offered(lina, sign_in, address, rules):
    browser = sign_in(lina)
    answer = upload(browser, "名称,客户名称\n甲,乙\n", address=address)
    field = browser.get(answer.url).context["form"].fields.get("owned_by")
    assert {rule for rule, _label in field.choices} == rules


def test_a_customer_in_a_pool_is_given_to_nobody(lina, zhang, wang, sign_in):
    first, second, own = (a_customer(zhang, name=f"{n}公司") for n in "甲乙丙")
    put_in(a_pool(), first, second)
    rows = (
        "客户编号,客户名称,负责人,地址",
        f"{first.number},甲公司,sales2,昆明",
        f"{second.number},乙公司,,大理",
        f"{own.number},丙公司,sales2,丽江",
    )
    found = run(sign_in(lina), "\n".join(rows), known="update")
    assert counts(found) == (3, 0, 2, 0, 1)
    said = "该客户在公海，请在公海领取或分配。"
    assert found.refusals.get().reasons == [["负责人", said]]
    for customer in (first, second, own):
        customer.refresh_from_db()
    assert (first.owner, first.address) == (None, "")
    assert (second.owner, second.address) == (None, "大理")
    assert (own.owner, own.address) == (wang, "丽江")


def test_nothing_writes_an_owner_of_a_customer_in_a_pool(zhang, wang):
    customer = put_in(a_pool(), a_customer(zhang))
    customer.owner = wang
    with pytest.raises(ValidationError) as refused:
        customer.full_clean()
    assert "owner" in refused.value.message_dict
