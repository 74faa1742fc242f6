"""What we sell."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.dictionaries import PRODUCT_UNIT
from crm.chinese.folding import code, folded
from crm.chinese.likeness import ends_of
from crm.duplicates.traits import Alike, Trait
from crm.fields import LARGEST_AMOUNT, DerivedTextField, PriceField
from crm.guards.options import options_kept
from crm.models import DictionaryField, Record
from crm.models.external import External, external_once, number_elsewhere
from crm.models.groups import PEOPLE
from crm.models.indexes import report_indexes, search_indexes
from crm.models.record_guards import record_constraints, record_triggers
from customers.dictionaries import PRODUCT_CATEGORY

#: By what two products are one thing.
TRAITS = (
    Trait(
        "code",
        _("code that differs in signs only"),
        "code",
        70,
        lambda row: (folded(row.code),),
        ("code",),
    ),
    Trait(
        "name", _("same name"), "name", 60, lambda row: (folded(row.name),), ("name",)
    ),
    Alike(
        "similar",
        _("similar name"),
        "name",
        64,
        lambda row: (folded(row.name),),
        ("name",),
        least=0.8,
        blocked_by=ends_of,
    ),
)


class Product(External, Record):
    """A product or service of the catalogue."""

    segment = "products"
    rank = 1
    actions = (*Record.actions, "import")

    groups = (
        (_("Basics"), ("code", "name", "category", "unit", "price", "on_sale")),
        (_("Other"), ("external_number", "description", *PEOPLE)),
    )
    shared = True
    sort_field = "search_pinyin"
    shared_by = ("category",)
    worded = ("name", "description")
    lettered = ("code", "external_number")
    named = ("name",)
    name_field = "name"
    title_extras = ("code", "price")
    fills_when_chosen = ("price",)
    once = {**External.once, "code": "code_key"}
    traits = TRAITS

    code = models.CharField(_("product code"), max_length=50)
    name = models.CharField(_("product name"), max_length=200)
    category = DictionaryField(PRODUCT_CATEGORY, _("product category"))
    unit = DictionaryField(PRODUCT_UNIT, _("product unit"))
    price = PriceField(
        _("price (CNY)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_AMOUNT)],
    )
    on_sale = models.BooleanField(_("on sale"), default=True)
    external_number = number_elsewhere()
    description = models.TextField(_("description"), max_length=5000, blank=True)
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")
    code_key = DerivedTextField("key_of_code")

    class Meta(Record.Meta):
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = (
            *record_constraints("product"),
            external_once("product"),
            models.UniqueConstraint(
                "code_key",
                name="product_code_once",
                condition=Q(deleted_at=None),
                violation_error_message=_("A product with this code exists already."),
            ),
            models.CheckConstraint(
                condition=Q(price=None) | Q(price__gte=0, price__lte=LARGEST_AMOUNT),
                name="product_price_in_bounds",
            ),
        )
        indexes = (
            models.Index(fields=("-created_at", "-id"), name="product_created"),
            models.Index(fields=("code", "id"), name="product_code"),
            *report_indexes("product"),
            *search_indexes("product"),
        )
        triggers = (
            *record_triggers(
                "contracts.product",
                title="name",
                kept=("search_text", "search_pinyin", "external_key", "code_key"),
            ),
            *options_kept(),
        )

    def __str__(self):
        return self.name

    def key_of_code(self):
        """Return the code as two writings of it are compared."""
        return self.key_kept("code_key", code(self.code))
