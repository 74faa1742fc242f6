"""Which open opportunities and leads need somebody: stuck, late, or left alone."""

from datetime import timedelta

from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.jobs.working_hours import working_hours_ago
from crm.kinds import follow_up_of
from crm.models.registration import Registration
from sales.models import Lead, Opportunity
from sales.models.opportunities import SLIPPING

#: An opportunity about which nobody spoke, and which did not move, for so long is
#: left alone: at least one action a month is expected of its owner.
QUIET = timedelta(days=30)
#: (value, what it says) of the condition.
NEEDS = (
    ("stuck", _("longer in its stage than planned")),
    ("late", _("past the day on which the order was expected")),
    ("slipping", _("order put off twice or more")),
    ("quiet", _("no action for 30 days")),
)
#: {need: (status, since when it stands so, working hours that it may)} of leads which
#: wait: to be assigned, and to be contacted then.
WAITS = {
    "unassigned": (Lead.Status.UNASSIGNED, "status_since", 8),
    "untouched": (Lead.Status.PENDING, "assigned_at", 4),
}
#: The same of leads.
LEAD_NEEDS = (
    ("unassigned", _("unassigned for more than 8 working hours")),
    ("untouched", _("assigned, and not contacted for more than 4 working hours")),
    ("quiet", _("no action for 30 days")),
)


def needing(opportunities, needs, user):
    """Narrow opportunities to the open ones that need somebody for any of some reasons.

    Args:
        opportunities: a queryset.
        needs: values of `NEEDS`; none of them narrows nothing.
        user: who asks; a talk counts where they may see it.
    """
    if not needs:
        return opportunities
    now, found = timezone.now(), Q()
    if "stuck" in needs:
        found |= Q(entered_stage_at__lt=now - _days_planned())
    if "late" in needs:
        found |= Q(expected_on__lt=timezone.localdate(now))
    if "slipping" in needs:
        found |= Q(times_put_off__gte=SLIPPING)
    if "quiet" in needs:
        since = now - QUIET
        found |= Q(entered_stage_at__lt=since) & ~_spoken_of_since(since, user)
    return opportunities.filter(found, status=Opportunity.Status.OPEN)


def _days_planned():
    days = F("stage__max_days") * timedelta(days=1)
    return ExpressionWrapper(days, output_field=DurationField())


def _spoken_of_since(moment, user):
    """Say whether somebody spoke of it since, as the books have it."""
    kind, relation = follow_up_of(Opportunity)
    talks = kind.objects.visible_to(user).filter(
        **{relation: OuterRef("pk")},
        registration=Registration.REGISTERED,
        occurred_at__gte=moment,
    )
    return Exists(talks.order_by())


def leads_needing(leads, needs):
    """Narrow leads to those in the books that wait too long, for any of some reasons.

    What is only reported waits in the inbox, and for nobody to sell.

    Args:
        leads: a queryset.
        needs: values of `LEAD_NEEDS`; none of them narrows nothing.
    """
    if not needs:
        return leads
    found = Q()
    for need, (status, since, hours) in WAITS.items():
        if need in needs:
            found |= Q(status=status, **{f"{since}__lt": working_hours_ago(hours)})
    if "quiet" in needs:
        found |= Q(status__in=Lead.OPEN, changed_at__lt=Now() - QUIET)
    open_ones = leads.filter(status__in=Lead.OPEN, registration=Registration.REGISTERED)
    return open_ones.filter(found)
