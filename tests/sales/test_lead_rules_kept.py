"""Leads that are not to go by the rules: later runs leave them where they are."""

import pytest

from sales import leads
from sales.leads import work
from sales.leads.assigning import assign_one, waiting
from sales.models import Lead
from tests.factories import a_lead, an_item
from tests.pages import form_of, shows
from tests.sales.test_lead_rules import ADD, a_rule, entered, hows, signed_in
from tests.sales.test_lead_timeouts import done

pytestmark = pytest.mark.django_db


def entered_with_the_tick_taken_away(browser):
    """Enter a lead that is not to go by the rules; return it."""
    data = form_of(browser, ADD) | {"company": "留着"}
    data.pop("by_rules")
    assert browser.post(ADD, data).status_code == 302
    return Lead.objects.latest("pk")


def test_a_tick_that_was_taken_away_is_kept(zhang, lina, sign_in):
    a_rule(zhang)
    browser = sign_in(lina)
    lead = entered_with_the_tick_taken_away(browser)
    assert hows(lead) == [("kept", lina)]
    assert lead not in waiting()
    done(work.assign)
    lead.refresh_from_db()
    assert (lead.owner, lead.status) == (lina, "unassigned")
    assert shows(browser.get(lead.get_absolute_url()), "不按规则分配：由李娜保留")
    assert shows(browser.get(f"/history/sales.lead/{lead.pk}/"), "不按规则分配")


def test_it_goes_by_them_once_somebody_says_so(zhang, lina, sign_in):
    rule = a_rule(zhang, there=False)
    lead = entered_with_the_tick_taken_away(sign_in(lina))
    assign_one(lead, lina)  # nobody is there
    assert lead in waiting()
    signed_in(zhang)
    done(work.assign)
    lead.refresh_from_db()
    assert (lead.owner, lead.assignments.first().rule) == (zhang, rule)


def test_what_an_owner_was_named_for_is_not_kept(zhang, lina, sign_in):
    a_rule(zhang)
    lead = entered(sign_in(lina), owner=zhang.pk)
    assert hows(lead) == []


@pytest.mark.parametrize("does", ["turns", "nobody"])
def test_their_own_that_met_nobody_stays_theirs(zhang, liu, zhao, sign_in, does):
    a_rule(*([liu] if does == "turns" else []), there=False, does=does)
    lead = entered(sign_in(zhang), by_rules="on")
    assert [person for _how, person in hows(lead)] == [None]
    signed_in(liu)
    assert lead not in waiting()
    done(work.assign)
    lead.refresh_from_db()
    assert (lead.owner, lead.status) == (zhang, "unassigned")


def test_what_they_open_again_for_themselves_stays_theirs(zhang, liu, lina, sign_in):
    a_rule(zhang, liu)
    lead = a_lead(lina)
    assign_one(lead, lina)
    leads.invalidate(lead, an_item("invalid_reason", "outside"), "", zhang)
    sent = {"version": lead.version, "note": "又来电"}
    sign_in(zhang).post(f"/leads/{lead.pk}/reopening/", sent)
    assert hows(lead) == [("rule", zhang), ("kept", zhang)]
    assert lead not in waiting()
