"""What the clock tells people of contracts: which end soon, which are to be paid.

`person` is whom to tell, with the rights of now; `whose` are the ids of the people
whose contracts are meant; `days` stand in falling order.
"""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts.models import Contract, CreditAssessment, Instalment
from crm.models.departments import people_below
from crm.notices.declared import Clocked, Occasion
from crm.notices.reminding import coming, marked


def ending(person, whose, days, today):
    """Return the contracts in force that end soon."""
    rows = _in_force(person).filter(owner__in=whose)
    return [coming(rows, "ends_on", days, today, of_whom="owner_id")]


def ending_below(person, whose, days, today):
    """Return those of the people whose nearest head the person is."""
    rows = _in_force(person).filter(owner__in=people_below(person, 1))
    return [coming(rows, "ends_on", days, today)]


def owing(person, whose, days, today):
    """Return the contracts in force with an instalment that is due soon and unpaid."""
    rows = _in_force(person).filter(owner__in=whose)
    due = coming(rows, "instalments__due_on", days, today, of_whom="owner_id")
    unpaid = Instalment.objects.owed().filter(
        contract=OuterRef("pk"), due_on=OuterRef("day")
    )
    # Two instalments of one day are told once.
    return [due.filter(Exists(unpaid)).distinct()]


def late(person, whose, days, today):
    """Return the contracts of which a payment is overdue, once for its day."""
    return [_late(person, whose, days, today)]


def late_below(person, whose, days, today):
    """Return those of the people whose nearest head the person is."""
    return [_late(person, people_below(person, 1), days, today)]


def late_far_below(person, whose, days, today):
    """Return those of the people whose nearest head's nearest head the person is."""
    return [_late(person, people_below(person, 2), days, today)]


def credit_ending(person, whose, days, today):
    """Return the assessments in force that nobody has renewed and that end soon."""
    rows = CreditAssessment.objects.visible_to(person).filter(
        owner__in=whose, status=CreditAssessment.Status.CONFIRMED
    )
    later = CreditAssessment.objects.filter(
        customer=OuterRef("customer"),
        status=CreditAssessment.Status.CONFIRMED,
        valid_until__gt=OuterRef("valid_until"),
    )
    rows = rows.exclude(Exists(later.order_by()))
    return [coming(rows, "valid_until", days, today, of_whom="owner_id")]


def _late(person, owners, days, today):
    steps = [
        (Value(str(n)), {"next_due_on__lte": today - timedelta(days=n)}) for n in days
    ]
    rows = Contract.objects.visible_to(person).filter(owner__in=owners, **steps[-1][1])
    return marked(rows, F("next_due_on"), steps, of_whom="owner_id")


def _in_force(person):
    rows = Contract.objects.visible_to(person)
    return rows.filter(status=Contract.Status.REGISTERED)


#: The list of contracts of which a payment is overdue.
LATE = (("next_due_on_before", "yesterday"), ("sort", "next_due_on"))
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
    Clocked(
        "payment_late",
        pgettext_lazy("notice", "payment overdue"),
        _("A payment of a contract of mine is overdue"),
        "bad",
        (("owner", "me"), *LATE),
        setting=_("payment overdue: days after"),
        days=(3,),
        due=late,
    ),
    Clocked(
        "head_payment_late",
        pgettext_lazy("notice", "payment overdue"),
        _("A payment of a contract of somebody below me is overdue"),
        "bad",
        LATE,
        setting=_("payment overdue: days after, to the head"),
        days=(7,),
        due=late_below,
    ),
    Clocked(
        "above_payment_late",
        pgettext_lazy("notice", "payment overdue"),
        _("A payment of a contract two heads below me is overdue"),
        "bad",
        LATE,
        setting=_("payment overdue: days after, to the head above"),
        days=(30,),
        due=late_far_below,
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
    Occasion(
        "invoice_requested",
        pgettext_lazy("notice", "invoice requested"),
        _("An invoice was asked for that I may issue"),
        "info",
        (("status", "requested"),),
        waits=True,
    ),
    Occasion(
        "invoice_issued",
        pgettext_lazy("notice", "invoice issued"),
        _("An invoice of mine was issued"),
        "good",
        (("owner", "me"), ("status", "issued")),
    ),
    Occasion(
        "invoice_rejected",
        pgettext_lazy("notice", "invoice rejected"),
        _("An invoice of mine was rejected"),
        "bad",
        (("owner", "me"), ("status", "rejected")),
    ),
    Occasion(
        "invoice_voided",
        pgettext_lazy("notice", "invoice voided"),
        _("An invoice of mine was voided"),
        "warn",
        (("owner", "me"), ("status", "voided")),
    ),
    Occasion(
        "credit_proposed",
        pgettext_lazy("notice", "credit assessed"),
        _("A credit assessment waits that I may confirm"),
        "info",
        (("status", "proposed"),),
        waits=True,
    ),
    Occasion(
        "credit_confirmed",
        pgettext_lazy("notice", "credit confirmed"),
        _("A credit assessment of mine or of my customer was confirmed"),
        "good",
        (("status", "confirmed"),),
    ),
    Occasion(
        "credit_rejected",
        pgettext_lazy("notice", "credit rejected"),
        _("A credit assessment of mine or of my customer was rejected"),
        "bad",
        (("status", "rejected"),),
    ),
    Clocked(
        "credit_ends",
        pgettext_lazy("notice", "credit to be assessed anew"),
        _("The credit of a customer of mine is to be assessed anew soon"),
        "warn",
        (
            ("owner", "me"),
            ("status", "confirmed"),
            ("valid_until_after", "today"),
            ("sort", "valid_until"),
        ),
        setting=_("credit to be assessed anew: days before"),
        days=(30, 7),
        due=credit_ending,
    ),
)
