"""What is asked of announcements along with the numbers of a menu."""

import json
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import TextField
from django.db.models.functions import Cast, JSONObject

from system.announcements.models import Announcement

#: Announcements that the workbench shows.
ROWS = 8
SHOWN = ("pk", "title", "starts_on", "pinned", "is_read")


class Current:
    """What a person is told these days: pinned first, then the unread, the newest.

    It stands where a `MenuNumber` does, so that the workbench asks nothing more.
    """

    def expression(self, user):
        """Return what the query asks for: the announcements as texts of JSON."""
        rows = Announcement.objects.addressed_to(user).current().marked_for(user)
        rows = rows.order_by("-pinned", "is_read", "-starts_on", "-pk")
        whole = JSONObject(**{name: name for name in SHOWN})
        return ArraySubquery(rows.values_list(Cast(whole, TextField()))[:ROWS])

    def read(self, value, user):
        """Return [{pk, title, starts_on, pinned, is_read}]."""
        found = [json.loads(text) for text in value]
        return [
            one | {"starts_on": date.fromisoformat(one["starts_on"])} for one in found
        ]


current = Current()
