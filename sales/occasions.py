"""What people are told of the sales process: what waits too long, ends, was read.

`person` is whom to tell, with the rights of now; `whose` are the ids of the people
whose leads are meant; `days` stand in falling order: so many after the time is over.
"""

from datetime import timedelta

from django.db.models import Value
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.jobs.working_hours import working_hours_ago
from crm.models.departments import people_below
from crm.models.registration import Registration
from crm.notices.declared import Clocked, Occasion
from crm.notices.reminding import coming, marked
from crm.queries.days import start_of
from crm.rights.permissions import permission
from crm.rights.roles import Reach
from sales.attention import WAITS
from sales.models import Lead, Quotation


def untouched(person, whose, days, today):
    """Return the leads of some people that wait for their first contact."""
    rows = Lead.objects.visible_to(person).filter(owner__in=whose)
    return [_waiting(rows, "untouched", days, today)]


def untouched_below(person, whose, days, today):
    """Return those of the people whose nearest head the person is."""
    rows = Lead.objects.visible_to(person).filter(owner__in=people_below(person, 1))
    return [_waiting(rows, "untouched", days, today)]


def unassigned(person, whose, days, today):
    """Return the unassigned leads that the person may assign to others."""
    reach = person.rights.reach(permission("change", Lead))
    if reach in (None, Reach.OWN):
        return []
    rows = Lead.objects.visible_to(person, "change")
    return [_waiting(rows, "unassigned", days, today)]


def _waiting(rows, need, days, today):
    """Return the rows in the books that wait so too long, marked by the days since."""
    status, since, hours = WAITS[need]
    end = min(start_of(today + timedelta(days=1)), timezone.now())
    late = [
        (
            Value(str(n)),
            {f"{since}__lt": working_hours_ago(hours, end - timedelta(days=n))},
        )
        for n in days
    ]
    rows = rows.filter(
        status=status, registration=Registration.REGISTERED, **late[-1][1]
    )
    return marked(rows, TruncDate(since), late, of_whom="owner_id")


def quotations_end(person, whose, days, today):
    """Return what is offered by some people and holds not much longer."""
    rows = Quotation.objects.visible_to(person)
    rows = rows.filter(owner__in=whose, status__in=Quotation.OFFERED)
    return [coming(rows, "valid_until", days, today, of_whom="owner_id")]


OCCASIONS = (
    Occasion(
        "read_above",
        pgettext_lazy("notice", "read"),
        _("Somebody above read a day report or a work plan of mine"),
        "good",
        (("owner", "me"), ("is_read", "true")),
    ),
    Occasion(
        "answered",
        pgettext_lazy("notice", "answered"),
        _("Somebody answered what I said to a day report or a work plan"),
        "info",
        (("whose", "below"),),
    ),
    Occasion(
        "report_due",
        pgettext_lazy("notice", "day report not handed in"),
        _("I have not handed in my day report at 20:00"),
        "warn",
        page="dayreport_of_person",
        list_name="dayreport_list",
    ),
    Occasion(
        "reports_missing",
        pgettext_lazy("notice", "day reports missing"),
        _("Day reports of people below me are missing"),
        "warn",
        page="dayreport_of_person",
        list_name="dayreport_team",
    ),
    Clocked(
        "quotation_ends",
        pgettext_lazy("notice", "quotation ends"),
        _("A quotation of mine holds not much longer"),
        "warn",
        (
            ("owner", "me"),
            ("status", "approved"),
            ("status", "sent"),
            ("sort", "valid_until"),
        ),
        setting=_("quotation ends: days before"),
        days=(3, 1),
        due=quotations_end,
    ),
    Occasion(
        "quotation_expired",
        pgettext_lazy("notice", "quotation ended"),
        _("A quotation of mine holds no longer"),
        "warn",
        (("owner", "me"), ("status", "expired")),
    ),
    Occasion(
        "target_locked",
        pgettext_lazy("notice", "target locked"),
        _("A target of mine was locked"),
        "info",
        (("owner", "me"), ("status", "locked")),
    ),
    Occasion(
        "target_asked",
        pgettext_lazy("notice", "change to a target asked for"),
        _("A change to a target waits for my decision"),
        "info",
        (("change", "mine"),),
        waits=True,
    ),
    Occasion(
        "target_granted",
        pgettext_lazy("notice", "change to a target granted"),
        _("A change to a target of mine was granted"),
        "good",
        (("owner", "me"), ("status", "locked")),
    ),
    Occasion(
        "target_refused",
        pgettext_lazy("notice", "change to a target refused"),
        _("A change to a target of mine was refused"),
        "bad",
        (("owner", "me"), ("status", "locked")),
    ),
    Occasion(
        "lead_assigned",
        pgettext_lazy("notice", "lead assigned"),
        _("A lead was assigned to me"),
        "info",
        (("owner", "me"), ("status", "pending")),
    ),
    Occasion(
        "lead_due",
        pgettext_lazy("notice", "lead to be contacted"),
        _("A lead of mine is to be contacted within the hour"),
        "info",
        (("owner", "me"), ("status", "pending")),
    ),
    Occasion(
        "lead_returned",
        pgettext_lazy("notice", "lead taken back"),
        _("A lead of mine that was not contacted in time was taken back"),
        "warn",
        (("status", "unassigned"),),
        names_gone=True,
    ),
    Occasion(
        "lead_stays",
        pgettext_lazy("notice", "late lead stays"),
        _("A late lead of mine or of somebody below me, which nobody else could get"),
        "warn",
        (("needs", "untouched"),),
    ),
    Occasion(
        "lead_returns_stop",
        pgettext_lazy("notice", "leads not taken back"),
        _("Very many leads would be taken back: nothing was done"),
        "bad",
        page="leadrule_update",
    ),
    Clocked(
        "lead_untouched",
        pgettext_lazy("notice", "lead waits too long"),
        _("A lead of mine waits for its first contact"),
        "warn",
        (("owner", "me"), ("needs", "untouched")),
        setting=_("lead not contacted: days after its working hours"),
        days=(1, 0),
        due=untouched,
    ),
    Clocked(
        "head_lead_untouched",
        pgettext_lazy("notice", "lead waits too long"),
        _("A lead of somebody below me waits for its first contact"),
        "warn",
        (("needs", "untouched"),),
        setting=_("lead not contacted: days after, to the head"),
        days=(0,),
        due=untouched_below,
    ),
    Clocked(
        "lead_unassigned",
        pgettext_lazy("notice", "lead waits too long"),
        _("A lead waits to be assigned"),
        "warn",
        (("needs", "unassigned"),),
        setting=_("lead not assigned: days after its working hours"),
        days=(0,),
        due=unassigned,
    ),
)
