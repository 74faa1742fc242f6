"""What is rewritten in the history past all guards shows in the chain of its seals."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from crm.history import sealing
from crm.models import HistoryEntry, HistorySeal
from tests.factories import a_customer
from tests.races import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(zhang):
    """Seal the history three times, a customer each; return the numbers of entries."""
    counts = []
    for _time in range(3):
        a_customer(zhang)
        counts.append(sealing.seal())
    return counts


def rewrite(statement, *values):
    """Do what the owner of the tables can, who lets the triggers rest."""
    with connection.cursor() as cursor:
        for table in ("crm_historyentry", "crm_historyseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)


def test_every_entry_is_sealed_once(sealed):
    assert all(sealed)
    assert sum(sealed) == HistoryEntry.objects.count()
    assert sealing.seal() == 0
    assert list(sealing.broken()) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE crm_historyentry SET actor_name = '别人' WHERE id = %s",
        "UPDATE crm_historyentry SET at = at - interval '1 second' WHERE id = %s",
        "DELETE FROM crm_historyentry WHERE id = %s",
        "UPDATE crm_historyentry SET changes = '{}' WHERE id = %s",
    ],
)
def test_an_entry_that_is_rewritten_or_taken_away_shows(statement, sealed):
    _first, second, _third = HistorySeal.objects.order_by("pk")
    rewrite(statement, second.until)
    assert list(sealing.broken()) == [second]
    with pytest.raises(CommandError, match=str(second)):
        call_command("seal", check=True)


def test_a_seal_that_is_rewritten_shows_and_so_does_the_one_that_builds_on_it(sealed):
    first, second, _third = HistorySeal.objects.order_by("pk")
    rewrite("UPDATE crm_historyseal SET sha256 = 'x' WHERE id = %s", first.pk)
    assert [one.pk for one in sealing.broken()] == [first.pk, second.pk]


def test_a_seal_that_is_made_anew_breaks_the_next_and_the_one_noted_elsewhere(
    sealed, capsys
):
    call_command("seal")
    noted = capsys.readouterr().out.split()[-1]
    call_command("seal", noted, check=True)
    last = HistorySeal.objects.last()
    rewrite("UPDATE crm_historyentry SET title = 'x' WHERE id = %s", last.until)
    rewrite("DELETE FROM crm_historyseal WHERE id = %s", last.pk)
    call_command("seal", check=True)  # all made anew, nothing shows …
    with pytest.raises(CommandError, match="not as sealed"):
        call_command("seal", noted, check=True)  # … but to who has kept the last one


def test_the_hourly_sweep_seals(zhang):
    a_customer(zhang)
    call_command("sweep", verbosity=0)
    assert HistorySeal.objects.last().until == HistoryEntry.objects.latest("pk").pk


def test_the_log_tells_of_a_seal_once_it_is_there_to_stay(
    zhang, caplog, django_capture_on_commit_callbacks
):
    a_customer(zhang)
    sealing.log.addHandler(caplog.handler)
    try:
        with django_capture_on_commit_callbacks() as callbacks:
            sealing.seal()
        assert "sealed" not in caplog.text
        for callback in callbacks:
            callback()
        assert str(HistorySeal.objects.last()) in caplog.text
    finally:
        sealing.log.removeHandler(caplog.handler)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sealed_while_an_entry_is_on_its_way(zhang):
    sealing.seal()
    with transaction.atomic():
        a_customer(zhang)

        def beside(number):
            a_customer(zhang)
            return sealing.seal()

        assert together(1, beside) == [0]
    assert sealing.seal() == 2
    assert list(sealing.broken()) == []
    connections.close_all()
