"""New rows that are probably there already are added, skipped or refused, as chosen."""

import csv

import pytest

from crm import disclosures
from customers.models import Contact, Customer, Membership
from system.imports import running
from system.models import TakenRow
from tests.factories import a_customer
from tests.samples import counts, preview

pytestmark = pytest.mark.django_db

FILE = (
    "客户名称,电话,联系人,联系人手机\n"
    "深圳前洲供应链有限责任公司,,赵一,13800138001\n"
    "昆明华霞科技有限公司,,,\n"
    "另一家有限公司,+86 871 6312 3456,,\n"
    "大理东方贸易有限公司,,,\n"
)


@pytest.fixture
def known(zhang):
    """Three customers of 张伟: of one name, of one telephone, and one only alike."""
    named = a_customer(zhang, name="深圳前洲供应链有限公司")
    dialled = a_customer(zhang, name="滇润公司", phone="0871-63123456")
    a_customer(zhang, name="昆明华夏科技有限公司")
    return named, dialled


def imported(browser, content=FILE, **sent):
    """Go through all steps and return the answer and the import."""
    found = preview(browser, content)
    answer = browser.post(f"/system/imports/{found.pk}/run/", sent)
    found.refresh_from_db()
    return answer, found


def test_the_preview_says_what_each_choice_would_do(known, zhang, sign_in):
    browser = sign_in(zhang)
    found = preview(browser, FILE)
    page = browser.get(found.get_absolute_url())
    assert [list(row[1:]) for row in page.context["ways"]] == [
        [4, 0, 0, 0],
        [2, 0, 2, 0],
        [2, 2, 0, 0],
        [2, 0, 0, 2],
    ]
    assert 'data-doubles="2"' in page.content.decode()


def test_names_that_are_only_alike_are_found_in_all_rows(known, zhang, sign_in):
    rows = "".join(f"第{n}家不同的公司\n" for n in range(300))
    found = preview(sign_in(zhang), f"客户名称\n{rows}昆明华霞科技有限公司\n")
    assert [row[0] for row in found.preview["alike"]] == [302]


def test_nothing_is_asked_where_nothing_is_probably_there(zhang, sign_in):
    browser = sign_in(zhang)
    found = preview(browser, FILE)
    assert "data-doubles" not in browser.get(found.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, (4, 4, 0, 0, 0)),
        ({"doubles": "create"}, (4, 4, 0, 0, 0)),
        ({"doubles": "skip"}, (4, 2, 0, 2, 0)),
        ({"doubles": "refuse"}, (4, 2, 0, 0, 2)),
    ],
)
def test_rows_become_what_was_chosen(known, zhang, sign_in, sent, expected):
    _answer, found = imported(sign_in(zhang), **sent)
    assert counts(found) == expected
    assert Customer.objects.count() == 3 + found.created
    # Whoever is named beside a row that is not added is not added either.
    assert Contact.objects.count() == (found.created == 4)


def test_rows_change_the_records_that_they_probably_are(known, zhang, sign_in):
    _answer, found = imported(sign_in(zhang), doubles="update")
    assert counts(found) == (4, 2, 1, 1, 0)
    named, dialled = known
    dialled.refresh_from_db()
    named.refresh_from_db()
    assert (named.name, dialled.name) == ("深圳前洲供应链有限公司", "滇润公司")
    assert dialled.phone == "+86 871 6312 3456"
    assert Contact.objects.get().customer == named
    sign_in(zhang).post(f"/system/imports/{found.pk}/undo/")
    dialled.refresh_from_db()
    assert dialled.phone == "0871-63123456"
    assert Customer.objects.count() == 3


def test_what_one_may_not_change_is_refused(known, zhang, wang, sign_in):
    Customer.objects.update(owner=wang)
    Membership.objects.create(customer=known[0], user=zhang, may_write=False)
    _answer, found = imported(sign_in(zhang), doubles="update")
    assert found.updated == 0
    assert found.refused == 2


