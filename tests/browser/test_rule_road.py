"""A rule of approval gets a condition on a field, as its keeper sets it."""

from playwright.sync_api import expect

from contracts.models import ApprovalRule
from tests.browser.actions import sign_in
from tests.factories import an_item


def test_a_line_fits_the_field_that_is_chosen_and_the_list_says_it(page, zhou):
    level = an_item("customer_level", "A")
    rule = ApprovalRule.objects.get(order=20)
    sign_in(page, zhou)
    page.goto(f"/system/approval-rules/{rule.pk}/edit/")
    page.locator("#conditions [data-add-line]").click()
    field = page.locator("[name=conditions-1-field]")
    field.select_option("customer.level_id", force=True)
    comparison = page.locator("[name=conditions-1-operator] option")
    expect(comparison.first).to_have_attribute("value", "one_of")
    value = page.locator("[name=conditions-1-value]")
    value.select_option(str(level.pk), force=True)
    first = page.locator("[name=conditions-0-field]")
    first.select_option("signed_on", force=True)
    expect(page.locator("[name=conditions-0-value][data-date=day]")).to_be_visible()
    page.locator("#conditions tbody tr").first.locator("[data-remove-line]").click()
    page.get_by_role("button", name="保存", exact=True).click()
    said = f"客户：客户级别 属于 {level.label}"
    expect(page.locator(f"tr[data-id='{rule.pk}']")).to_contain_text(said)
