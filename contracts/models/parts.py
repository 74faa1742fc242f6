"""What a contract is made of besides its fields: lines and files."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F
from django.db.models.functions import Round as Rounded
from django.utils.translation import gettext_lazy as _

from contracts import guards
from contracts.models.contracts import MONEY, PERCENT, Contract
from contracts.models.products import LARGEST_AMOUNT, Product
from crm.models import Attachment
from crm.triggers import noted


class ContractLine(models.Model):
    """A product or service that a contract sells; `amount` is computed."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="lines")
    product = models.ForeignKey(
        Product, models.PROTECT, verbose_name=_("product"), related_name="lines"
    )
    quantity = models.DecimalField(
        _("quantity"),
        max_digits=12,
        decimal_places=3,
        validators=[MinValueValidator(0), MaxValueValidator(10**8)],
    )
    unit_price = models.DecimalField(
        _("unit price (CNY)"), max_digits=18, decimal_places=2, validators=MONEY
    )
    discount = models.DecimalField(
        _("discount (%)"),
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=PERCENT,
    )
    amount = models.GeneratedField(
        expression=Rounded(
            F("quantity") * F("unit_price") * (100 - F("discount")) / 100, 2
        ),
        output_field=models.DecimalField(max_digits=18, decimal_places=2),
        db_persist=True,
        verbose_name=_("line amount (CNY)"),
    )

    class Meta:
        verbose_name = _("contract line")
        verbose_name_plural = _("contract lines")
        default_permissions = ()
        ordering = ("pk",)
        constraints = guards.line_checks(LARGEST_AMOUNT)
        triggers = (
            noted(
                "contracts.contractline",
                title="product_id",
                subject=("contracts.contract", "contract_id"),
            ),
            *guards.part_triggers(),
        )

    def __str__(self):
        return f"{self.product} × {self.quantity}"


class ContractAttachment(Attachment):
    """A file of a contract."""

    record = models.ForeignKey(
        Contract,
        models.CASCADE,
        related_name="attachments",
        db_column="contract_id",
    )

    class Meta(Attachment.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        triggers = (
            noted(
                "contracts.contractattachment",
                title="name",
                subject=("contracts.contract", "contract_id"),
            ),
            *guards.part_triggers(),
        )
