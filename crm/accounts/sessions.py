"""Sessions in the database, asked for only by keys that it can have made."""

import re
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.sessions.backends import db
from django.utils import timezone

from crm.queries.prepared import Prepared

KEY = re.compile("[a-z0-9]{32}")


class SessionStore(db.SessionStore):
    """Django's sessions; a crafted cookie never reaches PostgreSQL."""

    def load(self):
        """Return what the session holds; nothing if it is over or never was."""
        rows = _live(self.session_key, timezone.now()) if self.session_key else ()
        if not rows:
            self._session_key = None
            return {}
        return self.decode(rows[0][0])

    def create_model_instance(self, data):
        """Let a session end by idleness, whatever its cookie says."""
        stored = super().create_model_instance(data)
        idle = timedelta(minutes=settings.CRM_SESSION_IDLE_MINUTES)
        stored.expire_date = timezone.now() + idle
        return stored

    def _validate_session_key(self, key):
        return bool(key and KEY.fullmatch(key))


def _data(key, now):
    rows = SessionStore.get_model_class().objects
    return rows.filter(session_key=key, expire_date__gt=now).values_list("session_data")


_live = Prepared(_data, "a session", datetime.max.replace(tzinfo=UTC))
