"""The verbs of a contract: POST only, each at a noun."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from contracts import approval
from contracts.forms import SeenForm, TerminationForm, wrong_with
from contracts.models import Contract
from crm.views import RecordVerb
from crm.views.verbs import refused_page


class ContractVerb(RecordVerb):
    """A verb of a contract, done to the version that was seen."""

    model = Contract

    def filled(self, form_class):
        """Return what a form of the verb was sent; a ValidationError if it is wrong."""
        form = form_class(self.request.POST)
        if not form.is_valid():
            raise ValidationError(wrong_with(form))
        return form.cleaned_data


class Submission(ContractVerb):
    """Hand something in, and say what comes of it."""

    action = "submit"

    def act(self, record):
        """Hand it in."""
        round_ = self.hand_in(record, by=self.request.user)
        if round_ is None:
            self.done = _("No rule asks for approval: it waits to be registered.")
        elif round_.unruled:
            self.done = _("No rule asks for approval: it is in the books.")
        else:
            self.done = _("Submitted for approval.")


class ContractSubmission(Submission, View):
    """Submit a contract."""

    hand_in = staticmethod(approval.submit)


class AmendmentSubmission(Submission, View):
    """Submit a change."""

    hand_in = staticmethod(approval.submit_change)


class ContractDecision(ContractVerb, View):
    """Approve or reject what waits for one."""

    action = "approve"

    def post(self, request, *args, **kwargs):
        """Decide; tell who was asked and comes late that it is over.

        What waits for them no longer they may see no longer, either.
        """
        try:
            return super().post(request, *args, **kwargs)
        except Http404:
            late = self._late()
            if late is None:
                raise
            return refused_page(request, None, late)

    def _late(self):
        """Return the error of who was asked and comes late; None if they were not."""
        form = SeenForm(self.request.POST)
        form.full_clean()
        round_ = form.cleaned_data.get("round")
        late = round_ and approval.late_for(
            self.request.user, self.kwargs["pk"], round_
        )
        return approval.late(self.kwargs["pk"], round_) if late else None

    def act(self, record):
        """Give the verdict on the round that was seen."""
        given = self.filled(SeenForm)
        decision = approval.decide(
            record,
            by=self.request.user,
            approved=given["approved"],
            opinion=given["opinion"],
            round_id=given["round"],
            step_seen=given["step"],
        )
        self.done = self._said(decision)

    def _said(self, decision):
        """Say what was decided, and for whom if a deputy did."""
        said = _("Approved.") if decision.approved else _("Rejected.")
        behalf = decision.on_behalf_of
        if behalf is None or decision.by != self.request.user:
            return said
        return f"{said} {_('(on behalf of %(person)s)') % {'person': behalf}}"


class ContractRecall(ContractVerb, View):
    """Take back what was submitted."""

    done = _("Recalled: it can be changed and submitted again.")

    def act(self, record):
        """Recall it."""
        approval.recall(record, by=self.request.user)


class AmendmentRecall(ContractVerb, View):
    """Take back a change that was submitted."""

    done = _("Recalled: it can be changed and submitted again.")

    def act(self, record):
        """Recall it."""
        approval.recall_change(record, by=self.request.user)


class AmendmentWithdrawal(ContractVerb, View):
    """Give up a change."""

    done = _("The change is given up. The contract holds as it was.")

    def act(self, record):
        """Give it up."""
        approval.withdraw(record, by=self.request.user)


class ContractAmendment(ContractVerb, View):
    """Open a change to a contract in force."""

    action = "submit"
    done = _("Write the change, then submit it. The contract holds meanwhile.")

    def act(self, record):
        """Open it."""
        approval.amend(record, by=self.request.user)

    def next_url(self, record):
        """Go where the change is written."""
        return record.page_of("amendment")


class ContractCompletion(ContractVerb, View):
    """Close a fulfilled contract."""

    action = "complete"
    done = _("The contract is completed.")

    def act(self, record):
        """Complete it."""
        approval.complete(record, by=self.request.user)


class ContractTermination(ContractVerb, View):
    """End a contract before its time."""

    action = "terminate"
    done = _("The contract is terminated.")

    def act(self, record):
        """Terminate it."""
        given = self.filled(TerminationForm)
        approval.terminate(
            record,
            by=self.request.user,
            reason=given["reason"],
            day=given["day"],
        )