def test_the_report_names_the_skipped_rows_and_why(known, zhang, sign_in):
    browser = sign_in(zhang)
    _answer, found = imported(browser, doubles="skip")
    page = browser.get(f"/system/imports/{found.pk}/").content.decode()
    for customer, words in zip(known, ("名称相同", "电话相同"), strict=True):
        assert f'<a href="{customer.get_absolute_url()}">{customer}</a>' in page
        assert f"疑似重复：{words}" in page
    file = browser.get(f"/system/imports/{found.pk}/taken/?format=csv")
    rows = list(csv.reader(file.getvalue().decode("utf-8-sig").splitlines()))
    assert [row[:3] for row in rows[1:]] == [
        ["2", "疑似重复：名称相同", known[0].name],
        ["4", "疑似重复：电话相同", known[1].name],
    ]


def test_the_refused_rows_say_which_record_they_are(known, zhang, sign_in):
    _answer, found = imported(sign_in(zhang), doubles="refuse")
    assert [row.reasons[0][1] for row in found.refusals.all()] == [
        f"疑似重复：{known[0].number}（名称相同）。",
        f"疑似重复：{known[1].number}（电话相同）。",
    ]


def test_the_record_that_a_refusal_speaks_of_is_led_to(known, zhang, wang, sign_in):
    browser = sign_in(zhang)
    _answer, found = imported(browser, doubles="refuse")
    address = f"/system/imports/{found.pk}/"
    Customer.objects.filter(pk=known[0].pk).update(name="改了名的公司")
    page = browser.get(address).text
    assert f'href="{known[0].get_absolute_url()}" dir="auto">改了名的公司</a>' in page
    assert f'href="{known[1].get_absolute_url()}"' in page
    Customer.objects.filter(pk=known[0].pk).update(owner=wang)
    assert known[0].get_absolute_url() not in browser.get(address).text


def test_a_row_that_fits_several_leads_to_each_of_them(zhang, sign_in):
    several = [a_customer(zhang, name="同名公司") for _n in range(2)]
    browser = sign_in(zhang)
    _answer, found = imported(browser, "客户名称,地址\n同名公司,昆明\n")
    page = browser.get(f"/system/imports/{found.pk}/").text
    assert found.refused == 1
    assert all(f'href="{one.get_absolute_url()}"' in page for one in several)


@pytest.mark.parametrize("choice", ["skip", "refuse"])
def test_of_others_customers_the_report_says_only_whom_to_ask(
    wang, zhang, sign_in, choice
):
    hidden = a_customer(wang, name="深圳前洲供应链有限公司", address="秘密路1号")
    browser = sign_in(zhang)
    _answer, found = imported(browser, doubles=choice)
    assert (found.created, found.skipped + found.refused) == (3, 1)
    page = browser.get(f"/system/imports/{found.pk}/").content.decode()
    assert f"请向{wang.department}询问" in page
    for secret in ("秘密", hidden.number, hidden.get_absolute_url(), hidden.name):
        assert secret not in page


def test_a_file_skips_no_more_of_others_customers_than_it_may_tell(
    wang, zhang, sign_in, monkeypatch
):
    monkeypatch.setattr(disclosures, "MOST_A_DAY", 2)
    names = [f"深圳{sign}洲供应链有限公司" for sign in "甲乙丙丁"]
    for name in names:
        a_customer(wang, name=name)
    _answer, found = imported(
        sign_in(zhang), "\n".join(("客户名称", *names)), doubles="skip"
    )
    assert counts(found) == (4, 2, 0, 2, 0)


def test_the_choice_holds_for_every_slice(known, zhang, sign_in, worker, monkeypatch):
    monkeypatch.setattr(running, "SLICE", 2)
    browser = sign_in(zhang)
    _answer, found = imported(browser, doubles="skip")
    worker.drain()
    found.refresh_from_db()
    assert counts(found) == (4, 2, 0, 2, 0)
    assert [row.number for row in TakenRow.objects.filter(reason="alike")] == [2, 4]


def test_an_unknown_choice_is_refused_in_words(known, zhang, sign_in):
    answer, found = imported(sign_in(zhang), doubles="zz")
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()
    assert found.state == found.State.PREVIEWED
    assert Customer.objects.count() == 3


def test_only_customers_are_compared_so(lina, sign_in):
    browser = sign_in(lina)
    found = preview(browser, "竞争对手名称\n甲公司\n", address="/competitors/import/")
    page = browser.get(found.get_absolute_url()).content.decode()
    assert 'name="doubles"' not in page
