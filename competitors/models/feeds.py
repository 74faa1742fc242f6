"""What other sites tell of the industry: sources that are read, and what they told."""

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from competitors.dictionaries import NEWS_CATEGORY
from competitors.models.news import NewsItem
from crm.guards.options import options_kept
from crm.guards.triggers import noted, stamped
from crm.models import DictionaryField
from crm.models.versions import Versioned, person
from crm.validators import EARLIEST, LATEST, validate_day_of_deed, validate_http_url

#: What reading a source leaves on it: no change that anybody made.
KEPT = ("last_read_at", "last_error", "last_status", "etag", "modified")


class NewsSource(Versioned):
    """A feed (RSS, Atom) of another site that is read every hour.

    Attributes:
        category: of the news taken from it.
        last_error: why it could not be read the last time, if it could not.
        last_status: what its site answered then, where that was the reason.
        etag, modified: of what was read last, by which the site tells what is new.
    """

    class Trouble(models.TextChoices):
        NOT_NAMED = "not_named", _("the administrator has not named its host")
        INSIDE = "inside", _("it leads to an address inside a network")
        UNKNOWN = "unknown", _("there is no such host")
        UNREACHABLE = "unreachable", _("the site cannot be reached")
        LATE = "late", _("the site takes too long")
        UNSAFE = "unsafe", _("the connection is not safe")
        REDIRECTS = "redirects", _("the site leads on too often")
        STATUS = "status", _("the site refused")
        TOO_LARGE = "too_large", _("it is larger than 2 MB")
        NO_FEED = "no_feed", _("it is no feed, or a broken one")

    actions = ("view", "add", "change", "delete")
    sort_field = "name"

    name = models.CharField(_("name of the source"), max_length=100)
    url = models.CharField(
        _("address of the feed"), max_length=500, validators=[validate_http_url]
    )
    category = DictionaryField(
        NEWS_CATEGORY, _("news category"), null=False, blank=False
    )
    active = models.BooleanField(_("in use"), default=True)
    last_read_at = models.DateTimeField(_("last read"), null=True, editable=False)
    last_error = models.CharField(
        _("what was in the way"),
        max_length=20,
        choices=Trouble.choices,
        blank=True,
        editable=False,
    )
    last_status = models.PositiveSmallIntegerField(null=True, editable=False)
    etag = models.CharField(max_length=300, blank=True, editable=False)
    modified = models.CharField(max_length=100, blank=True, editable=False)

    class Meta:
        verbose_name = _("source of news")
        verbose_name_plural = _("sources of news")
        default_permissions = ()
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                "url",
                name="news_source_once",
                violation_error_message=_("This feed is read already."),
            ),
            models.CheckConstraint(
                condition=Q(url__iregex=r"^https?://"),
                name="news_source_is_web_address",
            ),
        )
        triggers = (
            stamped(ignored=KEPT),
            noted("competitors.newssource", title="name", ignored=KEPT),
            *options_kept(),
        )

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the address where it is set."""
        return reverse("newssource_update", args=[self.pk])

    @property
    def trouble(self):
        """Why it could not be read the last time, in words; nothing if it could."""
        words = str(self.get_last_error_display())
        return f"{words} ({self.last_status})" if self.last_status else words


def decided():
    """Note who took or dismissed an entry; that sources told it is nobody's doing."""
    trigger = noted(
        "competitors.feedentry",
        title="title",
        subject=("competitors.newssource", "source_id"),
    )
    trigger.operation = pgtrigger.UpdateOf("state")
    return trigger


class FeedEntry(models.Model):
    """What a source told, once: it waits until somebody takes it as news or not.

    Attributes:
        guid: what the source calls it, so that it is told once.
        news: what it became.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("feed", "waiting")
        TAKEN = "taken", pgettext_lazy("feed", "taken")
        DISMISSED = "dismissed", pgettext_lazy("feed", "dismissed")

    history_part_of = "source"
    sort_field = "published_on"

    source = models.ForeignKey(
        NewsSource,
        models.CASCADE,
        verbose_name=_("source of news"),
        related_name="entries",
        db_index=False,
    )
    guid = models.CharField(max_length=500, editable=False)
    title = models.CharField(_("news title"), max_length=200)
    link = models.CharField(
        _("link"), max_length=500, blank=True, validators=[validate_http_url]
    )
    summary = models.TextField(_("summary"), max_length=2000, blank=True)
    published_on = models.DateField(
        _("published on"), default=timezone.localdate, validators=[validate_day_of_deed]
    )
    found_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)
    state = models.CharField(
        _("what became of it"),
        max_length=10,
        choices=State.choices,
        default=State.WAITING,
        editable=False,
    )
    news = models.OneToOneField(
        NewsItem,
        models.SET_NULL,
        verbose_name=_("industry news item"),
        null=True,
        editable=False,
        related_name="+",
    )
    decided_by = person(_("decided by"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)

    class Meta:
        verbose_name = _("entry of a feed")
        verbose_name_plural = _("news to take")
        default_permissions = ()
        ordering = ("-published_on", "-pk")
        constraints = (
            models.UniqueConstraint("source", "guid", name="feed_entry_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | Q(
                    state__in=("taken", "dismissed"),
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="feed_entry_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(news=None) | Q(state="taken"), name="feed_entry_news_taken"
            ),
            models.CheckConstraint(
                condition=Q(link="") | Q(link__iregex=r"^https?://"),
                name="feed_entry_link_is_web_address",
            ),
            models.CheckConstraint(
                condition=Q(published_on__range=(EARLIEST, LATEST)),
                name="feed_entry_published_sensible",
            ),
        )
        indexes = (
            models.Index(
                fields=("-published_on", "-id"),
                condition=Q(state="waiting"),
                name="feed_entry_waiting",
            ),
        )
        triggers = (decided(),)

    def __str__(self):
        return self.title

    @transaction.atomic
    def take(self, *, by, again=False):
        """Make a piece of news of it, and return that.

        Args:
            by: who takes it, and whose it becomes.
            again: whether it is taken although news with its link is there already.

        Raises:
            ValidationError: somebody was quicker, or its link is known (`conflict`).
        """
        if not again and self.known_to(by).exists():
            raise ValidationError(
                gettext("There is news with this link already: look at it first."),
                code="conflict",
            )
        self._decide(self.State.TAKEN, by)
        news = NewsItem(
            title=self.title,
            category_id=self.source.category_id,
            source=self.source.name,
            link=self.link,
            summary=self.summary,
            published_on=self.published_on,
        )
        news.enter(by)
        news.mark_read(by)
        FeedEntry.objects.filter(pk=self.pk).update(news=news)
        return news

    def dismiss(self, *, by):
        """Let it be no news.

        Raises:
            ValidationError: somebody was quicker (`conflict`).
        """
        self._decide(self.State.DISMISSED, by)

    def known_to(self, user):
        """Return the news that a person sees with the link of this."""
        rows = NewsItem.objects.visible_to(user)
        return rows.filter(link=self.link) if self.link else rows.none()

    def _decide(self, state, by):
        """Change the state if it still waits: two cannot both decide."""
        waiting = FeedEntry.objects.filter(pk=self.pk, state=self.State.WAITING)
        now = timezone.now()
        if not waiting.update(state=state, decided_by=by, decided_at=now):
            raise ValidationError(
                gettext("Somebody else has dealt with this in the meantime."),
                code="conflict",
            )
