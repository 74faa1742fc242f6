"""The conditions of the list of opportunities."""

from django.utils.translation import gettext_lazy as _

from crm.lists.filter_fields import ChoicesFilter
from crm.lists.filters import RecordFilter
from crm.models.groups import own
from sales.attention import NEEDS, needing
from sales.models import Opportunity, Stage


def stage_choices():
    """Return [(id, name)] of the stages, as the pipelines have them."""
    return [(stage.pk, str(stage)) for stage in Stage.objects.all()]


class OpportunityFilter(RecordFilter):
    """Conditions on opportunities."""

    stage = ChoicesFilter(label=_("stage"), choices=stage_choices)
    needs = ChoicesFilter(
        label=_("needs somebody"), choices=NEEDS, method="needing_somebody"
    )

    conditions = (
        *own(Opportunity, "number"),
        "status",
        "entered_stage_at",
        "closed_on",
        "closing_reason",
        "contract",
    )
    usual = (
        "status",
        "stage",
        "needs",
        "expected_on_after",
        "expected_on_before",
        "owner",
    )

    class Meta(RecordFilter.Meta):
        model = Opportunity

    def needing_somebody(self, queryset, _name, needs):
        """Narrow the rows to those that are stuck, late or left alone."""
        return needing(queryset, needs, self.request.user)
