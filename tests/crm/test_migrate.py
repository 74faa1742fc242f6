"""Upgrading: whoever comes second waits for the first."""

from io import StringIO
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations import AddConstraint, AddIndex, CreateModel
from django.db.migrations.loader import MigrationLoader
from pgtrigger.migrations import AddTrigger

from crm.management.commands.migrate import alone
from crm.running.rendering import sparing_models

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


#: Makes models, fields, constraints, indexes and triggers.
MANY_CHANGES = ("announcements", "0001_announcements")


@pytest.fixture
def loader():
    """Return the migrations as they lie on the disk."""
    return MigrationLoader(connection)


def said(loader):
    """Return what the step of many changes would tell PostgreSQL."""
    before = loader.project_state(MANY_CHANGES, at_end=False)
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        loader.disk_migrations[MANY_CHANGES].apply(before, editor, collect_sql=True)
    return editor.collected_sql


def test_sparing_models_tells_postgresql_the_same(loader):
    plain = said(loader)
    with sparing_models():
        assert said(loader) == plain
    for words in ("TRIGGER pgtrigger_", "CREATE UNIQUE INDEX", "ADD CONSTRAINT"):
        assert any(words in line for line in plain), words


def test_a_change_of_one_model_renders_no_other(loader):
    spared = (CreateModel, AddIndex, AddConstraint, AddTrigger)
    state = loader.project_state(MANY_CHANGES, at_end=False)
    user = state.apps.get_model("crm", "user")
    with sparing_models():
        for operation in loader.disk_migrations[MANY_CHANGES].operations:
            if isinstance(operation, spared):
                operation.state_forwards("announcements", state)
    assert state.apps.get_model("crm", "user") is user
    announcement = state.apps.get_model("announcements", "announcement")
    options = state.models["announcements", "announcement"].options
    assert announcement._meta.indexes == options["indexes"] != []
    to_people = {field.related_model for field in user._meta.get_fields(True, True)}
    assert announcement in to_people
    assert state.is_delayed  # code that runs on rows gets models rendered anew
