"""The verbs of a contract: POST only, each at a noun."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from contracts import approval
from contracts.forms import SeenForm, TerminationForm
from contracts.models import Contract
from crm.views import RecordVerb


class ContractVerb(RecordVerb):
    """A verb of a contract."""

    model = Contract
    asks_version = False  # a decision names the round that was seen

    def filled(self, form_class):
        """Return what a form of the verb was sent; a ValidationError if it is wrong."""
        form = form_class(self.request.POST)
        if not form.is_valid():
            raise ValidationError(
                [
                    f"{form.fields[name].label or name}: {error}"
                    for name, errors in form.errors.items()
                    for error in errors
                ]
            )
        return form.cleaned_data


class ContractSubmission(ContractVerb, View):
    """Submit a draft."""

    action = "submit"

    def act(self, record):
        """Hand it in, and say what comes of it."""
        round_ = approval.submit(record, by=self.request.user)
        self.done = (
            _("No rule asks for approval: the contract is in the books.")
            if round_.unruled
            else _("Submitted for approval.")
        )


class ContractDecision(ContractVerb, View):
    """Approve or reject what waits for one."""

    action = "approve"

    def act(self, record):
        """Give the verdict on the round that was seen."""
        given = self.filled(SeenForm)
        decision = approval.decide(
            record,
            by=self.request.user,
            approved=given["approved"],
            opinion=given["opinion"],
            round_id=given["round"],
        )
        self.done = _("Approved.") if decision.approved else _("Rejected.")


class ContractRecall(ContractVerb, View):
    """Take back what was submitted."""

    done = _("Recalled: the contract is a draft again.")

    def act(self, record):
        """Recall it."""
        approval.recall(record, by=self.request.user)


class ContractAmendment(ContractVerb, View):
    """Open a contract of the books for a change."""

    action = "submit"
    done = _("Change the contract, then submit it again.")

    def act(self, record):
        """Start the next edition."""
        approval.amend(record, by=self.request.user)


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
