"""A PostgreSQL for a moment, in which a backup is tried beside the real one."""

from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from crm.backups.refusals import Refused, tells_of_no_room
from crm.running.localpg import DATABASE, OWNER_ROLE, Cluster, Unavailable

DIRECTORY = "postgres-scratch"


@contextmanager
def database():
    """Give the address of an empty database that is gone afterwards.

    Whoever has `places.alone` is the only one to ask for it; what a killed one has
    left running is stopped and removed first.

    Raises:
        Refused: PostgreSQL cannot be run here.
    """
    cluster = Cluster(Path(settings.VAR) / DIRECTORY, testing=True)
    try:
        cluster.discard()
        cluster.hold()
        yield f"host={cluster.sockets} dbname={DATABASE} user={OWNER_ROLE}"
    except Unavailable as error:
        if tells_of_no_room(str(error)):
            raise Refused("full") from error
        raise Refused("no_scratch", said=error) from error
    finally:
        cluster.release()
        cluster.discard()
