"""The verbs of an opportunity: POST only, each done to the version that was seen."""

from django.core.exceptions import ValidationError
from django.utils.http import urlencode
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

    def ways(self, record, error):
        """Lead to where what is missing is filled in, and to where one came from."""
        place = self.next_url(record)
        found = []
        if getattr(error, "lacks", False):
            query = urlencode({"next": place})
            url = f"{record.get_absolute_url()}edit/?{query}"
            found.append((_("Fill in what is missing"), url))
        if place != record.get_absolute_url():
            found.append((_("Back to where I was"), place))
        return found


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
        task, is_done = given["task"], given["done"]
        moves.tick(record, task, self.request.user, is_done=is_done)
        text = _("Task done: %s") if is_done else _("Task open again: %s")
        self.done = text % task


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
