"""The columns of the list of opportunities."""

from crm.lists.tables import RecordTable
from crm.models.groups import PEOPLE, STAMPS, own
from sales.models import Opportunity

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
            "closed_on",
            "closing_reason",
            "contract",
            *PEOPLE,
            *STAMPS,
        )
