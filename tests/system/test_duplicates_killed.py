"""A scan or a merge that is killed anywhere loses nothing and does nothing twice."""

import signal

import pytest

from crm.duplicates.matching import look_at_rows
from crm.duplicates.models import Key, Merge, Pair
from crm.jobs.asking import ask
from crm.models import HistoryEntry
from customers.models import Customer
from tests import works
from tests.factories import a_contact, a_customer, an_interaction
from tests.workers import PATIENCE, is_over, state, wait_for

pytestmark = pytest.mark.installation


def die(workers, job, times):
    """Let a job be taken up by one worker after the other, until it is over."""
    for _death in range(times):
        assert workers().wait(timeout=PATIENCE) == -signal.SIGKILL
        assert not is_over(job)
    workers()
    wait_for(lambda: is_over(job))


def found():
    """Return the keys and the pairs that there are."""
    keys = Key.objects.values_list("kind", "row_id", "trait", "digest")
    pairs = Pair.objects.values_list("kind", "low_id", "high_id", "score")
    return sorted(keys), sorted(pairs)


def test_a_scan_killed_before_and_after_each_slice(zhang, workers, tmp_path):
    """As if it had never been: the same keys, the same pairs, each row counted once."""
    rows = [a_customer(zhang, name=f"昆明恒信{n}商贸有限公司") for n in "甲乙丙"]
    rows += [a_customer(zhang, name=f"恒信{n}商贸（昆明）") for n in "甲丙"]
    look_at_rows(Customer, [row.pk for row in rows])
    expected = found()
    assert len(expected[1]) >= 2
    Key.objects.all().delete()
    Pair.objects.all().delete()
    job = ask(works.scan_dying, by=None, size=2, notes=str(tmp_path))
    die(workers, job, 6)
    assert state(job)[:2] == ("done", len(rows))
    assert found() == expected


def test_a_merge_killed_on_its_way(zhang, lina, workers, tmp_path):
    """Nothing has moved until all has; then each row once, as one act."""
    one, two = (a_customer(zhang, name=name) for name in ("恒信", "恒信公司"))
    contact = a_contact(two)
    for _number in range(5):
        an_interaction(two, contact=contact)
    before = HistoryEntry.objects.order_by("pk").last().pk
    given = {
        "kind": "customers.customer",
        "winner": one.pk,
        "losers": [two.pk],
        "choices": {},
        "versions": [[row.pk, row.version] for row in (one, two)],
    }
    job = ask(works.merge_dying, by=lina, notes=str(tmp_path), **given)
    die(workers, job, 2)
    assert state(job)[:2] == ("done", 6)
    assert Merge.objects.get().losers == [two.pk]
    assert (one.contacts.count(), one.interactions.count()) == (1, 5)
    entries = HistoryEntry.objects.filter(pk__gt=before, verb="merged")
    assert {entry.request_id for entry in entries} == {f"job-{job.pk}"}
    moved = entries.filter(label="feedback.interaction")
    assert moved.count() == moved.values("object_id").distinct().count() == 5
