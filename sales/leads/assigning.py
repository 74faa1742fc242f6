"""Leads are assigned by the rules: one as it comes in, or many at once.

Rules are held while leads are given by them, so that of many that come at one moment
each sees whom the others went to. Leads are locked before rules, by everybody.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm.guards.actor import acting
from crm.models import User
from crm.models.registration import Registration
from crm.notices.sending import notify, notify_of_many, title_of, wishes_of
from sales.leads.presence import keeps_own
from sales.leads.rules import Rules, Turns, passed_over, plan
from sales.models import Lead, LeadAssignment, LeadRule

VERB, NOTICE = "assigned_by_rule", "lead_assigned"


def is_in_use():
    """Say whether any rule is in force."""
    return LeadRule.objects.filter(active=True).exists()


@transaction.atomic
def assign_by_rules(leads, by):
    """Give unassigned leads away by the rules; return the `Given` of each that met one.

    What is not unassigned, or not in the books, stays as it is.

    Args:
        leads: locked, or new in this transaction.
        by: whose doing it is, None for the clock.
    """
    open_ = [
        lead
        for lead in leads
        if lead.status == Lead.Status.UNASSIGNED and lead.is_registered
    ]
    done = planned(open_, passed_over(open_)) if open_ else []
    give(done, by)
    return done


def planned(leads, out):
    """Return what becomes of leads by the rules, which are held from here on.

    Args:
        leads: locked, the first first.
        out: {lead: ids} of whom are passed over.
    """
    rules = Rules()
    met = [rules.rule_of(lead, out.get(lead.pk, ())) for lead in leads]
    asked = {rule.pk: rule for rule in met if rule}
    held = LeadRule.objects.filter(pk__in=asked).order_by("pk")
    list(held.select_for_update(of=("self",), no_key=True).values_list("pk"))
    return plan(leads, rules, Turns(list(asked.values())), out) if asked else []


def give(done, by):
    """Give the leads, those of one rule and person at once, and note it."""
    together = {}
    for given in done:
        if given.person is not None:
            together.setdefault((given.rule.pk, given.person), []).append(given)
    now = timezone.now()
    with acting(by, verb=VERB):
        for (_rule, person), some in together.items():
            rows = Lead.objects.filter(pk__in=[one.lead.pk for one in some])
            rows.update(owner=person, status=Lead.Status.PENDING, assigned_at=now)
        LeadAssignment.objects.bulk_create(
            LeadAssignment(
                lead_id=given.lead.pk,
                rule=given.rule,
                person_id=given.person,
                at=now + timedelta(microseconds=place),  # the turns of one moment
                how=given.how,
                by=by,
            )
            for place, given in enumerate(done)
        )
    for (_rule, person), some in together.items():
        _tell(person, some, by)


def _tell(person, some, by):
    """Tell somebody of their new leads: of many in one notice."""
    reason = str(some[0].rule)
    if len(some) == 1:
        notify(person, NOTICE, some[0].lead, by=by, reason=reason)
        return
    unwanted, by_mail = wishes_of(person)
    in_bell = NOTICE not in unwanted
    if in_bell or NOTICE in by_mail:
        subjects = [[one.lead.pk, title_of(one.lead)] for one in some]
        notify_of_many(person, NOTICE, Lead, subjects, reason=reason, in_bell=in_bell)


def assign_one(lead, by):
    """Give one lead away by the rules; return its `Given`, None if it meets no rule."""
    done = assign_by_rules([lead], by)
    if not done:
        return None
    lead.refresh_from_db(
        fields=["owner", "status", "status_since", "assigned_at", "version"]
    )
    return done[0]


def assign_unless_kept(lead, by):
    """Give a lead away by the rules, unless whoever has it works on what they bring."""
    if lead.status == Lead.Status.UNASSIGNED and not keeps_own(lead.owner):
        return assign_one(lead, by)
    return None


def assign_reopened(lead, by):
    """Give a lead that was opened again away by the rules.

    Whoever opens their own again, and sells, means to go on with it.
    """
    if by.pk == lead.owner_id and keeps_own(by):
        keep(lead, by)
        return None
    return assign_one(lead, by)


def keep(lead, by):
    """Note that an unassigned lead is not to go by the rules: later runs heed it."""
    how = LeadAssignment.How.KEPT
    with acting(by):
        LeadAssignment.objects.create(lead=lead, person=lead.owner, how=how, by=by)


def waiting():
    """Return the unassigned leads in the books that the rules are for, oldest first.

    Those that somebody who sells has brought are theirs, unless they went by a rule,
    or ran out of time, before; what was kept from the rules last stays where it is.
    """
    rows = Lead.objects.filter(
        status=Lead.Status.UNASSIGNED, registration=Registration.REGISTERED
    )
    ids = rows.order_by().values("owner")
    owners = User.objects.with_grants().filter(pk__in=ids)
    keepers = [person.pk for person in owners if keeps_own(person)]
    hows, before = (
        LeadAssignment.How,
        LeadAssignment.objects.filter(lead=OuterRef("pk")),
    )
    moved = Exists(before.filter(how__in=(hows.RULE, hows.TIMEOUT)))
    last = Subquery(before.order_by("-at", "-pk").values("how")[:1])
    rows = rows.alias(last=Coalesce(last, Value(""))).exclude(last=hows.KEPT)
    return rows.filter(~Q(owner__in=keepers) | moved).order_by("created_at", "pk")
