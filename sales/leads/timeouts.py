"""Leads that nobody contacts go back, by the hours that people work.

The clock runs from the assignment and stands still for nobody: who is absent is passed
over as leads are given, and loses one that came before; somebody who is there gets it.
Where the rules have nobody else it stays with whom it is, and they and their head are
told once (`sales.leads.warnings`).
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.guards.actor import acting
from crm.jobs.working_hours import working_hours_ago
from crm.models.registration import Registration
from crm.notices.models import Notice
from crm.notices.sending import notify_holders, notify_of_many, title_of, wishes_of
from sales.leads.assigning import give, is_in_use, planned
from sales.leads.rules import Rules, Turns, passed_over, plan
from sales.models import Lead, LeadAssignment, LeadRule

#: An owner is warned after so many working hours, and has a lead for so many.
WARNED_AFTER, RETURNED_AFTER = 3, 16
#: One run takes no more than this share of the leads that are to be contacted; a few it
#: may always take.
MOST, FEW = 0.10, 50
RIGHT = "sales.change_leadrule"
VERB, NOTICE, STOPPED = "returned_by_time", "lead_returned", "lead_returns_stop"
#: What stops every hour is told once in so long.
QUIET = timedelta(days=1)
#: Columns of a lead that say to whom it may go.
READ = ("owner", "source", "region", "industry", "budget")
Status = Lead.Status


def pending_since(hours):
    """Return the leads in the books that wait for their first contact so long."""
    rows = Lead.objects.filter(
        status=Status.PENDING, registration=Registration.REGISTERED
    )
    return rows.filter(assigned_at__lt=working_hours_ago(hours))


def due():
    """Return the leads whose time is over; none where no rule gives them to others."""
    rows = pending_since(RETURNED_AFTER) if is_in_use() else Lead.objects.none()
    return rows.order_by("assigned_at", "pk")


def _not_again(leads):
    """Return {lead: ids} of whom leads are not given to: who has them least of all."""
    out = passed_over(leads)
    for lead in leads:
        out.setdefault(lead.pk, set()).add(lead.owner_id)
    return out


def _goes(given):
    """Say whether a lead goes: to somebody else, or to whoever assigns by hand."""
    return given.person is not None or given.how == LeadAssignment.How.NOBODY


def going(rows):
    """Return the ids of those of some late leads that would go now."""
    leads = list(rows.select_related(None).only(*READ))
    if not leads:
        return set()
    rules = Rules()
    done = plan(leads, rules, Turns(rules.rules), _not_again(leads))
    return {given.lead.pk for given in done if _goes(given)}


def too_much():
    """Return why a run of now would take too much, empty if it would not."""
    rows = Lead.objects.filter(status=Status.PENDING).registered().order_by()
    number, total = due().order_by().count(), rows.count()
    most = max(FEW, MOST * total)
    if number > most:
        number = len(going(due()))
    if number <= most:
        return ""
    said = _("%(due)d of %(all)d leads that are to be contacted would be taken back.")
    return said % {"due": number, "all": total}


def tell_that_it_stopped(why):
    """Tell whoever sets the rules that a run was not begun, and why."""
    rule = LeadRule.objects.filter(active=True).order_by("order", "pk").first()
    lately = Notice.objects.filter(verb=STOPPED, at__gte=timezone.now() - QUIET)
    if rule is not None and not lately.exists():
        notify_holders(RIGHT, STOPPED, rule, reason=why)


@transaction.atomic
def return_some(most, by=None, after=0):
    """Take the next leads back and give them away by the rules.

    One that is being contacted just now is left alone, and one for which the rules
    have nobody else.

    Args:
        most: look at so many.
        by: whose doing it is, None for the clock.
        after: the id of the last one that was looked at.

    Returns:
        how many went, and the id of the last one looked at, None if there was none.
    """
    rows = due().filter(pk__gt=after).order_by("pk")
    rows = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
    late = list(rows[:most])
    if not late:
        return 0, None
    last = late[-1].pk
    late.sort(key=lambda lead: (lead.assigned_at, lead.pk))
    done = [given for given in planned(late, _not_again(late)) if _goes(given)]
    if done:
        _take_back([given.lead for given in done], by)
        give(done, by)
    return len(done), last


def _take_back(leads, by):
    """Let nobody work on some leads any more, and tell who had them."""
    now, had = timezone.now(), {lead.pk: lead.owner_id for lead in leads}
    with acting(by, verb=VERB):
        Lead.objects.filter(pk__in=had).update(
            status=Status.UNASSIGNED, assigned_at=None
        )
        LeadAssignment.objects.bulk_create(
            LeadAssignment(
                lead=lead,
                person_id=lead.owner_id,
                at=now,
                how=LeadAssignment.How.TIMEOUT,
                by=by,
            )
            for lead in leads
        )
    _tell(leads)


def _tell(leads):
    """Tell each who had some of them, in one notice."""
    lost = {}
    for lead in leads:
        lost.setdefault(lead.owner_id, []).append([lead.pk, title_of(lead)])
    for person, subjects in lost.items():
        unwanted, by_mail = wishes_of(person)
        in_bell = NOTICE not in unwanted
        if in_bell or NOTICE in by_mail:
            notify_of_many(person, NOTICE, Lead, subjects, in_bell=in_bell)
