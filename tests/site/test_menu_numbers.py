"""Numbers in the menu are those of the lists behind them."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Role
from sales.models import Lead
from tests.factories import a_contact, a_customer, a_lead, an_interaction
from tests.system.test_reminders import written

pytestmark = pytest.mark.django_db
ENTRY = re.compile(r'<a href="([^"]+)"[^>]*>[^<]+(?:<span[^>]*>([^<]*))?')


def numbers(browser, url="/"):
    """Return {address: number} of the entries of the menu that have one."""
    menu = browser.get(url).content.decode().partition('id="menu"')[2]
    found = ENTRY.findall(menu.partition("</nav>")[0])
    return {address: number for address, number in found if number}


def test_the_inbox_says_how_many_wait_in_it(zhang, wang, lina, sign_in):
    browser = sign_in(lina)
    assert numbers(browser) == {}
    report = a_customer(zhang, registered=False)
    a_contact(report, registered=False)
    an_interaction(a_customer(wang), registered=False)
    assert numbers(browser) == {"/system/inbox/": "3"}
    assert browser.get("/system/inbox/").context["total"] == 3
    report.register(lina)
    assert numbers(browser, "/customers/") == {"/system/inbox/": "2"}


def test_very_many_are_no_exact_number(zhang, lina, sign_in):
    for _time in range(100):
        a_customer(zhang, registered=False)
    assert numbers(sign_in(lina)) == {"/system/inbox/": "99+"}


def test_what_came_back_stands_in_the_menu_as_long_as_it_lies_there(
    zhang, wang, lina, sign_in
):
    report = a_customer(zhang, registered=False, name="昆明滇池食品有限公司")
    a_customer(wang, registered=False).send_back(lina, "请补充电话")
    browser = sign_in(zhang)
    assert "/system/returned/" not in browser.get("/").content.decode()
    report.send_back(lina, "请补充地址")
    assert numbers(browser) == {"/system/returned/": "1"}
    page = browser.get("/system/returned/").content.decode()
    assert 'data-total="1"' in page
    for text in ("昆明滇池食品有限公司", "请补充地址", "客户"):
        assert text in page
    assert "请补充电话" not in page
    report.report_again(zhang)
    assert numbers(browser) == {}


def test_leads_that_wait_are_counted_as_their_list_has_them(zhang, nobody, sign_in):
    """Whoever sees more of them than they may change finds all of these there."""
    grants = {"sales.view_lead": "all", "sales.change_lead": "own"}
    role = Role.objects.create(name="助理", grants=grants)
    nobody.role_assignments.create(role=role)
    ago = timezone.now() - timedelta(days=10)
    written(
        Lead.objects.filter(pk__in=[a_lead(zhang).pk, a_lead(nobody).pk]),
        status_since=ago,
    )
    browser = sign_in(nobody)
    ((url, number),) = numbers(browser).items()
    assert number == "2"
    assert 'data-total="2"' in browser.get(unescape(url)).text


def test_all_numbers_of_a_menu_are_one_query(zhang, lina, sign_in):
    for person in (zhang, lina):
        browser = sign_in(person)
        browser.get("/profile/")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/profile/")
        counting = [q for q in queries if "EXECUTE menu_numbers" in q["sql"]]
        assert len(counting) == 1
