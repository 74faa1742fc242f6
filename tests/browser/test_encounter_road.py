"""An encounter is noted at the contract: two clicks, the rival alone is asked for."""

import pytest
from playwright.sync_api import expect

from competitors.models import Encounter
from tests.browser.actions import choices, open_page, press, sign_in
from tests.factories import a_competitor, a_contract


@pytest.mark.parametrize("width", [1440, 390])
def test_at_the_contract_it_takes_two_clicks(page, zhang, chen, width):
    rival = a_competitor(chen, name="东方科技")
    contract = a_contract(zhang, amount=52000)
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, zhang)
    open_page(page, contract.get_absolute_url())
    page.get_by_role("link", name="记交锋").click()
    dialog = page.locator("#follow-up-dialog")
    expect(dialog.locator("#follow-up-title")).to_contain_text(str(contract))
    expect(dialog.locator("[name=price]")).to_have_value("52000.00")
    expect(dialog.locator("#id_competitor-ts-control")).to_be_focused()
    page.keyboard.type("东方")
    choices(dialog, "competitor").click()
    dialog.locator("[name=outcome]").select_option(label="我方赢单")
    press(dialog, "保存")
    expect(dialog).not_to_be_visible()
    expect(page.locator(".note-floating")).to_contain_text("已保存")
    expect(page.locator('[data-tab="encounter"]')).to_contain_text("1")
    met = Encounter.objects.get()
    assert (met.competitor, met.contract, met.outcome) == (rival, contract, "we_won")
