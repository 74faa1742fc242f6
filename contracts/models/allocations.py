"""What confirmed money pays for."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts import guards
from contracts.models.instalments import Instalment
from contracts.models.receipts import Receipt
from crm.guards.parents import parents_live
from crm.guards.triggers import noted


class Allocation(models.Model):
    """What of a confirmed receipt pays for an instalment of its customer's."""

    receipt = models.ForeignKey(Receipt, models.CASCADE, related_name="allocations")
    instalment = models.ForeignKey(
        Instalment,
        models.PROTECT,
        verbose_name=_("instalment"),
        related_name="allocations",
    )
    amount = models.DecimalField(
        _("allocated amount (CNY)"), max_digits=18, decimal_places=2
    )

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint("receipt", "instalment", name="allocation_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="allocation_is_positive"
            ),
        )
        triggers = (
            noted(
                "contracts.allocation",
                title="amount",
                subject=("contracts.receipt", "receipt_id"),
            ),
            parents_live(),
            *guards.allocation_triggers(),
        )

    def __str__(self):
        return str(self.amount)
