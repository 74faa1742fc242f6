"""The lines of quotations (报价明细), and their files."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round as Rounded
from django.utils.translation import gettext_lazy as _

from contracts.models import PriceList
from contracts.models.content import Line
from crm.fields import CENT, PriceField
from crm.guards.files import files_stay
from crm.guards.parents import parents_live
from crm.guards.triggers import noted
from crm.models import Attachment
from crm.models.attachment import file_triggers
from sales.guards import quotation_lines as lines
from sales.guards import quotations as guards
from sales.models.quotations import Quotation


class QuotationLine(Line):
    """A product that is offered.

    The price of its list is kept as it was: how far below that it is offered, decides
    who has to approve it. A line bears its own discount and, of what is left, that on
    the whole quotation, together rounded to a hundredth of a percent: a contract with
    the same quantities, prices and discounts comes to the same cents.
    """

    merge_waits = Q(quotation__status="pending")

    quotation = models.ForeignKey(Quotation, models.CASCADE, related_name="lines")
    order_discount = models.DecimalField(
        max_digits=5, decimal_places=2, default=0, editable=False
    )
    list_price = PriceField(_("price of its list (CNY)"), null=True, editable=False)
    floor = PriceField(_("lowest price (CNY)"), null=True, editable=False)
    price_list = models.ForeignKey(
        PriceList,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name=_("price list"),
        related_name="+",
    )
    total_discount = models.GeneratedField(
        expression=lines.off_all(),
        output_field=models.DecimalField(max_digits=5, decimal_places=2),
        db_persist=True,
        verbose_name=_("discount in all (%)"),
    )
    amount = models.GeneratedField(
        expression=Rounded(
            F("quantity") * F("unit_price") * (100 - lines.off_all()) * CENT, 2
        ),
        output_field=models.DecimalField(max_digits=18, decimal_places=2),
        db_persist=True,
        verbose_name=_("line amount (CNY)"),
    )
    off_list = models.GeneratedField(
        expression=lines.off_list(),
        output_field=models.DecimalField(max_digits=5, decimal_places=2),
        db_persist=True,
        verbose_name=_("below the list (%)"),
    )
    is_below_floor = models.GeneratedField(
        expression=lines.under_floor(),
        output_field=models.BooleanField(),
        db_persist=True,
        verbose_name=_("below the lowest price"),
    )

    class Meta(Line.Meta):
        verbose_name = _("quotation line")
        verbose_name_plural = _("quotation lines")
        constraints = lines.line_checks()
        triggers = (
            noted(
                "sales.quotationline",
                title="product_id",
                subject=("sales.quotation", "quotation_id"),
            ),
            parents_live(),
            *lines.line_triggers(),
        )


class QuotationAttachment(Attachment):
    """A file of a quotation: what was sent, what the customer signed."""

    record = models.ForeignKey(Quotation, models.CASCADE, related_name="attachments")

    class Meta(Attachment.Meta):
        triggers = (
            *file_triggers("sales.quotationattachment", "sales.quotation"),
            files_stay("sales_quotation", guards.WRITABLE),
        )
