"""The verbs of an opportunity: POST only, each done to the version that was seen."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.views import View

from crm.addresses import own_place
from crm.approval.verdict_forms import wrong_with
from crm.views import RecordVerb
from sales import moves
from sales.forms import ClosingForm, MoveForm, ReopeningForm, TaskForm
from sales.models import Opportunity


class FilledVerb(RecordVerb):
    """A verb for which one fills in a small form."""

    def filled(self, form):
        """Return what was given.

        Raises:
            ValidationError: something cannot be read.
        """
        if not form.is_valid():
            raise ValidationError(wrong_with(form))
        return form.cleaned_data


class OpportunityVerb(FilledVerb):
    """A verb of an opportunity; it goes back to where it was asked for."""

    model = Opportunity
    action = "change"
    queryset = Opportunity.objects.select_related("stage")

    def next_url(self, record):
        """Return to the board, if one comes from there."""
        came_from = self.request.POST.get("next")
        return own_place(came_from) if came_from else super().next_url(record)


class Move(OpportunityVerb, View):
    """Put it into another stage."""

    def act(self, record):
        """Move it."""
        given = self.filled(MoveForm(self.request.POST))
        moves.move(record, given["stage"], self.request.user, given["note"])


class Task(OpportunityVerb, View):
    """Note that a task of its stage is done, or is not."""

    def act(self, record):
        """Tick it."""
        given = self.filled(TaskForm(self.request.POST))
        user = self.request.user
        moves.tick(record, given["task"], user, is_done=given["done"])


class Closing(OpportunityVerb, View):
    """Close it: won, lost or void."""

    worded = ("note",)

    def act(self, record):
        """Close it."""
        user = self.request.user
        given = self.filled(
            ClosingForm(self.request.POST, opportunity=record, user=user)
        )
        moves.close(
            record,
            given["kind"],
            user,
            reason=given["reason"],
            note=given["note"],
            contract=given["contract"],
            winner=given["winner"],
        )


class Reopening(OpportunityVerb, View):
    """Open it again."""

    done = _("It is open again.")

    def act(self, record):
        """Open it."""
        given = self.filled(ReopeningForm(self.request.POST))
        moves.reopen(record, self.request.user, given["note"])
