"""The pages of competitors."""

from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from competitors.filters import CompetitorFilter
from competitors.forms import CompetitorProductFormSet
from competitors.models import Competitor, Encounter
from competitors.numbers import outcomes_of, products_of
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
    """A competitor: what it sells, how our encounters with it ended."""

    model = Competitor
    groups = Competitor.groups

    def get_context_data(self, **context):
        """Add its products and how encounters with it ended."""
        return super().get_context_data(
            products=products_of(self.object, self.request.user),
            outcomes=self.outcomes(),
            **context,
        )

    def outcomes(self):
        """Return [{label, value, url, tone}]: how the encounters one may see ended.

        None for whoever has no right to encounters at all.
        """
        found = outcomes_of(self.object, self.request.user)
        return found and [self._figure(*one) for one in found]

    def _figure(self, outcome, number):
        query = urlencode({"competitor": self.object.pk, "outcome": outcome.value})
        return {
            "label": outcome.label,
            "value": number,
            "url": f"{Encounter.page('list')}?{query}",
            "tone": TONES.get(outcome, ""),
        }


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
