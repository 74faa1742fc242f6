"""Who is there to take a lead today."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.jobs.working_days import working_days_ago
from crm.models import Deputy, User
from crm.queries.days import start_of
from crm.rights.permissions import permission
from crm.rights.roles import Reach
from sales.models import Lead, Opportunity

#: Who has not signed in for so many whole working days is not there.
SIGNED_IN_WITHIN = 2
GONE = _("works here no longer, or may not see leads")
AWAY = _("absent today")
SILENT = _("has not signed in for two working days")


def able_of(people):
    """Return the ids of those of some people who work here and may see leads."""
    able = User.objects.seeing(Lead).filter(pk__in=people).order_by()
    return set(able.values_list("pk", flat=True))


def why_not_there(people, today=None):
    """Return {id: why} of those of some people who take no leads today.

    Args:
        people: their ids.
        today: the day; today, if none is given.
    """
    today = today or timezone.localdate()
    last = working_days_ago(SIGNED_IN_WITHIN, today - timedelta(days=1))
    since = start_of(last + timedelta(days=1))
    able = User.objects.seeing(Lead).filter(pk__in=people).order_by()
    signed_in = dict(able.values_list("pk", "last_login"))
    absences = Deputy.objects.on(today).filter(person__in=people).order_by()
    absent = set(absences.values_list("person", flat=True))
    why = {}
    for pk in people:
        if pk not in signed_in:
            why[pk] = GONE
        elif pk in absent:
            why[pk] = AWAY
        elif signed_in[pk] is None or signed_in[pk] < since:
            why[pk] = SILENT
    return why


def keeps_own(person):
    """Say whether a person works on the leads that they bring: whoever sells, and hands
    none out to others.

    Any other's – a researcher's, an administrator's, a head's – go by the rules.
    """
    sells = person.has_perm(permission("add", Opportunity))
    return sells and person.rights.reach(permission("change", Lead)) == Reach.OWN
