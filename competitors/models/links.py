"""What a piece of news is about: links to industries, customers, rivals, products."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from competitors.models.competitor import Competitor
from competitors.models.news import NewsItem
from competitors.triggers import touches_news
from contracts.models import Product
from crm.guards.options import options_kept
from crm.guards.parents import parents_live
from crm.guards.triggers import noted
from crm.models import DictionaryItem
from customers.models import Customer


class LinkManager(models.Manager):
    """The links of news outside the recycle bin: only they hold a record fast."""

    def get_queryset(self):
        """Leave the links of deleted news out."""
        return super().get_queryset().filter(news__deleted_at=None)


class NewsLink(models.Model):
    """What a piece of news is about; each kind of record has its own links."""

    news = models.ForeignKey(NewsItem, models.CASCADE, related_name="+")

    everything = models.Manager()
    objects = LinkManager()

    class Meta:
        abstract = True
        default_permissions = ()
        base_manager_name = "everything"
        default_manager_name = "objects"
        verbose_name = _("industry news item")
        verbose_name_plural = _("industry news")


def link_rules(kind, column):
    """Return the constraints and the triggers of a kind of links.

    One link to each row, and what becomes of it is news of the news item: an entry
    needs no title and no news item, it stands in that one's history and names the
    record linked to.

    Args:
        kind: what is linked to, as in the name of the model.
        column: the foreign key to it.
    """
    once = models.UniqueConstraint("news", column, name=f"news_{kind}_once")
    subject = ("competitors.newsitem", "news_id")
    label = f"competitors.news{kind}"
    in_history = noted(label, title="", ignored=("news_id",), subject=subject)
    return (once,), (in_history, touches_news(), parents_live())


class NewsIndustry(NewsLink):
    """An industry that a piece of news is about."""

    item = models.ForeignKey(
        DictionaryItem, models.PROTECT, verbose_name=_("industries"), related_name="+"
    )

    class Meta(NewsLink.Meta):
        constraints, triggers = link_rules("industry", "item")
        triggers += options_kept()

    def __str__(self):
        return str(self.item)


class NewsCustomer(NewsLink):
    """A customer that a piece of news is about."""

    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("customers concerned"),
        related_name="news_links",
    )

    class Meta(NewsLink.Meta):
        constraints, triggers = link_rules("customer", "customer")

    def __str__(self):
        return str(self.customer)


class NewsCompetitor(NewsLink):
    """A competitor that a piece of news is about."""

    competitor = models.ForeignKey(
        Competitor,
        models.PROTECT,
        verbose_name=_("competitors concerned"),
        related_name="news_links",
    )

    class Meta(NewsLink.Meta):
        constraints, triggers = link_rules("competitor", "competitor")

    def __str__(self):
        return str(self.competitor)


class NewsProduct(NewsLink):
    """A product of ours that a piece of news is about."""

    product = models.ForeignKey(
        Product,
        models.PROTECT,
        verbose_name=_("products concerned"),
        related_name="news_links",
    )

    class Meta(NewsLink.Meta):
        constraints, triggers = link_rules("product", "product")

    def __str__(self):
        return str(self.product)
