"""Price lists (价格表): what products cost whom, from when on and from how many on."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts import guards
from contracts.models.content import MONEY
from contracts.models.products import Product
from crm.fields import LARGEST_AMOUNT, DerivedTextField, PriceField
from crm.guards.options import options_kept
from crm.guards.parents import parents_live
from crm.guards.triggers import noted, touches
from crm.models import DictionaryField, Record, region_field
from crm.models.groups import RESPONSIBLE
from crm.models.indexes import report_indexes, search_indexes
from crm.models.record import UNBOUND
from crm.models.record_guards import days_in_bounds, record_constraints, record_triggers
from crm.validators import validate_business_date
from customers.dictionaries import CUSTOMER_LEVEL, INDUSTRY
from customers.models import Customer

#: By what a group of customers is told from others: all that is given must fit.
GROUPED = ("level", "customer_kind", "industry", "region")
WRONG_WAY_ROUND = _("It ends before it starts.")
NO_GROUP = _("Say for which group it holds: level, type, industry or region.")
NOT_A_GROUP = _("Only a list for a group of customers says this.")


class PriceList(Record):
    """What some products cost everybody, a group of customers, or some by name.

    Which of several lists says the price, `contracts.listed` knows. Two that would say
    so with the same right are refused (`contracts.guards.price_lists`).
    """

    segment = "price-lists"
    each_its_own = ("holds_for",)
    rank = 1
    actions = (*Record.actions, "import")

    class HoldsFor(models.TextChoices):
        EVERYBODY = "everybody", _("all customers")
        GROUP = "group", _("a group of customers")
        NAMED = "named", _("named customers")

    groups = (
        (
            _("Basics"),
            ("name", "starts_on", "ends_on", "priority", "forced", "active", "remarks"),
        ),
        (_("For whom"), ("holds_for", *GROUPED, "customers")),
        RESPONSIBLE,
    )
    sort_field = "search_pinyin"
    shared_by = ("region", "level")
    worded = ("name", "remarks")
    named = ("name",)
    name_field = "name"
    title_extras = ("starts_on",)

    name = models.CharField(_("price list name"), max_length=200)
    holds_for = models.CharField(
        _("holds for"),
        max_length=10,
        choices=HoldsFor.choices,
        default=HoldsFor.EVERYBODY,
    )
    level = DictionaryField(CUSTOMER_LEVEL, _("customer level"))
    customer_kind = models.CharField(
        _("customer type"), max_length=20, choices=Customer.Kind.choices, blank=True
    )
    industry = DictionaryField(INDUSTRY, _("industry"))
    region = region_field()
    customers = models.ManyToManyField(
        Customer,
        through="contracts.PriceListCustomer",
        verbose_name=_("named customers"),
        blank=True,
        related_name="price_lists",
    )
    starts_on = models.DateField(
        _("prices hold from"),
        default=timezone.localdate,
        validators=[validate_business_date],
    )
    ends_on = models.DateField(
        _("prices hold until"),
        null=True,
        blank=True,
        validators=[validate_business_date],
        help_text=_("Left empty: until another list takes its place."),
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        default=0,
        validators=[MaxValueValidator(999)],
        help_text=_("Of several lists the one with the higher priority holds."),
    )
    forced = models.BooleanField(
        _("fixed prices"),
        default=False,
        help_text=_("Contracts have exactly these prices, without a discount."),
    )
    active = models.BooleanField(_("in use"), default=True)
    remarks = models.TextField(_("remarks"), max_length=5000, blank=True)
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    class Meta(Record.Meta):
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = (
            *record_constraints("pricelist"),
            days_in_bounds("pricelist", "starts_on", "ends_on"),
            *guards.price_list_checks(WRONG_WAY_ROUND, NO_GROUP),
        )
        indexes = (
            models.Index(fields=("-created_at", "-id"), name="pricelist_created"),
            models.Index(
                fields=("holds_for", "priority", "starts_on"),
                name="pricelist_holding",
                condition=Q(deleted_at=None, active=True),
            ),
            *report_indexes("pricelist"),
            *search_indexes("pricelist"),
        )
        triggers = (
            *record_triggers(
                "contracts.pricelist",
                title="name",
                kept=("search_text", "search_pinyin"),
            ),
            *options_kept(),
            guards.tied_as_list(),
        )

    def __str__(self):
        return self.name

    @classmethod
    def ids_beyond_reach(cls, user, action, outside=UNBOUND):
        """Add lists for everybody and for groups, and those that name whom one sees."""
        if action not in ("view", "file"):
            return ()
        rows = cls.objects.order_by().filter(outside)
        seen = Customer.objects.visible_to(user).order_by().values("pk")
        naming = PriceListCustomer.objects.filter(customer__in=seen).order_by()
        return [
            rows.exclude(holds_for=cls.HoldsFor.NAMED).values("pk"),
            rows.filter(pk__in=naming.values("price_list")).values("pk"),
        ]


class OfListManager(models.Manager):
    """Parts of lists outside the recycle bin: only they hold a record fast."""

    def get_queryset(self):
        """Leave the parts of deleted lists out."""
        return super().get_queryset().filter(price_list__deleted_at=None)


class OfList(models.Model):
    """A part of a price list."""

    everything = models.Manager()
    objects = OfListManager()

    class Meta:
        abstract = True
        default_permissions = ()
        base_manager_name = "everything"
        default_manager_name = "objects"
        ordering = ("pk",)


class PriceListCustomer(OfList):
    """A customer for whom a list holds by name."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="+")
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("named customers"),
        related_name="price_list_links",
    )

    class Meta(OfList.Meta):
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = (
            models.UniqueConstraint(
                "price_list", "customer", name="pricelist_customer_once"
            ),
        )
        triggers = (
            noted(
                "contracts.pricelistcustomer",
                title="",
                ignored=("price_list_id",),
                subject=("contracts.pricelist", "price_list_id"),
            ),
            touches("contracts_pricelist", "price_list_id"),
            parents_live(),
            guards.tied_as_customer(),
        )

    def __str__(self):
        return str(self.customer)


class Price(OfList):
    """What a product costs by a list, from a quantity on."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="prices")
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        verbose_name=_("product"),
        related_name="list_prices",
    )
    min_qty = models.DecimalField(
        _("from quantity"),
        max_digits=12,
        decimal_places=3,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(10**8)],
    )
    price = PriceField(_("listed price (CNY)"), validators=MONEY)
    floor = PriceField(_("lowest price (CNY)"), null=True, blank=True, validators=MONEY)

    class Meta(OfList.Meta):
        verbose_name = _("listed price")
        verbose_name_plural = _("listed prices")
        ordering = ("product__code", "min_qty", "pk")
        constraints = (
            models.UniqueConstraint(
                "price_list",
                "product",
                "min_qty",
                name="price_once",
                violation_error_message=_(
                    "This list has a price of this product from this quantity on."
                ),
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0, price__lte=LARGEST_AMOUNT),
                name="price_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(min_qty__gte=0, min_qty__lte=10**8),
                name="price_min_qty_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(floor=None) | Q(floor__gte=0, floor__lte=F("price")),
                name="price_floor_below_price",
                violation_error_message=_("The lowest price is above the price."),
            ),
        )
        triggers = (
            noted(
                "contracts.price",
                title="product_id",
                subject=("contracts.pricelist", "price_list_id"),
            ),
            touches("contracts_pricelist", "price_list_id"),
            parents_live(),
            guards.tied_as_price(),
        )

    def __str__(self):
        return f"{self.product} {self.price}"
