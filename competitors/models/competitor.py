"""Competitors and what they sell against us."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from competitors.dictionaries import COMPETITOR_SIZE
from competitors.triggers import touches_competitor
from contracts.models import Product
from crm.chinese.folding import folded
from crm.fields import DerivedTextField
from crm.guards.options import options_kept
from crm.guards.parents import parents_live
from crm.guards.triggers import noted
from crm.models import DictionaryField, Record, region_field
from crm.models.groups import RESPONSIBLE
from crm.models.indexes import report_indexes, search_indexes
from crm.models.once import Single
from crm.models.record_guards import record_constraints, record_triggers
from crm.validators import validate_http_url
from customers.models.sameness import COMPETITOR_TRAITS


class Competitor(Single, Record):
    """A company that sells, or may soon sell, to our customers."""

    segment = "competitors"
    actions = (*Record.actions, "import")

    class Kind(models.TextChoices):
        DIRECT = "direct", _("direct competitor")
        POTENTIAL = "potential", _("potential competitor")
        SUBSTITUTE = "substitute", _("substitute")

    class Threat(models.TextChoices):
        HIGH = "high", _("high")
        MEDIUM = "medium", _("medium")
        LOW = "low", _("low")

    papers = ("competitors.papers.CARD",)
    groups = (
        (
            _("Basics"),
            (
                "name",
                "short_name",
                "aliases",
                "kind",
                "threat",
                "size",
                "region",
                "website",
            ),
        ),
        (_("How to win against them"), ("strengths", "weaknesses", "strategy")),
        RESPONSIBLE,
    )
    shared = True
    sort_field = "search_pinyin"
    shared_by = ("region",)
    worded = (
        "name",
        "short_name",
        "aliases",
        "strengths",
        "weaknesses",
        "strategy",
    )
    lettered = ("website",)
    named = ("name", "short_name", "aliases")
    name_field = "name"
    once = {"name": "name_key"}
    traits = COMPETITOR_TRAITS

    name = models.CharField(_("competitor name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=100, blank=True)
    aliases = ArrayField(
        models.CharField(max_length=100),
        verbose_name=_("aliases"),
        default=list,
        blank=True,
        size=20,
    )
    kind = models.CharField(
        _("kind of competition"),
        max_length=20,
        choices=Kind.choices,
        default=Kind.DIRECT,
    )
    threat = models.CharField(
        _("threat level"),
        max_length=10,
        choices=Threat.choices,
        default=Threat.MEDIUM,
    )
    size = DictionaryField(COMPETITOR_SIZE, _("competitor size"))
    region = region_field()
    website = models.CharField(
        _("website"), max_length=300, blank=True, validators=[validate_http_url]
    )
    strengths = models.TextField(_("strengths"), max_length=5000, blank=True)
    weaknesses = models.TextField(_("weaknesses"), max_length=5000, blank=True)
    strategy = models.TextField(_("counter-strategy"), max_length=5000, blank=True)
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")
    name_key = DerivedTextField("key_of_name")

    class Meta(Record.Meta):
        verbose_name = _("competitor")
        verbose_name_plural = _("competitors")
        constraints = (
            *record_constraints("competitor"),
            models.UniqueConstraint(
                "name_key",
                name="competitor_name_once",
                condition=Q(deleted_at=None),
                violation_error_message=_(
                    "A competitor of this name exists already, or is reported and "
                    "not yet registered."
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("direct", "potential", "substitute")),
                name="competitor_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(threat__in=("high", "medium", "low")),
                name="competitor_threat_known",
            ),
            models.CheckConstraint(
                condition=Q(website="") | Q(website__iregex=r"^https?://"),
                name="competitor_website_is_web_address",
            ),
        )
        indexes = (
            models.Index(fields=("-created_at", "-id"), name="competitor_created"),
            *report_indexes("competitor"),
            *search_indexes("competitor"),
        )
        triggers = (
            *record_triggers(
                "competitors.competitor",
                title="name",
                kept=("search_text", "search_pinyin", "name_key"),
            ),
            *options_kept(),
        )

    def __str__(self):
        return self.name

    def key_of_name(self):
        """Return the name as two writings of it are compared."""
        return self.key_kept("name_key", folded(self.name) or self.name)


class CompetitorProduct(models.Model):
    """A product that a competitor sells, and which of ours it is up against."""

    competitor = models.ForeignKey(Competitor, models.CASCADE, related_name="products")
    name = models.CharField(_("rival product"), max_length=200)
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("our product"),
        related_name="rivals",
    )
    price_from = models.DecimalField(
        _("price from (CNY)"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    price_to = models.DecimalField(
        _("price to (CNY)"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    remarks = models.CharField(_("remarks"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("rival product")
        verbose_name_plural = _("rival products")
        default_permissions = ()
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                "competitor",
                "name",
                name="rival_product_once",
                violation_error_message=_("This product is listed already."),
            ),
            models.CheckConstraint(
                condition=(Q(price_from=None) | Q(price_from__gte=0))
                & (Q(price_to=None) | Q(price_to__gte=0)),
                name="rival_product_price_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(price_from=None)
                | Q(price_to=None)
                | Q(price_from__lte=F("price_to")),
                name="rival_product_price_band",
                violation_error_message=_(
                    "The lower end of the price lies above the upper one."
                ),
            ),
        )
        triggers = (
            noted(
                "competitors.competitorproduct",
                title="name",
                ignored=("competitor_id",),
                subject=("competitors.competitor", "competitor_id"),
            ),
            touches_competitor(),
            parents_live(),
        )

    def __str__(self):
        return self.name

    #: What a merge of two competitors may change of a product that both have.
    absorbing = ("product", "price_from", "price_to", "remarks")

    def absorb(self, twin):
        """Take over what is not known here; what differs is noted in the remarks.

        Raises:
            ValidationError: the remarks of both together are too long.
        """
        others = []
        for name in ("product_id", "price_from", "price_to"):
            mine, theirs = getattr(self, name), getattr(twin, name)
            if mine is None:
                setattr(self, name, theirs)
            elif theirs not in (None, mine) and name != "product_id":
                others.append(str(theirs))
        notes = [self.remarks, " – ".join(others)]
        if twin.remarks not in self.remarks:
            notes.append(twin.remarks)
        self.remarks = "；".join(filter(None, notes))
        if len(self.remarks) > self._meta.get_field("remarks").max_length:
            raise ValidationError(
                _("The remarks on “%s” of both together are too long.") % self.name
            )
