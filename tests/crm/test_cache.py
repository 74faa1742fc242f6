"""The shared cache: what limits on attempts rely on."""

import pytest
from django.core.cache import cache, caches
from django.db import connection

from crm.running.cache import WRITES_BETWEEN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty():
    """Start every test without what others have left."""
    cache.clear()


def test_what_stands_there_is_not_added_again():
    assert cache.add("lock", "first", 10) is True
    assert cache.add("lock", "second", 10) is False
    assert cache.get("lock") == "first"


def test_what_is_over_can_be_added_again():
    cache.set("lock", "first", -1)
    assert cache.add("lock", "second", 10) is True
    assert cache.get("lock") == "second"


def test_what_is_set_replaces_what_stood_there():
    for history in ([1.5], [2.5, 1.5], []):
        cache.set("attempts", history, 900)
        assert cache.get("attempts") == history


def test_what_is_forever_and_what_is_touched_stays():
    cache.set("forever", 1, None)
    cache.set("short", 2, 5)
    assert cache.touch("short", 500) is True
    assert cache.get_many(["forever", "short"]) == {"forever": 1, "short": 2}


def test_a_full_cache_makes_room(monkeypatch):
    monkeypatch.setattr(caches["default"], "_max_entries", 50)
    for number in range(2 * WRITES_BETWEEN):
        cache.set(f"attempts-{number}", [], -1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM crm_cache")
        assert cursor.fetchone()[0] <= WRITES_BETWEEN + 50
