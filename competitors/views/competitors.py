"""The pages of competitors."""

from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from competitors.filters import CompetitorFilter
from competitors.forms import CompetitorProductFormSet
from competitors.models import Competitor, Encounter, NewsItem
from competitors.numbers import (
    latest_encounters,
    latest_news,
    outcomes_of,
    products_of,
)
from competitors.tables import CompetitorTable
from crm.views import (
    RecordCreate,
    RecordDetail,
    RecordList,
    RecordUpdate,
)

#: How an outcome is shown.
TONES = {Encounter.Outcome.WE_WON: "good", Encounter.Outcome.THEY_WON: "bad"}


class CompetitorList(RecordList):
    """The competitors we know."""

    model = Competitor
    table_class = CompetitorTable
    filterset_class = CompetitorFilter
    empty_hint = _("Add whoever sells, or may soon sell, to our customers.")


class CompetitorDetail(RecordDetail):
    """The battle card of a competitor: all that one reads before a visit."""

    model = Competitor
    groups = Competitor.groups

    def get_context_data(self, **context):
        """Add how to win against it, its products, outcomes, encounters and news."""
        context = super().get_context_data(**context)
        basics, how_to_win, *people = context["groups"]
        return (
            context
            | self._met()
            | {
                "how_to_win": [how_to_win],
                "groups": [basics, *people],
                "products": products_of(self.object, self.request.user),
                "news": latest_news(self.object, self.request.user),
                "news_url": self._address(NewsItem, "competitors"),
            }
        )

    def _met(self):
        """Return what is said of the encounters one may see; nothing without a right.

        The figures are [{label, value, url, tone}] of how they ended.
        """
        found = outcomes_of(self.object, self.request.user)
        if found is None:
            return {}
        return {
            "outcomes": [self._figure(found, *one) for one in found.total],
            "by_product": found.by_product,
            "by_person": found.by_person,
            "endings": [outcome.label for outcome in Encounter.Outcome],
            "encounters": latest_encounters(self.object, self.request.user),
            "encounters_url": found.address(),
        }

    @staticmethod
    def _figure(found, outcome, number):
        return {
            "label": outcome.label,
            "value": number,
            "url": found.address(outcome=outcome.value),
            "tone": TONES.get(outcome, ""),
        }

    def _address(self, model, condition):
        return f"{model.page('list')}?{urlencode({condition: self.object.pk})}"


class WithProducts:
    """A form page of a competitor with its products."""

    @cached_property
    def formset(self):
        """The products, as lines of the same form."""
        data = self.request.POST if self.request.method == "POST" else None
        return CompetitorProductFormSet(
            data, instance=self.object, form_kwargs={"user": self.request.user}
        )

    def get_context_data(self, **context):
        """Add the heading of the lines."""
        return super().get_context_data(lines_title=_("Rival products"), **context)


class CompetitorCreate(WithProducts, RecordCreate):
    """Report or register a competitor."""


class CompetitorUpdate(WithProducts, RecordUpdate):
    """Edit a competitor."""
