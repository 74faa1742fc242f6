"""What is printed: the contract sheet and the approval sheet."""

import json
from decimal import Decimal

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from contracts.approval import FLOW
from contracts.chinese_amounts import in_capitals
from contracts.models import Contract
from contracts.snapshots import content_of
from crm.approval.progress import progress_of, rounds_shown
from crm.display import number_text
from crm.models import Department
from crm.views import RecordMixin


class Sheet(RecordMixin, DetailView):
    """A page of a contract for paper."""

    model = Contract
    queryset = Contract.objects.select_related(
        "customer__credit_grade", "kind", "owner__department", "signatory", "contact"
    )

    def get_context_data(self, **context):
        """Add the name of the company."""
        return super().get_context_data(company=_company_of(self.object), **context)


class ContractSheet(Sheet):
    """The contract as it stands, or as one of its editions was registered."""

    template_name = "contracts/contract_sheet.html"

    def get_context_data(self, **context):
        """Add what the contract says, the amount in capitals too."""
        edition = self.request.GET.get("edition")
        content = self._registered(edition) if edition else content_of(self.object)
        return super().get_context_data(
            title=_("Contract sheet"),
            content=content,
            edition=content["edition"],
            is_past=bool(edition),
            **_amount(content),
            **context,
        )

    def _registered(self, number):
        """Return the content of an edition."""
        whole = number.isascii() and number.isdigit() and len(number) < 9
        rows = self.object.editions.select_related("round")
        edition = rows.filter(number=int(number)).first() if whole else None
        if edition is None:
            raise Http404
        return json.loads(edition.round.snapshot)


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
            **_amount({"amount": str(self.object.amount), "lines": []}),
            **context,
        )


def _amount(content):
    amount = Decimal(content["amount"])
    total = sum(Decimal(line["amount"]) for line in content["lines"])
    return {
        "amount": number_text(amount),
        "amount_in_capitals": in_capitals(amount),
        "total": total,
    }


def _company_of(contract):
    """Return the name of the company: of the department above all of the owner's."""
    department = contract.owner.department
    if department is None:
        return ""
    top = Department.objects.filter(pk=department.path.strip("/").partition("/")[0])
    return top.values_list("name", flat=True).first() or ""
