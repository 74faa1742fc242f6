"""The pages of competitors."""

from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from competitors.filters import CompetitorFilter
from competitors.forms import CompetitorProductFormSet
from competitors.models import Competitor, CompetitorProduct, Encounter
from competitors.tables import CompetitorTable
from contracts.models import Product
from crm.display import number_text
from crm.related import known_to
from crm.rights.permissions import permission
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
            products=self.products(), outcomes=self.outcomes(), **context
        )

    def products(self):
        """Return its products; of ours only those that the reader may see."""
        ours = Product.objects.filter(rivals__competitor=self.object)
        seen = {product.pk: product for product in known_to(self.request.user, ours)}
        return [
            {
                "name": rival.name,
                "ours": seen.get(rival.product_id),
                "price_from": number_text(rival.price_from),
                "price_to": number_text(rival.price_to),
                "remarks": rival.remarks,
            }
            for rival in CompetitorProduct.objects.filter(competitor=self.object)
        ]

    def outcomes(self):
        """Return [{label, value, url, tone}]: how the encounters one may see ended.

        None for whoever has no right to encounters at all.
        """
        user = self.request.user
        if not user.has_perm(permission("view", Encounter)):
            return None
        rows = Encounter.objects.visible_to(user).filter(competitor=self.object)
        counts, page = rows.by_outcome(), Encounter.page("list")
        found = []
        for outcome in Encounter.Outcome:
            query = urlencode({"competitor": self.object.pk, "outcome": outcome.value})
            found.append(
                {
                    "label": outcome.label,
                    "value": counts[outcome.value],
                    "url": f"{page}?{query}",
                    "tone": TONES.get(outcome, ""),
                }
            )
        return found


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
