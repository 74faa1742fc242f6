"""The tour: each role is led through the pages of its work, step by step."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from crm.navigation import MENU
from system.help.tour import steps_of
from system.help.tour_steps import PARTS
from tests.people import hire

pytestmark = pytest.mark.django_db

HELP = "/help/tour/"


def _note(page):
    note = re.search(r'<section class="card tour".*?</section>', page, re.DOTALL)
    return note and note[0]


@pytest.mark.parametrize(
    ("person", "pages"),
    [
        ("zhang", ["customer_list", "lead_list", "opportunity_list", "contract_list"]),
        (
            "chen",
            ["newsitem_list", "competitor_list", "encounter_list", "interaction_list"],
        ),
        ("lina", ["inbox", "duplicate_list", "feedentry_list"]),
        ("zhao", ["customer_list", "contract_list", "approval_list", "statistics"]),
        (
            "zhou",
            ["user_list", "role_list", "dictionaryitem_list", "backup_list", "log"],
        ),
    ],
)
def test_each_role_is_led_through_its_own_work(person, pages, request):
    shown = list(steps_of(request.getfixturevalue(person)))
    assert (shown[0], shown[-1]) == ("home", "notice_settings")
    assert [page for page in shown if page in pages] == pages


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        ("finance", ["receipt_list", "invoice_list", "receivable_list"]),
        ("sales_director", ["opportunity_list", "statistics", "pipeline_list"]),
    ],
)
def test_finance_and_directors_are_led_through_theirs_alone(role, pages, head_office):
    person = hire(role, "何敏", role, department=head_office)
    assert list(steps_of(person)) == ["home", *pages, "notice_settings"]


def test_every_step_opens_for_whom_it_is_meant(zhang, chen, lina, zhao, zhou, sign_in):
    for person in (zhang, chen, lina, zhao, zhou):
        browser = sign_in(person)
        steps = steps_of(person)
        for number, page in enumerate(steps, start=1):
            answer = browser.post(HELP, {"step": page})
            assert answer.url == reverse(page), page
            note = _note(browser.get(answer.url).text)
            assert f"第 {number} 步，共 {len(steps)} 步" in note
            assert (len(steps) == number) == ("完成" in note)


def test_the_first_step_says_what_ones_own_workbench_has(zhang, zhou, head_office):
    he = hire("finance", "何敏", "finance", department=head_office)
    with translation.override("zh-hans"):
        said = {one: str(steps_of(one)["home"].words) for one in (zhang, zhou, he)}
    assert "被退回的报送" in said[zhang]
    assert "登录" in said[zhou]
    assert "菜单" in said[he]
    assert "报送" not in said[zhou] + said[he]


def test_keys_are_said_apart_for_whoever_has_some(zhao):
    with translation.override("zh-hans"):
        for page, step in steps_of(zhao).items():
            assert "键" not in str(step.words), page
            assert "Ctrl" not in str(step.words), page
    assert any(step.keys for step in steps_of(zhao).values())


def test_what_is_said_stands_on_its_own_page_alone_and_ends(zhang, sign_in):
    browser = sign_in(zhang)
    assert _note(browser.get("/").text) is None
    browser.post(HELP, {"step": "customer_list"})
    assert "拼音首字母" in _note(browser.get("/customers/").text)
    assert _note(browser.get("/contracts/").text) is None
    assert "继续导览" in browser.get("/").text
    answer = browser.post(HELP, {"step": ""}, headers={"referer": "/customers/"})
    assert answer.url == "/customers/"
    assert _note(browser.get("/customers/").text) is None
    assert "开始导览" in browser.get("/").text


def test_nobody_is_led_where_they_may_not_go(zhang, zhou, sign_in):
    browser = sign_in(zhang)
    assert browser.post(HELP, {"step": "user_list"}).status_code == 400
    assert browser.post(HELP, {"step": "//evil.example"}).status_code == 400
    browser.cookies[settings.TOUR_COOKIE_NAME] = "user_list"
    assert browser.get("/system/users/").status_code == 403
    assert "开始导览" in browser.get("/").text


def test_steps_are_pages_of_the_menu_or_one_s_own():
    pages = {step.page for part in PARTS for step in part.steps}
    named = {item.url_name for group in MENU for item in group.items}
    assert pages - named == {"notice_settings"}
    for page in pages:
        assert reverse(page)
