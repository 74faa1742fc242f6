"""What is printed: the contract sheet and the approval sheet."""

from django.utils.translation import gettext as _
from django.views.generic import DetailView

from contracts.approval import FLOW
from contracts.models import Contract
from contracts.papers import amounts_of, content_asked
from crm.approval.progress import progress_of, rounds_shown
from crm.papers.models import Company
from crm.views import RecordMixin


class Sheet(RecordMixin, DetailView):
    """A page of a contract for paper."""

    model = Contract
    queryset = Contract.objects.select_related(
        "customer__credit_grade", "kind", "owner__department", "signatory", "contact"
    )

    def get_context_data(self, **context):
        """Add the name of the company."""
        return super().get_context_data(
            company=Company.own().head(self.object.owner.department)["name"], **context
        )


class ContractSheet(Sheet):
    """The contract as it stands, or as one of its editions was registered."""

    template_name = "contracts/contract_sheet.html"

    def get_context_data(self, **context):
        """Add what the contract says, the amount in capitals too."""
        edition = self.request.GET.get("edition")
        content = content_asked(self.object, edition)
        return super().get_context_data(
            title=_("Contract sheet"),
            content=content,
            edition=content["edition"],
            is_past=bool(edition),
            **amounts_of(content),
            **context,
        )


class ApprovalSheet(Sheet):
    """All rounds and decisions of a contract."""

    template_name = "contracts/approval_sheet.html"

    def get_queryset(self):
        """Return contracts with their rounds."""
        return super().get_queryset().prefetch_related(*rounds_shown(FLOW))

    def get_context_data(self, **context):
        """Add the rounds."""
        progress = progress_of(FLOW, self.object, self.request.user, FLOW.approvers())
        return super().get_context_data(
            title=_("Approval sheet"),
            progress=progress,
            **amounts_of({"amount": str(self.object.amount), "lines": []}),
            **context,
        )
