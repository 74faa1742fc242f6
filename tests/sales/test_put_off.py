"""How often orders were put off before anybody counted: the history knows."""

import pytest
from django.core.management import call_command

from sales.models import Opportunity
from tests.factories import an_opportunity
from tests.sales.test_opportunity_pages import put_off

pytestmark = pytest.mark.django_db(transaction=True)


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
