"""Industry news (业界动态), what it is about, and who has read it."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from competitors.dictionaries import NEWS_CATEGORY
from competitors.models.competitor import Competitor
from contracts.models import Product
from crm.fields import DerivedTextField
from crm.guards.options import options_kept
from crm.models import (
    Attachment,
    DictionaryField,
    DictionaryItem,
    Record,
    RecordQuerySet,
    region_field,
)
from crm.models.attachment import file_triggers
from crm.models.filed_figures import FiledFigure
from crm.models.groups import RESPONSIBLE
from crm.models.indexes import report_indexes, search_indexes
from crm.models.moments import Moment
from crm.models.record import LiveManager
from crm.models.record_guards import record_constraints, record_triggers
from crm.validators import (
    EARLIEST,
    LATEST,
    validate_business_date,
    validate_day_of_deed,
    validate_http_url,
)
from customers.dictionaries import INDUSTRY
from customers.models import Customer

#: What a piece of news can be about, by the relations to it.
LINKS = ("customers", "competitors", "products")
#: Those to records that a text calls by their names.
MENTIONED = ("customers", "competitors")
#: Marks that one statement writes.
MARKS = 5_000


class NewsItemQuerySet(RecordQuerySet):
    """News, and what one asks of it."""

    def read_by(self, user):
        """Return the news that the person has read."""
        return self.filter(pk__in=self._read(user))

    def unread_by(self, user):
        """Return the news that the person has not read."""
        return self.exclude(pk__in=self._read(user))

    def marked_for(self, user):
        """Tell with each row whether the person has read it, as `is_read`."""
        mine = NewsRead.objects.filter(user=user, news=OuterRef("pk"))
        return self.annotate(is_read=Exists(mine))

    def mark_read(self, user, until):
        """Note that a person has read all of them that stood so at a moment.

        What was written, changed or registered since may be something new.
        """
        found = self.unread_by(user).filter(changed_at__lte=until).order_by()
        marks = [
            NewsRead(news_id=pk, user=user) for pk in found.values_list("pk", flat=True)
        ]
        NewsRead.objects.bulk_create(marks, batch_size=MARKS, ignore_conflicts=True)

    def _read(self, user):
        return NewsRead.objects.filter(user=user).values("news")


class NewsItem(Record):
    """Something that happened in the industry and that colleagues should know."""

    segment = "news"
    charts = "competitors.charts.OF_NEWS"
    actions = (*Record.actions, "import")
    tab_under = ("competitors",)

    class Importance(models.TextChoices):
        HIGH = "high", _("high")
        NORMAL = "normal", _("normal")
        LOW = "low", _("low")

    moments = (
        Moment(
            key="news",
            label=_("industry news"),
            at="published_on",
            under=("customers", "competitors", "products"),
            title="title",
            note=("summary", "source"),
            state="category",
        ),
    )
    figures = (FiledFigure(key="news", label=_("industry news"), under=("customers",)),)
    groups = (
        (
            _("Basics"),
            ("title", "category", "importance", "published_on", "source", "link"),
        ),
        (_("What it says"), ("summary", "body")),
        (
            _("What it is about"),
            ("industries", "region", *LINKS, "valid_until"),
        ),
        RESPONSIBLE,
    )
    shared = True
    sort_field = "search_pinyin"
    shared_by = ("region", "category")
    worded = ("title", "source", "summary", "body")
    lettered = ("link",)
    named = ("title",)

    title = models.CharField(_("news title"), max_length=200)
    category = DictionaryField(
        NEWS_CATEGORY, _("news category"), null=False, blank=False
    )
    importance = models.CharField(
        _("importance"),
        max_length=10,
        choices=Importance.choices,
        default=Importance.NORMAL,
    )
    source = models.CharField(_("news source"), max_length=200, blank=True)
    link = models.CharField(
        _("link"), max_length=500, blank=True, validators=[validate_http_url]
    )
    published_on = models.DateField(
        _("published on"),
        default=timezone.localdate,
        validators=[validate_day_of_deed],
    )
    summary = models.TextField(_("summary"), max_length=2000, blank=True)
    body = models.TextField(_("news text"), max_length=50000, blank=True)
    region = region_field()
    industries = models.ManyToManyField(
        DictionaryItem,
        through="competitors.NewsIndustry",
        verbose_name=_("industries"),
        limit_choices_to=Q(kind=INDUSTRY.kind),
        blank=True,
        related_name="+",
    )
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, validators=[validate_business_date]
    )
    customers = models.ManyToManyField(
        Customer,
        through="competitors.NewsCustomer",
        verbose_name=_("customers concerned"),
        blank=True,
        related_name="news",
    )
    competitors = models.ManyToManyField(
        Competitor,
        through="competitors.NewsCompetitor",
        verbose_name=_("competitors concerned"),
        blank=True,
        related_name="news",
    )
    products = models.ManyToManyField(
        Product,
        through="competitors.NewsProduct",
        verbose_name=_("products concerned"),
        blank=True,
        related_name="news",
    )
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    objects = LiveManager.from_queryset(NewsItemQuerySet)()
    everything = NewsItemQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("industry news item")
        verbose_name_plural = _("industry news")
        constraints = (
            *record_constraints("news"),
            models.CheckConstraint(
                condition=Q(importance__in=("high", "normal", "low")),
                name="news_importance_known",
            ),
            models.CheckConstraint(
                condition=Q(published_on__range=(EARLIEST, LATEST)),
                name="news_published_sensible",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None)
                | Q(valid_until__gte=F("published_on"), valid_until__lte=LATEST),
                name="news_valid_after_published",
                violation_error_message=_(
                    "It cannot lose its validity before it is published."
                ),
            ),
            models.CheckConstraint(
                condition=Q(link="") | Q(link__iregex=r"^https?://"),
                name="news_link_is_web_address",
            ),
        )
        indexes = (
            models.Index(fields=("-published_on", "-id"), name="news_published"),
            models.Index(fields=("-created_at", "-id"), name="news_created"),
            models.Index(
                fields=("link",),
                condition=Q(deleted_at=None) & ~Q(link=""),
                name="news_link",
            ),
            *report_indexes("news"),
            *search_indexes("news"),
        )
        triggers = (
            *record_triggers(
                "competitors.newsitem",
                title="title",
                kept=("search_text", "search_pinyin"),
            ),
            *options_kept(),
        )

    def __str__(self):
        return self.title

    def mark_read(self, by):
        """Note that a person has read this; once is enough."""
        NewsRead.objects.get_or_create(news=self, user=by)


class NewsAttachment(Attachment):
    """A file kept with a piece of news."""

    record = models.ForeignKey(NewsItem, models.CASCADE, related_name="attachments")

    class Meta(Attachment.Meta):
        triggers = file_triggers("competitors.newsattachment", "competitors.newsitem")


class NewsRead(models.Model):
    """Who has read which news; nothing of the business, so no history."""

    news = models.ForeignKey(NewsItem, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint("user", "news", name="news_read_once"),)

    def __str__(self):
        return f"{self.user} {self.news}"
