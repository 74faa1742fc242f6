"""What finance notes on an invoice: the paper, its way to the buyer, its end."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models.owing import kept_amount
from crm.models.versions import signature


class Issued(models.Model):
    """The columns of an invoice that only `contracts.invoicing` writes."""

    paper_code = models.CharField(
        _("invoice code"), max_length=12, blank=True, editable=False
    )
    paper_number = models.CharField(
        _("invoice number"), max_length=20, blank=True, editable=False
    )
    issued_on = models.DateField(_("issued on"), null=True, editable=False)
    issued_by = signature(_("issued by"), null=True, editable=False)
    courier = models.CharField(
        _("courier company"), max_length=50, blank=True, editable=False
    )
    courier_number = models.CharField(
        _("courier number"), max_length=50, blank=True, editable=False
    )
    voided_by = signature(_("voided by"), null=True, editable=False)
    voided_at = models.DateTimeField(_("voided at"), null=True, editable=False)
    void_reason = models.CharField(
        _("reason of voiding"), max_length=500, blank=True, editable=False
    )
    #: Kept by PostgreSQL: nothing before it is issued, and of a red one.
    standing = kept_amount(_("not reversed (CNY)"))

    class Meta:
        abstract = True
