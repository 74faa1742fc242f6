"""What a quotation offers: to whom, on which day, until when and on which terms."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.models.content import PERCENT
from crm.validators import validate_business_date, validate_day_of_deed
from customers.models import Contact, Customer
from sales.models.opportunities import Opportunity

#: So many days an offer holds unless it says otherwise.
DAYS_VALID = 30


def usual_end():
    """Return until when an offer of today holds, if nobody says otherwise."""
    return timezone.localdate() + timedelta(days=DAYS_VALID)


class Offer(models.Model):
    """The fields that are approved, beside the lines."""

    title = models.CharField(_("quotation title"), max_length=200)
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("customer"),
        related_name="quotations",
    )
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("contact"),
        related_name="quotations",
    )
    opportunity = models.ForeignKey(
        Opportunity,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("opportunity"),
        related_name="quotations",
    )
    quoted_on = models.DateField(
        _("quoted on"),
        default=timezone.localdate,
        validators=[validate_day_of_deed],
    )
    valid_until = models.DateField(
        _("valid until"), default=usual_end, validators=[validate_business_date]
    )
    discount = models.DecimalField(
        _("discount on everything (%)"),
        max_digits=5,
        decimal_places=2,
        default=0,
        blank=True,
        validators=PERCENT,
        help_text=_("Each line bears it, beside a discount of its own."),
    )
    tax_rate = models.DecimalField(
        _("tax rate (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=PERCENT,
    )
    terms = models.TextField(_("terms of the offer"), max_length=20000, blank=True)

    class Meta:
        abstract = True
