"""No page offers a link that leads nowhere."""

import re

import pytest

from tests.factories import a_contact, a_customer

pytestmark = pytest.mark.django_db

LINK = re.compile(r'href="(/[^"#]*)"')


@pytest.mark.parametrize("name", ["zhang", "chen", "lina", "zhao", "zhou"])
def test_every_link_of_every_page_in_the_menu_opens(name, request, zhang, sign_in):
    a_contact(a_customer(zhang))
    browser = sign_in(request.getfixturevalue(name))
    menu = {item["url"] for group in entries(browser) for item in group["items"]}
    seen = set()
    for page in sorted(menu):
        for link in LINK.findall(browser.get(page).text):
            if link not in seen and not link.startswith("/static/"):
                seen.add(link)
                answer = browser.get(link.replace("&amp;", "&"))
                assert answer.status_code == 200, f"{page} → {link}"
    assert menu <= seen


def entries(browser):
    """Return the menu that a person is shown."""
    return browser.get("/").context["menu"]
