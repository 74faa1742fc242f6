"""What the clock tells people of their customers: promises that are late, birthdays."""

from datetime import timedelta

from django.db.models import Case, DateField, F, Value, When
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.jobs.working_days import working_days_ago
from crm.models.departments import people_below
from crm.models.registration import Registration
from crm.notices.declared import Clocked, Occasion
from crm.notices.reminding import coming, marked
from crm.queries.days import codes_of, start_of
from crm.rights.permissions import permission
from customers.counterparts import (
    counterparts_due,
    counterparts_late,
    counterparts_late_below,
)
from customers.models import Contact, Customer, DealRegistration
from customers.recycling import due_until, recycle_on


def contacts_overdue(person, whose, days, today):
    """Return the customers whose next contact should have been, once for its day.

    Args:
        person: whom to tell, with the rights of now.
        whose: ids of the people whose customers are meant.
        days: so many days after it, the most first.
        today: the day of today.
    """
    late = [
        (
            Value(str(n)),
            {"next_contact_at__lt": start_of(today - timedelta(days=n - 1))},
        )
        for n in days
    ]
    rows = Customer.objects.visible_to(person).filter(owner__in=whose, **late[-1][1])
    return [marked(rows, TruncDate("next_contact_at"), late, of_whom="owner_id")]


def contacts_due(person, whose, days, today):
    """Return the customers whom one has promised a contact; the arguments are the same.

    So many days before it, the day itself counted as none.
    """
    near = [
        (
            Value(str(n)),
            {"next_contact_at__lt": start_of(today + timedelta(days=n + 1))},
        )
        for n in reversed(days)
    ]
    rows = Customer.objects.visible_to(person).filter(
        owner__in=whose, next_contact_at__gte=start_of(today), **near[-1][1]
    )
    return [marked(rows, TruncDate("next_contact_at"), near, of_whom="owner_id")]


def birthdays(person, whose, days, today):
    """Return the contacts who have a birthday soon; the arguments are the same."""
    ahead = [today + timedelta(days=n) for n in range(days[0] + 1)]
    of_code = {code: day for day in reversed(ahead) for code in codes_of(day)}
    rows = Contact.objects.visible_to(person).filter(customer_owner__in=whose)
    rows = rows.alias(code=F("birthday__month") * 100 + F("birthday__day"))
    rows = rows.filter(code__in=of_code).alias(
        comes_on=Case(
            *(When(code=code, then=Value(day)) for code, day in of_code.items()),
            output_field=DateField(),
        )
    )
    return [coming(rows, "comes_on", days, today, of_whom="customer_owner_id")]


def recycled_soon(person, whose, days, today):
    """Return the customers of some people that go back into a pool soon."""
    rows = Customer.objects.visible_to(person).filter(owner__in=whose)
    rows = due_until(rows, today + timedelta(days=days[0]))
    rows = rows.annotate(recycle_on=recycle_on())
    return [coming(rows, "recycle_on", days, today, of_whom="owner_id")]


def registrations_end(person, whose, days, today):
    """Return the registrations of some people that protect them not much longer."""
    rows = DealRegistration.objects.visible_to(person).filter(
        owner__in=whose, status=DealRegistration.Status.APPROVED
    )
    return [coming(rows, "valid_until", days, today, of_whom="owner_id")]


def registrations_wait(person, whose, days, today):
    """Return the registrations that wait too long for the person's decision."""
    right = permission("decide", DealRegistration)
    if person.rights.reach(right) is None:
        return []
    late = [
        (Value(str(n)), {"created_at__lt": start_of(working_days_ago(n, today))})
        for n in days
    ]
    rows = DealRegistration.objects.visible_to(person, "decide").filter(
        status=DealRegistration.Status.REQUESTED,
        registration=Registration.REGISTERED,
        owner__in=people_below(person, 1),
        **late[-1][1],
    )
    return [marked(rows, TruncDate("created_at"), late, of_whom="owner_id")]


