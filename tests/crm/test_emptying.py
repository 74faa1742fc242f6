"""After a test that commits, the next one finds the tables as they were."""

import pytest
from django.db import connection

from crm.models import DictionaryItem, HistoryEntry, Role
from tests.emptying import Emptied
from tests.factories import a_contract
from tests.pages import books

pytestmark = pytest.mark.django_db(transaction=True)

OFF = "SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'"


def test_what_was_written_changed_and_deleted_is_put_back(zhang):
    first = Emptied()
    first.remember()
    before, entries = books(), list(HistoryEntry.objects.values_list())
    for _time in range(2):  # what has been put back is put back again
        a_contract(zhang)
        Role.objects.filter(code="researcher").update(name="别的")
        DictionaryItem.objects.filter(kind="news_category").delete()
        assert books() != before
        first.restore()
        assert books() == before
        assert list(HistoryEntry.objects.values_list()) == entries
    with connection.cursor() as cursor:
        cursor.execute(OFF)
        assert cursor.fetchone() == (0,)
