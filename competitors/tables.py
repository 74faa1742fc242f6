"""The columns of the lists of competitors, encounters and news."""

import django_tables2 as tables
from django.db.models import Case, Value, When
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from competitors.models import LINKS, Competitor, Encounter, NewsItem
from crm.display import text
from crm.lists.ordering import Sorted
from crm.lists.tables import RecordTable
from crm.models.groups import PEOPLE, STAMPS, own


class GradedTable(RecordTable):
    """A table whose columns in `graded` sort by weight, not by the alphabet.

    Their choices are declared from the weightiest to the lightest.
    """

    graded = ()

    def ordering(self, sort):
        """Return the Order of a `sort` value."""
        name = sort.removeprefix("-")
        if name not in self.graded:
            return super().ordering(sort)
        grades = self._meta.model._meta.get_field(name).choices
        cases = [
            When(**{name: grade}, then=Value(-place))
            for place, (grade, _label) in enumerate(grades)
        ]
        weight = Case(*cases)
        return Sorted(weight.desc() if sort.startswith("-") else weight.asc(), "-pk")


class CompetitorTable(GradedTable):
    """Columns of the competitor list."""

    graded = ("threat",)
    shortened = ("strengths", "weaknesses", "strategy")
    usual = ("name", "short_name", "kind", "threat", "size", "region", "strengths")

    class Meta:
        model = Competitor
        fields = (*own(Competitor, "name"), *PEOPLE, *STAMPS)


class EncounterTable(RecordTable):
    """Columns of the encounter list."""

    title = tables.Column(
        accessor="names_in_title",
        verbose_name=_("Encounter"),
        order_by=("competitor", "customer"),
    )

    default_sort = "-happened_on"
    shortened = ("remarks",)
    usual = (
        "title",
        "offered_product",
        "price",
        "position",
        "outcome",
        "reason",
        "happened_on",
        "owner",
    )

    class Meta:
        model = Encounter
        fields = ("title", *own(Encounter), *PEOPLE, *STAMPS)


class NewsItemTable(GradedTable):
    """Columns of the news list."""

    industries = tables.Column(orderable=False)

    graded = ("importance",)
    shortened = ("summary", "body")
    default_sort = "-published_on"
    usual = (
        "title",
        "category",
        "importance",
        "source",
        "published_on",
        "summary",
        "valid_until",
    )

    class Meta:
        model = NewsItem
        fields = (
            *(name for name in own(NewsItem, "title") if name not in LINKS),
            *PEOPLE,
            *STAMPS,
        )

    def render_title(self, record):
        """Mark what the reader has not read yet."""
        if record.is_read:
            return record.title
        mark = '<span class="pill pill-info">{}</span> {}'
        return format_html(mark, gettext("unread"), record.title)

    def value_title(self, record):
        """Export the title alone."""
        return record.title

    def render_industries(self, record):
        """Name the industries, read along with the rows."""
        return text([str(item) for item in record.industries.all()])
