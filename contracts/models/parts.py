"""What a contract is made of besides its fields: lines and files."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts import guards
from contracts.models.content import Line
from contracts.models.contracts import Contract
from crm.fields import LARGEST_AMOUNT
from crm.guards.parents import parents_live
from crm.guards.triggers import noted
from crm.models import Attachment
from crm.models.attachment import file_triggers


class ContractLine(Line):
    """A line of what holds."""

    merge_waits = Q(contract__status="pending")

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="lines")

    class Meta(Line.Meta):
        verbose_name = _("contract line")
        verbose_name_plural = _("contract lines")
        constraints = guards.line_checks("line", LARGEST_AMOUNT)
        triggers = (
            noted(
                "contracts.contractline",
                title="product_id",
                subject=("contracts.contract", "contract_id"),
            ),
            parents_live(),
            *guards.part_triggers(),
        )


class ContractAttachment(Attachment):
    """A file of a contract."""

    record = models.ForeignKey(
        Contract,
        models.CASCADE,
        related_name="attachments",
        db_column="contract_id",
    )

    class Meta(Attachment.Meta):
        triggers = (
            *file_triggers(
                "contracts.contractattachment", "contracts.contract", "contract_id"
            ),
            *guards.part_triggers(),
        )
