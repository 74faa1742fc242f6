"""Whoever has a lead is warned before its time is over, their head when it is late.

Both are told of one that stays with them after its time, as the rules have nobody else.
By the hour: what the clock tells once a day anyway is told as soon as it holds, of
each lead once (`crm.notices.reminding`).
"""

from django.db.models import Q, Value
from django.db.models.functions import TruncDate
from django.utils import timezone

from crm.guards.turns import wait_turn
from crm.jobs.models import Reminder
from crm.jobs.working_hours import working_hours_ago
from crm.models import Department, Deputy, User
from crm.models.departments import people_below
from crm.notices.declared import clocked
from crm.notices.reminding import marked, remind
from crm.notices.sending import wishes_of
from sales.leads.timeouts import RETURNED_AFTER, WARNED_AFTER, due, going, pending_since
from sales.models import Lead

#: What is told before a lead is late; the others are those of the clock.
SOON, STAYS = "lead_due", "lead_stays"
LATE = ("lead_untouched", "head_lead_untouched")
#: So many working hours after its assignment a lead is late.
LATE_AFTER = 4


def next_person(after):
    """Return the next of those who have such a lead, or head who has one, or None."""
    rows = pending_since(WARNED_AFTER).order_by()
    owners = User.objects.filter(pk__in=rows.values("owner")).order_by()
    heads = owners.annotate(above=Department.objects.nearest_head("")).values("above")
    people = User.objects.with_grants().filter(
        Q(pk__in=owners.values("pk")) | Q(pk__in=heads),
        pk__in=User.objects.active().values("pk"),
        pk__gt=after,
    )
    return people.order_by("pk").first()


def warn(person):
    """Tell a person what is due; return whether there is more than was told at once."""
    wait_turn("reminders", person)
    today = timezone.localdate()
    absences = Deputy.objects.on(today).filter(
        deputy=person, person__in=User.objects.active()
    )
    absent = dict(absences.values_list("person", "person__name"))
    whose, days_of = [person.pk, *absent], Reminder.days_of_all()
    parts = {SOON: [_soon(person, whose)], STAYS: _staying(person, whose)}
    for verb in LATE:
        if days := days_of.get(verb):
            parts[verb] = clocked()[verb].due(person, whose, days, today)
    (unwanted, by_mail), more = wishes_of(person), False
    for verb, some in parts.items():
        in_bell = verb not in unwanted
        if in_bell or verb in by_mail:
            more |= remind(person, verb, some, absent, in_bell=in_bell)
    return more


def _staying(person, whose):
    """Return the leads of some people, and of those below, that nobody else could get.

    The clock has taken back what it could.
    """
    late = due().filter(Q(owner__in=whose) | Q(owner__in=people_below(person, 1)))
    ids = set(late.values_list("pk", flat=True))
    if not ids:
        return []
    rows = Lead.objects.visible_to(person).filter(pk__in=ids - going(late))
    late_by = {"assigned_at__lt": working_hours_ago(RETURNED_AFTER)}
    day = TruncDate("assigned_at")
    return [marked(rows, day, [(Value("16h"), late_by)], of_whom="owner_id")]


def _soon(person, whose):
    """Return the leads of some people whose first contact is due within the hour."""
    rows = Lead.objects.visible_to(person).filter(
        pk__in=pending_since(WARNED_AFTER).order_by().values("pk"),
        owner__in=whose,
        assigned_at__gte=working_hours_ago(LATE_AFTER),
    )
    since = {"assigned_at__lt": working_hours_ago(WARNED_AFTER)}
    day = TruncDate("assigned_at")
    return marked(rows, day, [(Value("3h"), since)], of_whom="owner_id")
