"""The columns of the interaction list."""

from django.utils.text import Truncator

from crm.lists.tables import RecordTable
from feedback.models import Interaction

#: How much of a long text a list shows; an export has all of it.
GIST = 30


def gist(text):
    """Return the beginning of a long text."""
    return Truncator(text).chars(GIST)


class InteractionTable(RecordTable):
    """Columns of the interaction list."""

    default_sort = "-occurred_at"
    folded = (
        "contract",
        "content",
        "result",
        "reporter",
        "registration",
        "created_at",
        "changed_at",
    )

    class Meta:
        model = Interaction
        fields = (
            "subject",
            "customer",
            "contact",
            "contract",
            "method",
            "occurred_at",
            "content",
            "customer_feedback",
            "result",
            "next_contact_at",
            "owner",
            "reporter",
            "registration",
            "created_at",
            "changed_at",
        )

    def render_content(self, record):
        """Show the beginning."""
        return gist(record.content)

    def render_customer_feedback(self, record):
        """Show the beginning."""
        return gist(record.customer_feedback)

    def render_result(self, record):
        """Show the beginning."""
        return gist(record.result)

    def value_content(self, record):
        """Export all of it."""
        return record.content

    def value_customer_feedback(self, record):
        """Export all of it."""
        return record.customer_feedback

    def value_result(self, record):
        """Export all of it."""
        return record.result
