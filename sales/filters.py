"""The conditions of the lists of the sales process."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.lists.filter_fields import YES_NO, ChoicesFilter, LookupFilter, YesNoFilter
from crm.lists.filters import RecordFilter
from crm.models.groups import own
from crm.queries.ids import any_of
from crm.related import rows_for
from customers.models import Customer
from sales.attention import LEAD_NEEDS, NEEDS, leads_needing, needing
from sales.forecast import CHOICES, in_categories
from sales.models import (
    DayReport,
    Lead,
    Opportunity,
    Quotation,
    Stage,
    Target,
    WorkPlan,
    WorkPlanLine,
)
from sales.superiors import people_below
from sales.targets.targeting import changes_that_wait


def stage_choices():
    """Return [(id, name)] of the stages, as the pipelines have them."""
    return [(stage.pk, str(stage)) for stage in Stage.objects.all()]


class OpportunityFilter(RecordFilter):
    """Conditions on opportunities."""

    stage = ChoicesFilter(label=_("stage"), choices=stage_choices)
    needs = ChoicesFilter(
        label=_("needs somebody"), choices=NEEDS, method="needing_somebody"
    )

    forecast = ChoicesFilter(
        label=pgettext_lazy("opportunity", "forecast"),
        choices=CHOICES,
        method="in_forecast",
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

    def in_forecast(self, queryset, _name, categories):
        """Narrow the rows to the open ones that are as sure as that."""
        return in_categories(queryset, categories)


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
        "touched_by",
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


class OfPeopleFilter(RecordFilter):
    """What conditions on plans and reports share: whose, and whether they were read."""

    whose = ChoicesFilter(
        label=_("whose"),
        choices=(("below", _("people below me")),),
        method="of_people_below",
    )
    is_read = YesNoFilter(
        field_name="read_at",
        lookup_expr="isnull",
        exclude=True,
        label=_("read by somebody above"),
        choices=YES_NO,
        coerce=lambda value: value == "true",
    )

    class Meta(RecordFilter.Meta):
        model = None

    def of_people_below(self, queryset, _name, chosen):
        """Narrow the rows to those of people below who asks."""
        if not chosen:
            return queryset
        return queryset.filter(people_below(self.request.user.pk))


class DayReportFilter(OfPeopleFilter):
    """Conditions on day reports."""

    conditions = (*own(DayReport), "submitted_at", "late")
    usual = ("day_after", "day_before", "owner", "whose", "is_read", "late")

    class Meta(RecordFilter.Meta):
        model = DayReport


class WorkPlanFilter(OfPeopleFilter):
    """Conditions on work plans."""

    customers = LookupFilter(
        queryset=lambda request: rows_for(request.user, Customer),
        label=_("customers in it"),
        method="about",
    )
    is_done = YesNoFilter(
        label=_("all lines done"),
        choices=YES_NO,
        coerce=lambda value: value == "true",
        method="all_done",
    )

    conditions = (
        *own(WorkPlan),
        "ends_on",
        "amount",
        "line_count",
        "done_count",
        "ended_on",
    )
    usual = (
        "period",
        "starts_on_after",
        "starts_on_before",
        "owner",
        "whose",
        "is_done",
    )

    class Meta(RecordFilter.Meta):
        model = WorkPlan

    def about(self, queryset, _name, customers):
        """Narrow the rows to plans with a line about any of some customers."""
        if not customers:
            return queryset
        ids = [customer.pk for customer in customers]
        lines = WorkPlanLine.objects.filter(any_of("customer", ids)).order_by()
        return queryset.filter(pk__in=lines.values("plan"))

    def all_done(self, queryset, _name, wanted):
        """Narrow the rows to plans of which every line is done, or to the others."""
        is_open = Q(done_count__lt=F("line_count")) | Q(line_count=0)
        return queryset.exclude(is_open) if wanted else queryset.filter(is_open)


class TargetFilter(RecordFilter):
    """Conditions on targets."""

    change = ChoicesFilter(
        label=_("change asked for"),
        choices=(
            ("open", _("waits to be decided on")),
            ("mine", _("waits for my decision")),
        ),
        method="with_change",
    )

    conditions = (
        "title",
        *own(Target),
        "subject",
        "total",
        "status",
        "locked_by",
        "locked_at",
    )
    usual = ("rule", "year_min", "year_max", "subject", "department", "person")

    class Meta(RecordFilter.Meta):
        model = Target

    def with_change(self, queryset, _name, wanted):
        """Narrow the rows to those to which a change was asked for."""
        if "open" in wanted:
            return queryset.filter(pk__in=changes_that_wait().values("target"))
        if "mine" in wanted:
            waiting = changes_that_wait(self.request.user)
            return queryset.filter(pk__in=waiting.values("target"))
        return queryset
