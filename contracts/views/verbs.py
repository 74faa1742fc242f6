"""The verbs of a contract: POST only, each at a noun."""

from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from contracts import approval
from contracts.forms import TerminationForm
from contracts.models import Contract
from crm.views.approval.verbs import FlowVerb, Recall, Submission


class ContractVerb(FlowVerb):
    """A verb of a contract, done to the version that was seen."""

    model = Contract


class ContractSubmission(Submission):
    """Submit a contract."""

    hand_in = staticmethod(approval.submit)


class AmendmentSubmission(Submission):
    """Submit a change."""

    model = Contract
    hand_in = staticmethod(approval.submit_change)


class ContractRecall(Recall):
    """Take back what was submitted, and what waits to be registered."""

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
    worded = ()
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
