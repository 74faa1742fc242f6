"""What the clock tells people of contracts: which end soon, which are to be paid.

`person` is whom to tell, with the rights of now; `whose` are the ids of the people
whose contracts are meant; `days` stand in falling order.
"""

from functools import reduce
from operator import or_

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts.models import Contract, Instalment
from contracts.receiving import with_paid
from crm.models import Department
from crm.notices.declared import Clocked, Occasion
from crm.notices.reminding import coming


def ending(person, whose, days, today):
    """Return the contracts in force that end soon."""
    rows = _in_force(person).filter(owner__in=whose)
    return [coming(rows, "ends_on", days, today, of_whom="owner_id")]


def ending_below(person, whose, days, today):
    """Return those of the people whose nearest head the person is."""
    paths = Department.objects.filter(head=person).values_list("path", flat=True)
    below = [Q(owner__department__path__startswith=path) for path in paths]
    if not below:
        return []
    rows = _in_force(person).filter(reduce(or_, below))
    rows = rows.alias(nearest=Department.objects.nearest_head("owner")).filter(
        nearest=person.pk
    )
    return [coming(rows, "ends_on", days, today)]


def owing(person, whose, days, today):
    """Return the contracts in force with an instalment that is due soon and unpaid."""
    rows = _in_force(person).filter(owner__in=whose)
    due = coming(rows, "instalments__due_on", days, today, of_whom="owner_id")
    same = Instalment.objects.filter(contract=OuterRef("pk"), due_on=OuterRef("day"))
    unpaid = with_paid(same).filter(paid__lt=F("amount"))
    # Two instalments of one day are told once.
    return [due.filter(Exists(unpaid)).distinct()]


def _in_force(person):
    rows = Contract.objects.visible_to(person)
    return rows.filter(status=Contract.Status.REGISTERED)


OCCASIONS = (
    Clocked(
        "contract_ends",
        pgettext_lazy("notice", "contract ends"),
        _("A contract of mine ends soon"),
        "warn",
        (
            ("owner", "me"),
            ("status", "registered"),
            ("ends_on_after", "today"),
            ("sort", "ends_on"),
        ),
        setting=_("contract ends: days before"),
        days=(90, 60, 30, 7),
        due=ending,
    ),
    Clocked(
        "head_contract_ends",
        pgettext_lazy("notice", "contract ends"),
        _("A contract of somebody below me ends soon"),
        "warn",
        (("status", "registered"), ("ends_on_after", "today"), ("sort", "ends_on")),
        setting=_("contract ends: days before, to the head"),
        days=(30, 7),
        due=ending_below,
    ),
    Clocked(
        "payment_due",
        pgettext_lazy("notice", "payment due"),
        _("A payment of a contract of mine is due soon"),
        "info",
        (("owner", "me"), ("status", "registered")),
        setting=_("payment due: days before"),
        days=(7, 1, 0),
        due=owing,
    ),
    Occasion(
        "receipt_confirmed",
        pgettext_lazy("notice", "receipt confirmed"),
        _("A receipt of mine was confirmed"),
        "good",
        (("owner", "me"), ("status", "confirmed")),
    ),
    Occasion(
        "receipt_rejected",
        pgettext_lazy("notice", "receipt rejected"),
        _("A receipt of mine was rejected"),
        "bad",
        (("owner", "me"), ("status", "rejected")),
    ),
)
