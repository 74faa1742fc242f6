"""The conditions of the lists of competitors, encounters and news."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from competitors.models import Competitor, Encounter, NewsItem
from contracts.models import Product
from crm import dictionaries
from crm.forms.lookups import LookupMultipleField
from crm.lists.filter_fields import GivenFilter, RegionFilter, WholeTextFilter
from crm.lists.filters import RecordFilter
from crm.related import rows_for
from customers.models import Customer


class CompetitorFilter(RecordFilter):
    """Conditions on competitors."""

    usual = ("kind", "threat", "size", "region")

    class Meta(RecordFilter.Meta):
        model = Competitor


class CustomerRegionFilter(RegionFilter):
    """Rows of the customers in some regions, of those that the person sees."""

    def filter(self, qs, value):
        """Look the customers up."""
        if not value:
            return qs
        seen = super().filter(rows_for(self.parent.request.user, Customer), value)
        return qs.filter(customer__in=seen.order_by().values("pk"))


class EncounterFilter(RecordFilter):
    """Conditions on encounters."""

    usual = ("competitor", "customer", "outcome", "happened_on_after")

    offered = WholeTextFilter(
        field_name="offered_product", label=_("offered product, in these very words")
    )
    customer_region = CustomerRegionFilter(
        field_name="region", label=_("customer's region")
    )
    priced = GivenFilter(field_name="price", label=_("offered price given"))

    class Meta(RecordFilter.Meta):
        model = Encounter


class LinkFilter(filters.ModelMultipleChoiceFilter):
    """News about any of some records; asked by a subquery, so no row comes twice."""

    field_class = LookupMultipleField

    def __init__(self, model, **options):
        """Offer the rows of a model that the person may see."""
        options["queryset"] = lambda request: model.objects.visible_to(request.user)
        super().__init__(**options)

    def filter(self, qs, value):
        """Look the news up by their links."""
        if not value:
            return qs
        about = NewsItem.everything.filter(**{f"{self.field_name}__in": value})
        return qs.filter(pk__in=about.order_by().values("pk"))


class NewsItemFilter(RecordFilter):
    """Conditions on news."""

    usual = ("category", "importance", "read", "published_on_after")

    read = filters.ChoiceFilter(
        label=_("read or unread"),
        empty_label=_("Any"),
        choices=(("unread", _("unread")), ("read", pgettext_lazy("news", "read"))),
        method="by_reader",
    )
    industries = filters.MultipleChoiceFilter(
        label=_("industries"),
        choices=lambda: dictionaries.choices("industry"),
        method="by_industry",
    )
    customers = LinkFilter(Customer, label=_("customers concerned"))
    competitors = LinkFilter(Competitor, label=_("competitors concerned"))
    products = LinkFilter(Product, label=_("products concerned"))

    class Meta(RecordFilter.Meta):
        model = NewsItem

    def by_reader(self, queryset, _name, value):
        """Keep what the person asking has, or has not, read."""
        user = self.request.user
        if value == "read":
            return queryset.read_by(user)
        return queryset.unread_by(user)

    def by_industry(self, queryset, _name, values):
        """Keep what is about any of these industries."""
        about = NewsItem.everything.filter(industries__in=values)
        return queryset.filter(pk__in=about.order_by().values("pk"))