OCCASIONS = (
    Clocked(
        "counterpart_due",
        pgettext_lazy("notice", "contact with a counterpart due"),
        _("I am to be in touch with a counterpart soon"),
        "info",
        (("owner", "me"), ("state", "soon")),
        setting=_("contact with a counterpart due: days before"),
        days=(1, 0),
        due=counterparts_due,
    ),
    Clocked(
        "counterpart_late",
        pgettext_lazy("notice", "contact with a counterpart overdue"),
        _("A contact with a counterpart of mine is overdue"),
        "warn",
        (("owner", "me"), ("state", "overdue")),
        setting=_("contact with a counterpart overdue: days after"),
        days=(3,),
        due=counterparts_late,
    ),
    Clocked(
        "counterpart_below",
        pgettext_lazy("notice", "contact with a counterpart overdue"),
        _("A contact of somebody below me with a counterpart is overdue"),
        "bad",
        (("state", "overdue"),),
        setting=_("contact with a counterpart overdue: days after, to the head"),
        days=(7,),
        due=counterparts_late_below,
    ),
    Occasion(
        "claim_waits",
        pgettext_lazy("notice", "deal registration waits"),
        _("A deal registration waits for my decision"),
        "info",
        (("status", "requested"),),
        waits=True,
    ),
    Occasion(
        "claim_approved",
        pgettext_lazy("notice", "deal registration approved"),
        _("A deal registration of mine was approved"),
        "good",
        (("owner", "me"), ("status", "approved")),
    ),
    Occasion(
        "claim_rejected",
        pgettext_lazy("notice", "deal registration rejected"),
        _("A deal registration of mine was rejected"),
        "bad",
        (("owner", "me"), ("status", "rejected")),
    ),
    Occasion(
        "claim_expired",
        pgettext_lazy("notice", "deal registration expired"),
        _("A deal registration of mine protects me no longer"),
        "warn",
        (("owner", "me"), ("status", "expired")),
    ),
    Clocked(
        "claim_ends",
        pgettext_lazy("notice", "deal registration ends soon"),
        _("A deal registration of mine protects me not much longer"),
        "warn",
        (("owner", "me"), ("status", "approved")),
        setting=_("end of a deal registration: days before"),
        days=(14, 3),
        due=registrations_end,
    ),
    Clocked(
        "claim_late",
        pgettext_lazy("notice", "deal registration waits too long"),
        _("A deal registration waits too long for my decision"),
        "warn",
        (("status", "requested"),),
        setting=_("deal registration not decided on: working days after"),
        days=(2,),
        due=registrations_wait,
    ),
    Occasion(
        "collision_opened",
        pgettext_lazy("notice", "collision"),
        _("A customer that I have or registered is claimed by somebody else"),
        "warn",
        list_name="collision_list",
        names_gone=True,
    ),
    Occasion(
        "collision_waits",
        pgettext_lazy("notice", "collision waits for a ruling"),
        _("A collision waits for my ruling"),
        "warn",
        list_name="collision_list",
        names_gone=True,
        waits=True,
    ),
    Occasion(
        "collision_ruled",
        pgettext_lazy("notice", "collision ruled"),
        _("A collision of mine was ruled on"),
        "info",
        list_name="collision_list",
        names_gone=True,
    ),
    Occasion(
        "collision_appealed",
        pgettext_lazy("notice", "ruling appealed"),
        _("A party appeals to a ruling"),
        "warn",
        list_name="collision_list",
        names_gone=True,
    ),
    Occasion(
        "asked_about",
        pgettext_lazy("notice", "asked about a customer"),
        _("Somebody asks about a customer of mine"),
        "info",
    ),
    Occasion(
        "customer_assigned",
        pgettext_lazy("notice", "customer assigned"),
        _("A customer was assigned to me out of a pool"),
        "info",
        (("owner", "me"),),
    ),
    Occasion(
        "customers_recycled",
        pgettext_lazy("notice", "customers recycled"),
        _("Customers of mine went back into a pool by themselves"),
        "warn",
        list_name="pool_list",
        names_gone=True,
    ),
    Occasion(
        "recycling_stopped",
        pgettext_lazy("notice", "recycling stopped"),
        _("Recycling was stopped: it would have taken too much"),
        "bad",
    ),
    Occasion(
        "recycling_put_off",
        pgettext_lazy("notice", "recycling put off"),
        _("A customer of mine goes back into a pool later"),
        "good",
    ),
    Clocked(
        "recycling_due",
        pgettext_lazy("notice", "customer soon recycled"),
        _("A customer of mine goes back into a pool soon"),
        "warn",
        (("owner", "me"), ("recycle_within", "7")),
        setting=_("back into a pool: days before"),
        days=(7, 3, 1),
        due=recycled_soon,
    ),
    Occasion(
        "customer_released",
        pgettext_lazy("notice", "customer released into a pool"),
        _("Somebody released a customer of mine into a pool"),
        "warn",
        list_name="pool_list",
        names_gone=True,
    ),
    Clocked(
        "contact_overdue",
        pgettext_lazy("notice", "contact overdue"),
        _("The next contact with a customer of mine is overdue"),
        "warn",
        (
            ("owner", "me"),
            ("next_contact_at_before", "yesterday"),
            ("sort", "next_contact_at"),
        ),
        setting=_("next contact overdue: days after"),
        days=(1,),
        due=contacts_overdue,
    ),
    Clocked(
        "contact_due",
        pgettext_lazy("notice", "contact due"),
        _("The next contact with a customer of mine is due"),
        "info",
        (
            ("owner", "me"),
            ("next_contact_at_after", "today"),
            ("sort", "next_contact_at"),
        ),
        setting=_("next contact: days before"),
        days=(0,),
        due=contacts_due,
    ),
    Clocked(
        "birthday",
        pgettext_lazy("notice", "birthday"),
        _("A contact at a customer of mine has a birthday"),
        "info",
        setting=_("birthday of a contact: days before"),
        days=(3, 0),
        due=birthdays,
    ),
)
