"""Light and dark: as the system has it, or as one has chosen for this browser."""

import re

import pytest
from django.conf import settings

pytestmark = pytest.mark.django_db

DARK = re.compile(r'<link rel="stylesheet" href="[^"]*dark\.css" media="([^"]+)">')


def sheets(answer):
    """Return for which media a page links the dark colours."""
    return DARK.findall(answer.text)


def test_who_has_chosen_nothing_has_it_as_the_system(zhang, sign_in, client):
    assert sheets(client.get("/login/")) == ["screen and (prefers-color-scheme: dark)"]
    browser = sign_in(zhang)
    browser.cookies[settings.THEME_COOKIE_NAME] = "purple"
    assert sheets(browser.get("/")) == ["screen and (prefers-color-scheme: dark)"]


def test_what_is_chosen_holds_on_every_page_and_never_on_paper(zhang, sign_in):
    browser = sign_in(zhang)
    place = {"Referer": "http://testserver/profile/"}
    answer = browser.post("/theme/", {"theme": "dark"}, headers=place)
    assert (answer.status_code, answer.url) == (302, "/profile/")
    assert sheets(browser.get("/customers/")) == ["screen"]
    page = browser.get("/profile/")
    assert re.findall(r'value="(\w+)" aria-pressed="true"', page.text) == ["dark"]
    browser.post("/theme/", {"theme": "light"})
    assert sheets(browser.get("/customers/")) == []
    browser.post("/theme/", {"theme": "system"})
    assert len(sheets(browser.get("/customers/"))) == 1


@pytest.mark.parametrize("theme", ["", "purple", "\x00"])
def test_an_unknown_theme_is_refused(client, theme):
    assert client.post("/theme/", {"theme": theme}).status_code == 400


def test_colours_are_named_in_one_place():
    """Whatever is not named there would stay light in the dark."""
    sheets = (settings.ROOT / "static" / "css").glob("*.css")
    strays = [
        f"{path.name}: {line.strip()}"
        for path in sheets
        if path.name != "print.css"
        for line in path.read_text().splitlines()
        if re.search(r"#[0-9a-f]{3,8}\b|rgba?\(\d", line, re.I)
        and not line.strip().startswith("--")
    ]
    assert strays == []
