"""The conditions of the interaction list."""

from crm.lists.filters import RecordFilter
from feedback.models import Interaction


class InteractionFilter(RecordFilter):
    """Conditions on interactions."""

    conditions = (
        "customer",
        "contact",
        "contract",
        "method",
        "occurred_at",
        "subject",
        "content",
        "customer_feedback",
        "result",
        "next_contact_at",
    )
    usual = ("customer", "method", "occurred_at_after", "occurred_at_before")

    class Meta:
        model = Interaction
        fields = ()
