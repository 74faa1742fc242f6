"""Upgrading: whoever comes second waits for the first."""

from io import StringIO
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from crm.management.commands.migrate import alone

pytestmark = pytest.mark.django_db


def migrate(answers):
    """Ask what is left to migrate, as another process would, and keep the answer."""
    out = StringIO()
    try:
        call_command("migrate", plan=True, stdout=out)
        answers.append(out.getvalue())
    finally:
        connections.close_all()


def test_two_who_start_together_migrate_one_after_the_other():
    answers = []
    second = Thread(target=migrate, args=(answers,))
    with alone(connection.alias):
        second.start()
        second.join(2)
        assert not answers
        assert second.is_alive()
    second.join(60)
    assert "No planned migration operations" in answers[0]


def test_whoever_fails_leaves_the_next_one_free():
    with pytest.raises(ZeroDivisionError), alone(connection.alias):
        raise ZeroDivisionError
    with alone(connection.alias):
        pass


def test_no_step_stands_on_one_that_old_installations_do_not_take():
    steps = MigrationLoader(None).disk_migrations.values()
    instead = {(m.app_label, m.name) for m in steps if m.replaces}
    assert instead
    assert {str(m): instead & set(m.dependencies) for m in steps} == {
        str(m): set() for m in steps
    }
