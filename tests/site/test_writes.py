"""Every page that writes leaves its trace, and nobody can rub it out."""

import psycopg2
import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from crm.guards import acts
from crm.models import HistoryEntry
from tests.factories import a_customer
from tests.pages import form_of, record_models
from tests.site.world import a_row, rows_of, who_enters

MODELS = record_models()
APPEND_ONLY = sorted(
    model._meta.db_table
    for model in apps.get_models(include_auto_created=True)
    if getattr(model, "append_only", False)
)


def name_of(model):
    """Name a kind of record in the list of tests."""
    return model._meta.model_name


def latest(record):
    """Return the newest entry about a record."""
    entries = HistoryEntry.objects.filter(
        label=record._meta.label_lower, object_id=record.pk
    )
    return entries.order_by("-id").first()


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_entering_leaves_an_entry(model, zhang):
    row = rows_of(zhang)[model]
    entry = latest(row)
    assert entry.verb == "created"
    assert entry.changes["owner_id"] == [None, zhang.pk]
    assert entry.title


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_a_change_leaves_old_and_new_and_who(model, zhang, lina):
    rows = rows_of(zhang)
    row = a_row(model, zhang, rows.get)
    version = row.version
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('crm.actor', %s, true)", [str(lina.pk)])
        model.objects.filter(pk=row.pk).update(reporter=lina)
    entry = latest(row)
    assert (entry.verb, entry.actor_id) == ("changed", lina.pk)
    assert entry.changes == {"reporter_id": [zhang.pk, lina.pk]}
    row.refresh_from_db()
    assert row.version == version + 1
    assert row.changed_by == lina


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_deleting_and_restoring_leave_entries(model, zhang, lina):
    row = a_row(model, zhang, rows_of(zhang).get)
    row.discard(zhang)
    assert (latest(row).verb, latest(row).actor_id) == ("deleted", zhang.pk)
    model.everything.get(pk=row.pk).restore(lina)
    assert (latest(row).verb, latest(row).actor_id) == ("restored", lina.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_a_page_that_deletes_leaves_an_entry(model, zhang, lina, sign_in):
    row = a_row(model, zhang, rows_of(zhang).get)
    url = reverse(f"{model._meta.model_name}_delete", args=[row.pk])
    person = who_enters(model, zhang, lina)
    assert sign_in(person).post(url).status_code == 302
    entry = latest(row)
    assert (entry.verb, entry.actor_id, entry.address) == (
        "deleted",
        person.pk,
        "127.0.0.1",
    )
    assert entry.request_id


@pytest.mark.django_db
def test_a_page_that_edits_leaves_old_and_new(zhang, sign_in):
    customer = a_customer(zhang, name="旧名")
    browser = sign_in(zhang)
    url = reverse("customer_update", args=[customer.pk])
    browser.post(url, form_of(browser, url) | {"name": "新名"})
    entry = latest(customer)
    assert entry.changes == {"name": ["旧名", "新名"]}
    assert (entry.actor_id, entry.actor_name) == (zhang.pk, "张伟")


# --- Nobody rubs it out ---------------------------------------------------------------


@pytest.fixture
def serving(zhang, transactional_db):
    """A second connection, as the role that serves pages."""
    given = connection.get_connection_params()
    names = {key: given[key] for key in ("dbname", "host", "port") if key in given}
    if connection.settings_dict["USER"] == settings.DATABASE_APP_ROLE:
        pytest.skip("this database has one role for everything")
    opened = psycopg2.connect(user=settings.DATABASE_APP_ROLE, **names)
    yield opened
    opened.close()


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM {}", "TRUNCATE {}", "ALTER TABLE {} DISABLE TRIGGER ALL"],
)
def test_the_role_that_serves_pages_cannot_rewrite(serving, table, statement):
    with serving.cursor() as cursor, pytest.raises(psycopg2.DatabaseError) as refusal:
        cursor.execute(statement.format(table))
    assert refusal.value.pgcode == "42501"  # insufficient privilege


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_role_that_serves_pages_cannot_update(serving, table):
    with serving.cursor() as cursor, pytest.raises(psycopg2.DatabaseError) as refusal:
        cursor.execute(f"UPDATE {table} SET id = id")  # noqa: S608 -- our own table
    assert refusal.value.pgcode == "42501"


def test_the_role_that_serves_pages_cannot_change_the_schema(serving):
    for statement in (
        "CREATE TABLE mine (id int)",
        "DROP TABLE crm_user",
        "DELETE FROM django_migrations",
    ):
        with serving.cursor() as cursor, pytest.raises(psycopg2.DatabaseError):
            cursor.execute(statement)
        serving.rollback()


@pytest.mark.parametrize(
    "forgery",
    [
        "INSERT INTO crm_historyentry (verb, label, subject_label, title, actor_name,"
        " address, request_id, changes) VALUES ('x', '', '', '', '', '', '', '{}')",
        "INSERT INTO crm_historyseal (until, entries, sha256) VALUES (9, 9, '')",
        "INSERT INTO crm_shipment (kind, place, name, value)"
        " VALUES ('role', '', '', '')",
        "SELECT crm_note_history('UPDATE', 'customers.customer', 'name', '{}',"
        " 'customers.customer', 'id', '{\"id\": 1}', '{\"id\": 1, \"name\": \"甲\"}')",
        "SELECT crm_tell('approved', 'contracts.contract', 1, '', '{}', '', '')",
        "SELECT crm_tell('created', '', NULL, '', '{}', '', '')",
    ],
    ids=["entry", "seal", "shipment", "noted", "approved", "created"],
)
def test_the_role_that_serves_pages_forges_no_entry(serving, forgery):
    with serving.cursor() as cursor, pytest.raises(psycopg2.DatabaseError) as refusal:
        cursor.execute(forgery)
    assert refusal.value.pgcode == "42501"


def test_the_role_that_serves_pages_tells_what_changes_no_row(serving):
    told = "SELECT verb FROM crm_tell(%s, '', NULL, '', '{}', '', '')"
    with serving.cursor() as cursor:
        for verb in acts.SAID:
            cursor.execute(told, [verb])
            assert cursor.fetchone() == (verb,)
    serving.rollback()


@pytest.mark.django_db
def test_not_even_the_owner_of_the_tables_rewrites_history(zhang):
    a_customer(zhang)
    for change in (
        lambda: HistoryEntry.objects.update(actor_name="别人"),
        lambda: HistoryEntry.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert "crm_historyentry" in APPEND_ONLY
