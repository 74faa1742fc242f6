"""The conditions of the lists of leads, opportunities and quotations."""

from django.utils.translation import gettext_lazy as _

from crm.lists.filter_fields import ChoicesFilter
from crm.lists.filters import RecordFilter
from crm.models.groups import own
from sales.attention import LEAD_NEEDS, NEEDS, leads_needing, needing
from sales.models import Lead, Opportunity, Quotation, Stage


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
        "times_put_off",
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
        """Narrow the rows to those that are stuck, late, slipping or left alone."""
        return needing(queryset, needs, self.request.user)


class LeadFilter(RecordFilter):
    """Conditions on leads."""

    needs = ChoicesFilter(
        label=_("waits too long"), choices=LEAD_NEEDS, method="waiting_too_long"
    )

    conditions = (
        *own(Lead, "number"),
        "status",
        "status_since",
        "assigned_at",
        "first_touched_at",
        "invalid_reason",
        "converted_at",
        "customer",
        "opportunity",
    )
    usual = ("status", "needs", "source", "owner")

    class Meta(RecordFilter.Meta):
        model = Lead

    def waiting_too_long(self, queryset, _name, needs):
        """Narrow the rows to those that wait too long."""
        return leads_needing(queryset, needs)


class QuotationFilter(RecordFilter):
    """Conditions on quotations."""

    conditions = (
        *own(Quotation, "number"),
        "list_amount",
        "discount_most",
        "below_floor",
        "status",
        "sent_on",
        "answered_on",
        "decline_reason",
        "contract",
    )
    usual = ("status", "customer", "valid_until_after", "valid_until_before", "owner")

    class Meta(RecordFilter.Meta):
        model = Quotation
