"""Who is acting: the context from which the history triggers take the actor."""

from contextlib import contextmanager

from django.db import connection, connections, transaction

READ = (
    "SELECT current_setting('crm.actor', true), current_setting('crm.verb', true),"
    " current_setting('crm.address', true), current_setting('crm.request', true)"
)
SET = (
    "SELECT set_config('crm.actor', %s, true), set_config('crm.verb', %s, true),"
    " set_config('crm.address', %s, true), set_config('crm.request', %s, true)"
)


#: What a new version of the program does: nobody's doing but the system's.
BY_NEW_VERSION = "shipped"
#: For the whole session: a migration takes many transactions.
BEGUN = "SELECT set_config('crm.verb', %s, false)"


def begin_upgrade(using, plan=(), **_signal):
    """Let the history tell what migrations change as such: `pre_migrate`."""
    if plan:
        with connections[using].cursor() as cursor:
            cursor.execute(BEGUN, [BY_NEW_VERSION])


def end_upgrade(using, **_signal):
    """Let it tell again what is done: `post_migrate`, before all that listens there."""
    with connections[using].cursor() as cursor:
        cursor.execute(BEGUN, [""])


@contextmanager
def acting(user, *, verb="", address="", request_id=""):
    """Run the block in one transaction whose changes are `user`'s doing.

    Args:
        user: the person, or None for the program itself.
        verb: what is being done ("registered"). An entry is called so where its row
            shows it (`crm.guards.acts`); any other says created, changed or removed.
        address, request_id: from where; an inner block keeps the outer one's.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(READ)
        before = [value or "" for value in cursor.fetchone()]
        actor = str(user.pk) if user and user.pk else ""
        cursor.execute(
            SET, [actor, verb, address or before[2], request_id or before[3]]
        )
        yield
        cursor.execute(SET, before)


def acting_for(request):
    """Return the block of one transaction that is the doing of who sent a request."""
    return acting(
        request.user if request.user.is_authenticated else None,
        address=request.META.get("REMOTE_ADDR", ""),
        request_id=getattr(request, "id", ""),
    )
