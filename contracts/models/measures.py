"""For what of contracts and receipts targets can be set."""

from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.measures import Measure

#: A contract counts while it is in force, and once it was completed or terminated.
AGREED = ("registered", "completed", "terminated")

OF_CONTRACTS = (
    Measure(
        key="contract_amount",
        label=pgettext_lazy("measure", "contract amount"),
        days=("signed_on", "starts_on"),
        where=Q(status__in=AGREED),
        conditions={"status": AGREED},
        amount=Case(When(status="terminated", then=F("received")), default=F("amount")),
        note=_("Of terminated contracts, what was received counts."),
    ),
)
OF_RECEIPTS = (
    Measure(
        key="receipts",
        label=pgettext_lazy("measure", "receipts"),
        days=("received_on",),
        where=Q(status="confirmed"),
        conditions={"status": "confirmed"},
        amount="amount",
        note=_("What went back is taken off."),
    ),
)
