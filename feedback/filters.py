"""The conditions of the interaction list."""

from crm.lists.filters import RecordFilter
from feedback.models import Interaction


class InteractionFilter(RecordFilter):
    """Conditions on interactions."""

    usual = ("customer", "method", "occurred_at_after", "occurred_at_before")

    class Meta(RecordFilter.Meta):
        model = Interaction
