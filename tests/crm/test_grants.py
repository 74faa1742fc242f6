"""What PostgreSQL itself holds to, whatever the role that serves pages tries."""

import re

import pytest
from django.apps import apps
from django.db import connection, transaction

from crm.guards.actor import acting
from crm.guards.grants import UNBOUND, WHERE_IT_LOOKS, bind
from crm.models import HistoryEntry

pytestmark = pytest.mark.django_db


def unbound():
    """Return the functions of ours that look for names wherever the caller says."""
    with connection.cursor() as cursor:
        cursor.execute(UNBOUND, [WHERE_IT_LOOKS])
        return [name for (name,) in cursor.fetchall()]


def test_every_function_looks_for_its_names_in_our_schema_alone():
    assert unbound() == []


def test_a_function_that_a_migration_makes_is_bound_after_it():
    with connection.cursor() as cursor:
        cursor.execute("CREATE FUNCTION stray() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    assert unbound() == ["stray()"]
    bind(connection)
    assert unbound() == []


#: What the role of the pages may not do to a table, by what its model says.
WITHHELD = {"only_read": r"INSERT INTO", "append_only": r"UPDATE|DELETE FROM"}
AS_CALLER = """
SELECT proname, prosrc FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND NOT prosecdef
"""


def test_what_runs_as_the_pages_writes_only_what_the_pages_may():
    """Tests run as the owner: nothing else would tell them."""
    with connection.cursor() as cursor:
        cursor.execute(AS_CALLER)
        sources = cursor.fetchall()
    assert len(sources) > 100
    found = [
        (name, model._meta.db_table)
        for mark, verbs in WITHHELD.items()
        for model in apps.get_models()
        if getattr(model, mark, False)
        for name, source in sources
        if re.search(rf"\b({verbs}) {model._meta.db_table}\b", source)
    ]
    assert found == []


def test_only_the_owner_makes_temporary_tables():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_database_privilege('pg_monitor', current_database(), 'TEMP')"
        )
        assert cursor.fetchone() == (False,)


def test_an_entry_has_the_time_and_the_actor_that_the_database_knows(zhang, wang):
    with acting(zhang), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO crm_historyentry (at, actor_id, actor_name, verb, label,"
            " subject_label, title, changes, address, request_id)"
            " VALUES ('2001-01-01', %s, '王芳', 'approved', '', '', 'x', '{}', '', '')",
            [wang.pk],
        )
    entry = HistoryEntry.objects.get(title="x")
    assert (entry.actor_id, entry.actor_name) == (zhang.pk, "张伟")
    assert entry.at.year > 2001


def test_an_entry_without_anybody_acting_is_nobodys(wang):
    with transaction.atomic():
        HistoryEntry.objects.create(actor_id=wang.pk, actor_name="王芳", verb="x")
    entry = HistoryEntry.objects.get(verb="x")
    assert (entry.actor_id, entry.actor_name) == (None, "")


def test_what_changes_no_row_is_recorded_in_its_actors_name(zhang):
    entry = HistoryEntry.record(zhang, "exported", title="客户")
    entry.refresh_from_db()
    assert (entry.actor_id, entry.actor_name) == (zhang.pk, "张伟")
