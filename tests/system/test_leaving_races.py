"""Who leaves while others work: nothing new stays behind on a closed account."""

import pytest

from crm.jobs.worker import Worker
from customers.models import Customer
from system.handovers import work as handovers
from system.leaving.lines import left_with
from tests.factories import a_customer
from tests.pages import form_of
from tests.people import hire
from tests.races import ROUNDS, is_lost, signed_in, together

pytestmark = pytest.mark.django_db(transaction=True)


def caught_at_night():
    """Let a night pass."""
    handovers.ask(handovers.catch_late, by=None)
    Worker().drain()


def test_what_is_entered_and_edited_meanwhile_is_not_left_behind(zhou, lina, wang):
    desk, adding, editing = signed_in(zhou), signed_in(lina), signed_in(lina)
    for turn, _round in enumerate(ROUNDS):
        leaver = hire(f"leaver{turn}", "冯刚", "salesperson")
        leaver.refresh_from_db()
        customer = a_customer(leaver)
        name, phone = f"交接途中{turn}有限公司", f"010-623477{turn:02}"
        new = form_of(adding, "/customers/add/") | {"name": name, "owner": leaver.pk}
        edited = form_of(editing, f"/customers/{customer.pk}/edit/") | {"phone": phone}
        sent = {"version": leaver.version, "to": wang.pk, "closes": "on"}
        asked = (
            (desk, f"/system/users/{leaver.pk}/handover/", sent),
            (adding, "/customers/add/", new),
            (editing, f"/customers/{customer.pk}/edit/", edited),
        )

        def work(number, asked=asked):
            browser, address, values = asked[number]
            return browser.post(address, values).status_code

        handed, added, changed = together(3, work)
        if is_lost(handed):
            assert work(0) == 302
        caught_at_night()
        leaver.refresh_from_db()
        assert (leaver.is_active, left_with(leaver)) == (False, [])
        found = Customer.objects.filter(name=name)
        assert [one.owner_id for one in found] == [wang.pk] * (not is_lost(added))
        customer.refresh_from_db()
        assert customer.owner_id == wang.pk
        assert (customer.phone == phone) == (not is_lost(changed))
