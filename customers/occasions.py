"""What the clock tells people of their customers: promises that are late, birthdays."""

from datetime import timedelta

from django.db.models import Case, DateField, F, Value, When
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.notices.declared import Clocked, Occasion
from crm.notices.reminding import coming, marked
from crm.queries.days import codes_of, start_of
from customers.models import Contact, Customer
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


OCCASIONS = (
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
