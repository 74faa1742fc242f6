"""The pages of interactions."""

from contextlib import suppress

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from crm.attachments import attach
from crm.models import Intake
from crm.models.groups import responsible
from crm.views import RecordDetail, RecordList
from crm.views.in_place import InPlaceCreate
from feedback.filters import InteractionFilter
from feedback.models import Interaction
from feedback.tables import InteractionTable


class InteractionList(RecordList):
    """The interactions one may see."""

    model = Interaction
    table_class = InteractionTable
    filterset_class = InteractionFilter
    empty_hint = gettext_lazy(
        "Note each call, visit and message, and what the customer said."
    )


class InteractionDetail(RecordDetail):
    """One contact with a customer."""

    model = Interaction
    groups = (
        *Interaction.groups[:-1],
        responsible("entered_by", "created_at"),
    )


class FollowUp(InPlaceCreate):
    """A short form for what was just said: a page, or a part of the page one is at.

    `?customer=7`, `?contact=7`, `?opportunity=7` or `?contract=7` names whom one spoke
    with, and about what.
    """

    title = gettext_lazy("Follow up")

    def get_initial(self):
        """Take it that one does it as the last time."""
        last = Interaction.everything.filter(reporter=self.request.user)
        methods = last.order_by("-occurred_at").values_list("method", flat=True)
        return {"method": methods.first(), **super().get_initial()}

    def saved(self, form):
        """Save and return the record; None if it or one of its files is refused."""
        uploads = form.cleaned_data["files"]
        try:
            return super().saved(form)
        except ValidationError as error:
            form.add_error("files", error)
            if error.code != "quota":  # it was handed in, although nothing came of it
                with suppress(ValidationError):
                    Intake.spend(self.request.user, *uploads)
            return None

    def save(self, form):
        """Save and return the record with its files."""
        record, by = super().save(form), self.request.user
        uploads = form.cleaned_data["files"]
        if uploads:
            Intake.spend(by, *uploads)
        for upload in uploads:
            attach(record, upload, by)
        return record
