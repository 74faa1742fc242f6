"""No setting of a session makes the triggers stand aside."""

import pytest
from django.db import InternalError, connection, transaction

from crm.models import HistoryEntry
from customers.models import Customer
from tests.factories import a_customer

pytestmark = pytest.mark.django_db


def stand_aside():
    """Ask all triggers, by their names, not to do their work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pgtrigger.ignore', array_agg(tgname)::text, true)"
            " FROM pg_trigger WHERE tgname LIKE 'pgtrigger%'"
        )


def test_history_is_written_whatever_a_session_says(zhang):
    stand_aside()
    customer = a_customer(zhang, name="甲公司")
    Customer.objects.update(name="乙公司")
    verbs = HistoryEntry.objects.filter(
        label="customers.customer", object_id=customer.pk
    ).values_list("verb", flat=True)
    assert sorted(verbs) == ["changed", "created"]
    customer.refresh_from_db()
    assert customer.version == 2


def test_history_stays_whatever_a_session_says(zhang):
    a_customer(zhang)
    stand_aside()
    with pytest.raises(InternalError), transaction.atomic():
        HistoryEntry.objects.update(verb="viewed")
