"""The columns of the lists of the sales process."""

from crm.lists.tables import RecordTable
from crm.models.groups import PEOPLE, STAMPS, own
from sales.models import DayReport, Lead, Opportunity, Quotation, Target, WorkPlan

WRITTEN = own(Opportunity, "number")
PLACE = WRITTEN.index("amount")


class OpportunityTable(RecordTable):
    """Columns of the list of opportunities."""

    summed = ("amount",)
    shortened = ("details",)
    usual = (
        "number",
        "title",
        "customer",
        "stage",
        "amount",
        "expected_on",
        "next_step",
        "owner",
    )

    class Meta:
        model = Opportunity
        fields = (
            *WRITTEN[:PLACE],
            "status",
            "entered_stage_at",
            *WRITTEN[PLACE:],
            "times_put_off",
            "closed_on",
            "closing_reason",
            "contract",
            *PEOPLE,
            *STAMPS,
        )


class LeadTable(RecordTable):
    """Columns of the list of leads."""

    summed = ("budget",)
    shortened = ("need",)
    usual = (
        "number",
        "company",
        "person",
        "mobile",
        "status",
        "source",
        "need",
        "status_since",
        "owner",
    )

    class Meta:
        model = Lead
        fields = (
            *own(Lead, "number"),
            "status",
            "status_since",
            "assigned_at",
            "first_touched_at",
            "invalid_reason",
            "converted_at",
            "customer",
            "opportunity",
            *PEOPLE,
            *STAMPS,
        )


class QuotationTable(RecordTable):
    """Columns of the list of quotations."""

    summed = ("amount",)
    shortened = ("terms",)
    usual = (
        "number",
        "title",
        "customer",
        "amount",
        "discount_most",
        "status",
        "valid_until",
        "owner",
    )

    class Meta:
        model = Quotation
        fields = (
            *own(Quotation, "number"),
            "list_amount",
            "discount_most",
            "below_floor",
            "status",
            "sent_on",
            "answered_on",
            "decline_reason",
            "answer_note",
            "contract",
            *PEOPLE,
            *STAMPS,
        )


class DayReportTable(RecordTable):
    """Columns of the list of day reports."""

    shortened = ("done", "problems", "tomorrow")
    default_sort = "-day"
    usual = (
        "day",
        "owner",
        "done",
        "problems",
        "tomorrow",
        "submitted_at",
        "late",
        "read_at",
    )

    class Meta:
        model = DayReport
        fields = (
            *own(DayReport, "day"),
            "submitted_at",
            "late",
            "read_at",
            *PEOPLE,
            *STAMPS,
        )


class WorkPlanTable(RecordTable):
    """Columns of the list of work plans."""

    summed = ("amount",)
    shortened = ("goal",)
    default_sort = "-starts_on"
    usual = (
        "starts_on",
        "ends_on",
        "period",
        "owner",
        "goal",
        "done_count",
        "line_count",
        "amount",
        "read_at",
    )

    class Meta:
        model = WorkPlan
        fields = (
            *own(WorkPlan, "starts_on"),
            "ends_on",
            "done_count",
            "line_count",
            "amount",
            "ended_on",
            "planner",
            "read_at",
            *PEOPLE,
            *STAMPS,
        )


class TargetTable(RecordTable):
    """Columns of the list of targets."""

    shortened = ("note",)
    usual = ("title", "rule", "year", "subject", "total", "status", "owner")

    class Meta:
        model = Target
        fields = (
            "title",
            "subject",
            *own(Target),
            "total",
            "status",
            "locked_by",
            "locked_at",
            *PEOPLE,
            *STAMPS,
        )
