"""The columns of the interaction list."""

from crm.lists.tables import RecordTable
from crm.models.groups import PEOPLE, STAMPS, own
from feedback.models import Interaction


class InteractionTable(RecordTable):
    """Columns of the interaction list."""

    default_sort = "-occurred_at"
    shortened = ("content", "customer_feedback", "result")
    usual = (
        "subject",
        "customer",
        "contact",
        "method",
        "occurred_at",
        "customer_feedback",
        "next_contact_at",
        "owner",
    )

    class Meta:
        model = Interaction
        fields = (*own(Interaction, "subject"), *PEOPLE, *STAMPS)
