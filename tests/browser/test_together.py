"""The scripts of every page as people get them: in one file, which runs."""

import shutil

import pytest
from django.conf import settings
from playwright.sync_api import expect

from crm.running.together import TOGETHER, TogetherStorage
from tests.browser.actions import open_page, sign_in

SCRIPTS = "js/together.js"


@pytest.fixture
def whole(tmp_path):
    """The one file, as it is made where the program is installed."""
    for name in TOGETHER[SCRIPTS]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(settings.ROOT / "static" / name, tmp_path / name)
    storage = TogetherStorage(location=tmp_path, base_url="/static/")
    storage.join(SCRIPTS)
    return (tmp_path / SCRIPTS).read_text()


def test_the_one_file_does_what_all_did(page, zhang, whole):
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    first, *others = TOGETHER[SCRIPTS]
    for name in others:
        page.route(f"**/static/{name}", lambda route: route.fulfill(body=""))
    page.route(f"**/static/{first}", lambda route: route.fulfill(body=whole))
    sign_in(page, zhang)
    open_page(page, "/customers/add/")
    expect(page.locator(".ts-wrapper").first).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette input")).to_be_focused()
    assert faults == []
