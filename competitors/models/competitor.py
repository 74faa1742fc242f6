"""Competitors and what they sell against us."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from competitors.triggers import touches_competitor
from contracts.models import Product
from crm.fields import DerivedTextField
from crm.models import DictionaryField, Record, RecordQuerySet, Region
from crm.models.record import LiveManager, record_constraints, record_triggers
from crm.pinyin import searchable
from crm.search import Grams
from crm.text import has_ideograph
from crm.triggers import noted
from crm.validators import validate_http_url


class CompetitorQuerySet(RecordQuerySet):
    """Competitors, and what one asks of them."""

    def search(self, text, user, known=None):
        """Find by any part of a name or alias, by pinyin and by its initials."""
        text = text.strip().lower()
        if has_ideograph(text):
            return self.filter(search_text__has_part=text)
        word = "".join(text.split())
        return self.filter(
            Q(search_pinyin__contains=word) | Q(search_text__contains=text)
        )


class Competitor(Record):
    """A company that sells, or may soon sell, to our customers."""

    class Kind(models.TextChoices):
        DIRECT = "direct", _("direct competitor")
        POTENTIAL = "potential", _("potential competitor")
        SUBSTITUTE = "substitute", _("substitute")

    class Threat(models.TextChoices):
        HIGH = "high", _("high")
        MEDIUM = "medium", _("medium")
        LOW = "low", _("low")

    shared = True
    sort_field = "search_pinyin"

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
    size = DictionaryField("competitor_size", _("competitor size"))
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("region"),
        related_name="+",
    )
    website = models.CharField(
        _("website"), max_length=300, blank=True, validators=[validate_http_url]
    )
    strengths = models.TextField(_("strengths"), max_length=5000, blank=True)
    weaknesses = models.TextField(_("weaknesses"), max_length=5000, blank=True)
    strategy = models.TextField(_("counter-strategy"), max_length=5000, blank=True)
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    objects = LiveManager.from_queryset(CompetitorQuerySet)()
    everything = CompetitorQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("competitor")
        verbose_name_plural = _("competitors")
        constraints = (
            *record_constraints("competitor"),
            models.UniqueConstraint(
                fields=("name",),
                name="competitor_name_once",
                condition=Q(deleted_at=None),
                violation_error_code="unique",
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
            GinIndex(Grams("search_text"), name="competitor_text"),
            GinIndex(
                OpClass("search_pinyin", name="gin_trgm_ops"),
                name="competitor_pinyin",
            ),
        )
        triggers = record_triggers(
            "competitors.competitor",
            title="name",
            kept=("search_text", "search_pinyin"),
        )

    def __str__(self):
        return self.name

    @classmethod
    def names_hold(cls, text):
        """Ask for the name."""
        return Q(name__icontains=text.strip())

    @property
    def names(self):
        """Every name the competitor is known by."""
        return [n for n in (self.name, self.short_name, *self.aliases) if n]

    def text_to_search(self):
        """Return all names in lower case."""
        return "\n".join(self.names).lower()

    def pinyin_to_search(self):
        """Return pinyin and initials of all names."""
        return "\n".join(map(searchable, self.names))


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
        )

    def __str__(self):
        return self.name
