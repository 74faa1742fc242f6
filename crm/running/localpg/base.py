"""Django's PostgreSQL backend that has the local server running before it connects."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.db.backends.postgresql import base

from crm.running.localpg import Cluster

SECONDS_FOR_A_PAGE = 3


@cache
def cluster(home: Path, testing: bool) -> Cluster:
    """Return the one cluster object of this process for `home`."""
    return Cluster(home, testing=testing)


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the server lazily: commands that need no database never wait for it."""

    @property
    def cluster(self):
        """The cluster that this connection leads to."""
        local = self.settings_dict["LOCAL"]
        return cluster(local["home"], local["testing"])

    def hold(self):
        """Have the server running from now on until this process ends."""
        self.cluster.hold()

    def get_new_connection(self, conn_params):
        """Connect after making sure that somebody answers.

        A page does not wait for a server that does not start at once; it says so.
        """
        self.cluster.hold(patience=SECONDS_FOR_A_PAGE if settings.SERVING else None)
        return super().get_new_connection(conn_params)
