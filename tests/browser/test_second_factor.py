"""A second factor set up with the mouse, and asked for at the next sign-in."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from tests.browser.actions import ENTER, LEAVE, follow, press, sign_in, soon
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [1440, 390])
def test_an_app_is_set_up_and_a_code_of_paper_opens(width, page, zhang, settings):
    settings.MFA_TOTP_TOLERANCE = 4  # a code does not run out while the page comes
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, zhang)
    page.goto("/profile/")
    page.locator("#main a[href='/profile/second-factor/']").click()
    follow(page, "启用")
    picture = page.get_by_role("img", name="二维码")
    drawn = "place => place.complete && place.naturalWidth > 100"
    soon(page, lambda: picture.evaluate(drawn), True)
    secret = page.locator("code").inner_text()
    page.locator("[name=code]").fill("000000")
    press(page, "启用")
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    expect(page.locator("code")).to_have_text(secret)
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    page.locator("[name=code]").fill(code)
    press(page, "启用")
    on_paper = page.locator("li code").first.inner_text()
    page.goto("/")
    page.get_by_role("button", name=LEAVE).click()
    page.locator("[name=login]").fill(zhang.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name=ENTER).click()
    page.locator("[name=code]").fill("123456")
    page.get_by_role("button", name=ENTER).click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    page.locator("[name=code]").fill(on_paper)
    page.get_by_role("button", name=ENTER).click()
    page.wait_for_url("/")
