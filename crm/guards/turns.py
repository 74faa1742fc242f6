"""Requests of one person that have to see what each other have done."""

from django.db import connection


def wait_turn(what, user):
    """Wait for the person's other transactions that do the same; others wait for this.

    Args:
        what: a name for what they do.
        user: the person.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [what, user.pk]
        )
