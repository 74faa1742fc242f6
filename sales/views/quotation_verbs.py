"""The verbs of a quotation: POST only, each done to the version that was seen."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from crm.approval.refusals import refused_in_words
from crm.display import number_text
from crm.views.approval.verbs import FlowVerb, Submission
from sales import quotations
from sales.approval import REFUSALS
from sales.forms import AnswerForm, DeclineForm
from sales.models import Quotation


class QuotationSubmission(Submission):
    """Submit a quotation."""

    def act(self, record):
        """Hand it in, and say what comes of it."""
        round_ = self.hand_in(record, by=self.request.user)
        if round_.unruled:
            self.done = _("No rule asks for approval: it may be sent.")
        else:
            self.done = _("Submitted for approval.")


class QuotationVerb(FlowVerb):
    """A verb of a quotation that was approved."""

    model = Quotation
    action = "change"


class Sending(QuotationVerb, View):
    """Note that it was sent."""

    done = gettext_lazy("Noted: the customer has it.")

    def act(self, record):
        """Note it."""
        quotations.send(record, by=self.request.user)


class Acceptance(QuotationVerb, View):
    """Note that the customer takes it."""

    done = gettext_lazy("Noted: the customer takes it. Draft the contract from here.")

    def act(self, record):
        """Note it."""
        given = self.filled(AnswerForm)
        quotations.accept(record, by=self.request.user, note=given["note"])


class Refusal(QuotationVerb, View):
    """Note that the customer does not take it."""

    done = gettext_lazy("Noted: the customer does not take it.")

    def act(self, record):
        """Note it."""
        given = self.filled(DeclineForm)
        quotations.decline(record, by=self.request.user, **given)


class Reopening(QuotationVerb, View):
    """Take the answer back."""

    done = gettext_lazy("The answer is taken back.")

    def act(self, record):
        """Take it back."""
        quotations.reopen(record, by=self.request.user)


class Renewal(QuotationVerb, View):
    """Begin the next version."""

    def act(self, record):
        """Begin it, and say what the lists of today make of it."""
        with refused_in_words(REFUSALS):
            self.made = quotations.renew(record, by=self.request.user)
        self.done = _("This is the new version, to be written.")
        if record.is_offered:
            self.done = _("This is the new version. What was offered holds meanwhile.")
        if self.made.amount != record.amount:
            words = _("By the prices of today it comes to %(now)s, before to %(then)s.")
            sums = self.made.amount, record.amount
            now, then = map(number_text, sums)
            self.done = f"{self.done} {words % {'now': now, 'then': then}}"

    def next_url(self, record):
        """Go where the version is written."""
        return self.made.get_absolute_url()


class ContractDraft(QuotationVerb, View):
    """Make the draft of the contract."""

    done = gettext_lazy("This is the draft of the contract, with the same lines.")

    def act(self, record):
        """Make it."""
        self.made = quotations.draft_contract(record, by=self.request.user)

    def next_url(self, record):
        """Go to the contract."""
        return self.made.get_absolute_url()
