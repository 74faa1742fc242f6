"""What a contract says: the fields and lines that a change proposes anew."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F
from django.db.models.functions import Round as Rounded
from django.utils.translation import gettext_lazy as _

from contracts.dictionaries import CONTRACT_KIND
from contracts.models.products import Product
from crm.fields import CENT, LARGEST_AMOUNT, DerivedTextField, PriceField
from crm.models import DictionaryField
from crm.models.external import External, number_elsewhere
from crm.validators import validate_business_date
from customers.models import Contact, Customer

MONEY = (MinValueValidator(0), MaxValueValidator(LARGEST_AMOUNT))
PERCENT = (MinValueValidator(0), MaxValueValidator(100))


def day(label):
    """Return a date of business that may be left open."""
    return models.DateField(
        label, null=True, blank=True, validators=[validate_business_date]
    )


class Content(External):
    """The fields that are approved: of the edition in force, or of a change to it."""

    title = models.CharField(_("contract title"), max_length=200)
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("customer"),
        related_name="%(class)ss",
    )
    kind = DictionaryField(CONTRACT_KIND, _("contract type"))
    amount = models.DecimalField(
        _("contract amount (CNY)"), max_digits=18, decimal_places=2, validators=MONEY
    )
    tax_rate = models.DecimalField(
        _("tax rate (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=PERCENT,
    )
    signed_on = day(_("signed on"))
    starts_on = day(_("starts on"))
    ends_on = day(_("ends on"))
    signatory = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("our signatory"),
        related_name="+",
    )
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("their contact"),
        related_name="%(class)ss",
    )
    terms = models.TextField(_("terms"), max_length=20000, blank=True)
    external_number = number_elsewhere()

    class Meta:
        abstract = True


#: The columns that are approved; what is derived of them stands last.
CONTENT = [
    field.get_attname()
    for field in sorted(
        Content._meta.concrete_fields,
        key=lambda field: isinstance(field, DerivedTextField),
    )
]


class Line(models.Model):
    """A product or service that is sold; `amount` is computed."""

    product = models.ForeignKey(
        Product,
        models.PROTECT,
        verbose_name=_("product"),
        related_name="%(class)ss",
    )
    quantity = models.DecimalField(
        _("quantity"),
        max_digits=12,
        decimal_places=3,
        validators=[MinValueValidator(0), MaxValueValidator(10**8)],
    )
    unit_price = PriceField(_("unit price (CNY)"), validators=MONEY)
    discount = models.DecimalField(
        _("discount (%)"),
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=PERCENT,
        help_text=_("For example 10: nine tenths of the price are left."),
    )
    # Times a hundredth: a division is rounded itself, to fewer places than it has.
    amount = models.GeneratedField(
        expression=Rounded(
            F("quantity") * F("unit_price") * (100 - F("discount")) * CENT, 2
        ),
        output_field=models.DecimalField(max_digits=18, decimal_places=2),
        db_persist=True,
        verbose_name=_("line amount (CNY)"),
    )

    class Meta:
        abstract = True
        default_permissions = ()
        ordering = ("pk",)

    def __str__(self):
        return f"{self.product} × {self.quantity}"
