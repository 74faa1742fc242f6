"""Option lists that a company edits itself, and the regions of China."""

from django.db import connection, models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.fields import DerivedTextField
from crm.guards.triggers import noted, stamped
from crm.models.searching import Searched
from crm.models.versions import Versioned


class Kind(models.TextChoices):
    """The dictionaries there are."""

    INDUSTRY = "industry", _("Industry")
    CUSTOMER_SOURCE = "customer_source", _("Customer source")
    CUSTOMER_LEVEL = "customer_level", _("Customer level")
    OWNERSHIP = "ownership", _("Ownership form")
    CREDIT_GRADE = "credit_grade", _("Credit grade")
    CONTACT_ROLE = "contact_role", _("Decision role")
    INTERACTION_METHOD = "interaction_method", _("Interaction method")
    CONTRACT_KIND = "contract_kind", _("Contract type")
    TERMINATION_REASON = "termination_reason", _("Termination reason")
    PRODUCT_CATEGORY = "product_category", _("Product category")
    PRODUCT_UNIT = "product_unit", _("Product unit")
    COMPETITOR_SIZE = "competitor_size", _("Competitor size")
    NEWS_CATEGORY = "news_category", _("News category")
    ENCOUNTER_REASON = "encounter_reason", _("Reason of winning or losing")


class DictionaryItem(Versioned):
    """One option of a dictionary; retired ones stay on the records that use them."""

    actions = ("view", "add", "change", "delete")
    sort_field = "order"

    kind = models.CharField(_("dictionary"), max_length=30, choices=Kind.choices)
    code = models.SlugField(_("code"), max_length=50)
    label = models.CharField(_("label"), max_length=100)
    label_en = models.CharField(_("English label"), max_length=100, blank=True)
    order = models.PositiveIntegerField(_("order"), default=0)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("dictionary item")
        verbose_name_plural = _("dictionary items")
        default_permissions = ()
        ordering = ("kind", "order", "pk")
        constraints = (
            models.UniqueConstraint(
                "kind",
                "code",
                name="dictionary_code_once",
                violation_error_message=_("This code exists already."),
            ),
            models.UniqueConstraint(
                "kind",
                "label",
                name="dictionary_label_once",
                violation_error_message=_("This label exists already."),
            ),
        )
        triggers = (stamped(), noted("crm.dictionaryitem", title="label"))

    def __str__(self):
        return self.local_label

    @property
    def local_label(self):
        """The label in the reader's language; Chinese where no English one is."""
        english = (get_language() or "").startswith("en")
        return self.label_en if english and self.label_en else self.label


#: A row is read anew if somebody was changing it: whoever replaces an item waits for
#: those who write rows with it, and they for whoever replaces it.
HOLD = """
SELECT id FROM crm_dictionaryitem WHERE id = ANY(%s) AND active
ORDER BY id FOR KEY SHARE
"""


def held(items):
    """Return those of the ids of items that are in use.

    Nobody puts another item in their place until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [list(items)])
        return {pk for (pk,) in cursor.fetchall()}


class DictionaryField(models.ForeignKey):
    """A foreign key to the items of one dictionary."""

    def __init__(self, kind=None, verbose_name=None, **options):
        """Take the dictionary's kind; the field may be blank unless told otherwise."""
        self.kind = kind
        options.setdefault("to", DictionaryItem)
        options.setdefault("on_delete", models.PROTECT)
        options.setdefault("related_name", "+")
        options.setdefault("limit_choices_to", Q(kind=kind))
        options.setdefault("null", True)
        options.setdefault("blank", True)
        super().__init__(verbose_name=verbose_name, **options)

    def deconstruct(self):
        """Keep the kind in migrations."""
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "kind": str(self.kind)}


class Region(Searched):
    """A province, city or district of GB/T 2260."""

    sort_field = "code"
    worded = ("full_name",)
    lettered = ("code",)
    named = ("full_name",)
    name_field = "full_name"

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    name = models.CharField(_("name"), max_length=50)
    full_name = models.CharField(_("full name"), max_length=120)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children"
    )
    level = models.PositiveSmallIntegerField()
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        default_permissions = ()
        ordering = ("code",)

    def __str__(self):
        return self.full_name

    @property
    def prefix(self):
        """The start that the codes of all regions within this one share."""
        return self.code[: 2 * self.level]


def region_field():
    """Return the column of the region where something is."""
    return models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("region"),
        related_name="+",
    )
