"""What was received and invoiced of a contract, what is owed still, by PostgreSQL."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

NOTHING = Decimal("0.00")


def kept_amount(label):
    """Return a column for an amount that triggers keep (`contracts.guards.owing`)."""
    return models.DecimalField(
        label, max_digits=18, decimal_places=2, default=NOTHING, editable=False
    )


class Owing(models.Model):
    """The columns of a contract that say how it is paid and invoiced.

    `unpaid` is nothing before it holds and after it was terminated; `next_due_on` is
    the day by which the first instalment is due that is not paid in full: in the past,
    it is overdue. `invoiced_unpaid` is what invoices say beyond what was received.
    """

    received = kept_amount(_("received (CNY)"))
    unpaid = kept_amount(_("unpaid (CNY)"))
    next_due_on = models.DateField(_("next payment due on"), null=True, editable=False)
    invoiced = kept_amount(_("invoiced (CNY)"))
    invoiced_unpaid = kept_amount(_("invoiced, unpaid (CNY)"))

    class Meta:
        abstract = True
