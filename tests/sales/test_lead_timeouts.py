"""Leads that nobody contacts: who is warned, and when they go to somebody else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.jobs.background import Context
from crm.jobs.models import Job, Schedule
from crm.jobs.working_hours import working_hours_ago
from crm.models import Department, Deputy, HistoryEntry
from crm.notices.models import Notice
from sales import leads
from sales.leads import timeouts, work
from sales.leads.assigning import assign_one
from sales.models import Lead
from tests.factories import a_lead, an_item
from tests.pages import shows
from tests.sales.test_lead_rules import a_rule, hows
from tests.system.test_reminders import written

pytestmark = pytest.mark.django_db


def worked(hours):
    """Return the moment since which so many hours were worked, and a little more."""
    rows = Department.objects.values_list(working_hours_ago(hours))
    return rows.first()[0] - timedelta(minutes=1)


def a_late_lead(owner, by, hours=16, **fields):
    """Return a lead that waits for its first contact since so many hours."""
    lead = a_lead(owner, by=by, **fields)
    written(Lead.objects.filter(pk=lead.pk), assigned_at=worked(hours))
    lead.refresh_from_db()
    assert lead.status == "pending"
    return lead


def verbs_of(person):
    """Return what a person was told, the first first."""
    rows = Notice.objects.filter(person=person).order_by("pk")
    return list(rows.values_list("verb", flat=True))


def done(job, **given):
    """Do a job to its end, as the worker does."""
    context = Context(by=None, place=None, done=0, total=0)
    while (place := job.call(context, **given)) is not None:
        context.place = place


# --- Taken back -----------------------------------------------------------------------


def test_what_nobody_contacts_goes_to_somebody_else(zhang, liu, zhao, lina, sign_in):
    a_rule(zhang, liu)
    lead = a_late_lead(zhang, zhao)
    assert timeouts.return_some(10)[0] == 1
    lead.refresh_from_db()
    assert (lead.owner, lead.status) == (liu, "pending")
    assert hows(lead) == [("timeout", zhang), ("rule", liu)]
    assert (verbs_of(zhang), verbs_of(liu)) == (["lead_returned"], ["lead_assigned"])
    verbs = HistoryEntry.objects.filter(label="sales.lead", object_id=lead.pk)
    assert list(verbs.order_by("pk").values_list("verb", flat=True))[-2:] == [
        "returned_by_time",
        "assigned_by_rule",
    ]
    assert shows(sign_in(zhao).get(lead.get_absolute_url()), "从张伟收回")
    assert timeouts.return_some(10)[0] == 0


def test_who_had_it_long_ago_gets_it_again(zhang, zhao):
    a_rule(zhang)
    lead = a_lead(zhao)
    lead.assignments.create(
        person=zhang, how="timeout", at=timezone.now() - timedelta(days=31)
    )
    assign_one(lead, zhao)
    assert lead.owner == zhang


def test_in_time_or_contacted_it_stays(zhang, liu, zhao):
    a_rule(zhang, liu)
    a_late_lead(zhang, zhao, hours=15)
    talked = a_late_lead(zhang, zhao)
    leads.touch(talked, an_item("interaction_method", "call"), "已通话", zhang)
    written(Lead.objects.filter(pk=a_late_lead(zhang, zhao).pk), deleted_at=worked(1))
    assert timeouts.return_some(10)[0] == 0


def test_without_a_rule_nothing_is_taken_back(zhang, zhao):
    a_late_lead(zhang, zhao)
    assert timeouts.return_some(10)[0] == 0
    a_rule(zhang, active=False)
    assert timeouts.return_some(10)[0] == 0


def test_whoever_is_absent_is_not_spared(zhang, liu, zhao):
    a_rule(zhang, liu)
    lead, today = a_late_lead(zhang, zhao), timezone.localdate()
    Deputy.objects.create(person=zhang, deputy=zhao, starts_on=today, ends_on=today)
    timeouts.return_some(10)
    lead.refresh_from_db()
    assert lead.owner == liu


def test_very_many_at_once_stop_the_run_and_it_is_told_once(
    zhang, liu, zhao, zhou, sign_in, monkeypatch
):
    a_rule(zhang, liu)
    for _each in range(3):
        a_late_lead(zhang, zhao)
    monkeypatch.setattr(timeouts, "FEW", 2)
    for _hour in range(2):
        done(work.look_after)
    assert Lead.objects.filter(owner=zhang).count() == 3
    (notice,) = Notice.objects.filter(person=zhou)
    assert notice.verb == "lead_returns_stop"
    assert "3" in notice.reason
    page = sign_in(zhou).get("/leads/rules/trial/")
    assert shows(page, "将有 3 条被收回")
    answer = sign_in(zhou).post("/leads/rules/returns/")
    assert answer.status_code == 302
    assert Job.objects.filter(task_path="sales.leads.work.look_after").exists()
    done(work.look_after, forced=True)
    assert Lead.objects.filter(owner=liu).count() == 3


# --- Warned ---------------------------------------------------------------------------


def test_the_owner_is_warned_before_and_the_head_when_it_is_late(zhang, zhao, qian):
    lead = a_late_lead(zhang, qian, hours=3)
    done(work.look_after)
    assert (verbs_of(zhang), verbs_of(zhao)) == (["lead_due"], [])
    written(Lead.objects.filter(pk=lead.pk), assigned_at=worked(4))
    for _hour in range(3):
        done(work.look_after)
    assert verbs_of(zhang) == ["lead_due", "lead_untouched"]
    assert verbs_of(zhao) == ["head_lead_untouched"]
    assert verbs_of(qian) == []


def test_the_clock_has_it_done_every_hour_where_anything_waits(zhang, zhao):
    schedule = Schedule.objects.get(task_path="sales.leads.work.look_after")
    assert (schedule.rhythm, schedule.active) == ("hourly", True)
    assert not work.is_needed()
    a_late_lead(zhang, zhao, hours=3)
    assert work.is_needed()
