"""What contracts and receipts are of somebody's day: numbers of day reports."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.day_facts import DayFact

#: Handed in by the person to those who decide, whoever's contract it is. When one came
#: into the inbox is kept nowhere, and who registers it there does not hand it in.
OF_ROUNDS = (
    DayFact(
        key="contracts_submitted",
        label=_("contracts submitted for approval"),
        at="submitted_at",
        place=80,
        who="submitted_by",
        where=Q(amendment=None, unruled=False),
        under="contract",
        once=True,
        amount="amount",
    ),
)
#: In the books for the first time.
OF_EDITIONS = (
    DayFact(
        key="contracts_registered",
        label=_("contracts registered"),
        at="registered_at",
        place=90,
        who="contract__owner",
        where=Q(number=1),
        under="contract",
        once=True,
        amount="amount",
    ),
)
OF_RECEIPTS = (
    DayFact(
        key="receipts",
        label=_("receipts confirmed"),
        at="confirmed_at",
        place=100,
        where=Q(status="confirmed"),
        amount="amount",
        listed="owner",
        conditions={"status": "confirmed"},
    ),
)
