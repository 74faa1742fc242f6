"""How often orders were put off: before anybody counted, and by what is undone."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from sales.models import Opportunity
from tests.crm.test_bulk import choose, confirm, undo
from tests.factories import an_opportunity
from tests.sales.test_opportunity_pages import put_off

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_what_was_put_off_before_is_counted_by_the_upgrade(zhang):
    once, twice, never = (put_off(an_opportunity(zhang), times) for times in (1, 2, 0))
    version = twice.version
    call_command("migrate", "sales", "0008", verbosity=0)
    call_command("migrate", verbosity=0)
    times = [
        Opportunity.objects.get(pk=deal.pk).times_put_off
        for deal in (once, twice, never)
    ]
    assert times == [1, 2, 0]
    assert Opportunity.objects.get(pk=twice.pk).version == version


@pytest.mark.parametrize(
    ("weeks", "done", "undone"), [(3, 2, 1), (-3, 1, 1)], ids=["later", "sooner"]
)
def test_who_takes_it_back_has_not_put_it_off(zhang, sign_in, weeks, done, undone):
    deal, browser = put_off(an_opportunity(zhang), 1), sign_in(zhang)
    before = deal.expected_on
    bulk = choose(browser, "edit", deal, kind="opportunities")
    day = before + timedelta(weeks=weeks)
    confirm(browser, bulk, field="expected_on", value=day.isoformat())
    deal.refresh_from_db()
    assert (deal.expected_on, deal.times_put_off) == (day, done)
    assert undo(browser, bulk).status_code == 302
    deal.refresh_from_db()
    assert (deal.expected_on, deal.times_put_off) == (before, undone)
