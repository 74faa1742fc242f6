"""What a command says where it finds no database to work on, or half of one."""

import errno

import pytest
from django.db import InterfaceError, ProgrammingError, connection, transaction

from crm.running.plain_words import explained
from tests.installations import Installation, address, asked, drop_all

EMPTY = "crm_plain_words"


@pytest.fixture
def empty(tmp_path, django_db_setup, django_db_blocker):
    """Return an installation whose database was made and never set up."""
    with django_db_blocker.unblock():
        drop_all(EMPTY)
        asked(address("postgres"), f'CREATE DATABASE "{EMPTY}"')
        yield Installation(tmp_path, address(EMPTY))
        drop_all(EMPTY)


@pytest.mark.installation
@pytest.mark.parametrize("command", [("seal",), ("administrator", "lin", "林")])
def test_on_an_empty_database_a_command_says_what_to_do_first(empty, command):
    code, said = empty.run(*command)
    assert code == 1
    assert "数据库尚未建好" in said
    assert "migrate (or serve) first" in said
    assert "Traceback" not in said


@pytest.mark.installation
def test_without_a_database_a_command_says_where_to_look(tmp_path):
    nowhere = Installation(tmp_path, "postgresql://crm:x@127.0.0.1:1/crm")
    code, said = nowhere.run("seal")
    assert code == 1
    assert "连不上数据库" in said
    assert "Traceback" not in said


@pytest.mark.installation
def test_a_database_that_there_is_not_is_named(tmp_path, empty):
    code, said = Installation(tmp_path, address("crm_never_made")).run("seal")
    assert code == 1
    assert 'database "crm_never_made" does not exist' in said
    assert "Traceback" not in said


def test_a_table_that_no_migration_makes_is_a_fault_of_ours(db):
    with pytest.raises(ProgrammingError) as raised, transaction.atomic():
        connection.cursor().execute("SELECT 1 FROM crm_nowhere")
    assert explained(raised.value) == ""


def test_a_full_disk_is_told_in_words_and_a_fault_of_ours_is_not():
    assert "磁盘已满" in explained(OSError(errno.ENOSPC, "No space left on device"))
    assert explained(ValueError("of ours")) == ""
    assert explained(InterfaceError("cursor already closed")) == ""
    assert "连不上数据库" in explained(InterfaceError("connection already closed"))
    assert explained(FileNotFoundError(errno.ENOENT, "nowhere")) == ""
