"""The cache that all processes share; limits on attempts are counted in it."""

import base64
import pickle
from datetime import UTC, datetime
from itertools import count

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router
from django.utils import timezone

#: Of so many writes of a process one looks whether the cache is full.
WRITES_BETWEEN = 100
WRITE = {
    "set": "INSERT INTO crm_cache (cache_key, value, expires) VALUES (%s, %s, %s)"
    " ON CONFLICT (cache_key) DO UPDATE"
    " SET value = excluded.value, expires = excluded.expires",
    "add": "INSERT INTO crm_cache AS old (cache_key, value, expires)"
    " VALUES (%s, %s, %s) ON CONFLICT (cache_key) DO UPDATE"
    " SET value = excluded.value, expires = excluded.expires"
    " WHERE old.expires < statement_timestamp()",
}

_writes = count()


class Cache(DatabaseCache):
    """Django's cache in the table `crm_cache`, writing in one query instead of five.

    What is to be added and stands there already is refused by the one statement, so
    that a lock of the cache is taken by one process only.
    """

    def _base_set(self, mode, key, value, timeout=DEFAULT_TIMEOUT):
        ends = self.get_backend_timeout(timeout)
        if mode not in WRITE or ends is None:
            return super()._base_set(mode, key, value, timeout)
        text = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode()
        database = router.db_for_write(self.cache_model_class)
        with connections[database].cursor() as cursor:
            if next(_writes) % WRITES_BETWEEN == 0:
                self._make_room(database, cursor)
            expires = datetime.fromtimestamp(ends, UTC)
            cursor.execute(WRITE[mode], [key, text, expires])
            return cursor.rowcount == 1

    def _make_room(self, database, cursor):
        """Forget what is over, and more where the cache is still too full."""
        cursor.execute("SELECT count(*) FROM crm_cache")
        (number,) = cursor.fetchone()
        if number > self._max_entries:
            self._cull(database, cursor, timezone.now(), number)
