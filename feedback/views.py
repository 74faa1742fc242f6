"""The pages of interactions."""

from django.utils.translation import gettext_lazy as _

from crm.models.groups import responsible
from crm.views import RecordDetail, RecordList
from feedback.filters import InteractionFilter
from feedback.models import Interaction
from feedback.tables import InteractionTable


class InteractionList(RecordList):
    """The interactions one may see."""

    model = Interaction
    table_class = InteractionTable
    filterset_class = InteractionFilter
    empty_hint = _("Note each call, visit and message, and what the customer said.")


class InteractionDetail(RecordDetail):
    """One contact with a customer."""

    model = Interaction
    groups = (
        *Interaction.groups[:-1],
        responsible("entered_by", "created_at"),
    )
