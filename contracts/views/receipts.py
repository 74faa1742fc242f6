"""The pages of receipts: what came in, who confirms it, and what it pays for."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, View

from contracts import receiving
from contracts.filters import ReceiptFilter
from contracts.forms.receipts import AllocationForm
from contracts.models import Contract, Receipt
from contracts.refusals import RECEIPT_FROZEN
from contracts.tables import ReceiptTable
from crm.models.groups import responsible
from crm.rights.permissions import permission
from crm.views import (
    RecordDelete,
    RecordDetail,
    RecordList,
    RecordMixin,
    RecordUpdate,
    RecordVerb,
)
from crm.views.approval.buttons import button
from crm.views.approval.pages import TypedWhileWritten, WrittenOnly
from crm.views.conflict import is_stale, stale_page
from crm.views.locked import LockedMixin
from crm.views.verbs import refused_page

Status = Receipt.Status


class ReceiptList(RecordList):
    """The receipts one may see."""

    model = Receipt
    table_class = ReceiptTable
    filterset_class = ReceiptFilter
    empty_hint = gettext_lazy("Enter what came in; finance confirms it.")


class ReceiptDetail(RecordDetail):
    """A receipt, how it stands, and what it pays for."""

    model = Receipt
    groups = (
        *Receipt.groups[:-1],
        (gettext_lazy("Confirmation"), ("prepaid", "confirmed_by", "confirmed_at")),
        responsible("edited_by"),
    )

    def get_context_data(self, **context):
        """Add what it pays for."""
        rows = self.object.allocations.select_related(
            "instalment__contract", "instalment__condition"
        )
        rows = list(rows.order_by("instalment__due_on", "instalment"))
        return super().get_context_data(
            allocations=rows,
            allocated=sum(row.amount for row in rows),
            open_contracts=_open_contracts(rows, self.request.user),
            **context,
        )

    def actions(self):
        """Return the buttons that right and state allow."""
        receipt, user = self.object, self.request.user
        allowed = receipt.allowed(user, "change", "confirm")
        if receipt.status == Status.CONFIRMED:
            return [*_of_confirmed(receipt, user, allowed), *self.transfer(allowed)]
        verdicts = []
        if receipt.status == Status.ENTERED and "confirm" in allowed:
            verdicts = _verdicts(receipt, user)
        return [*verdicts, *super().actions()]


def _open_contracts(rows, user):
    """Return the ids of the contracts of some allocations that a person may open."""
    keys = {row.instalment.contract_id for row in rows}
    visible = Contract.objects.visible_to(user).filter(pk__in=keys)
    return set(visible.order_by().values_list("pk", flat=True)) if keys else set()


def _verdicts(receipt, user):
    reason = {"name": "reason", "label": _("Reason"), "required": True}
    found = []
    if receipt.may_decide(user):
        question = _("Confirm that this money is there? It cannot be taken back.")
        found.append(
            button(
                receipt,
                "confirmation",
                _("Confirm receipt"),
                style="success",
                confirm=question,
            )
        )
    rejection = button(receipt, "rejection", _("Reject"), fields=[reason])
    return [*found, rejection]


def _of_confirmed(receipt, user, allowed):
    found = []
    if receipt.is_refund:
        return found
    if "confirm" in allowed:
        found.append(
            button(receipt, "allocation", _("Allocate"), method="get", style="primary")
        )
    if user.has_perm(permission("add", Receipt)):
        query = urlencode(
            {
                "refund_of": receipt.pk,
                "customer": receipt.customer_id,
                "amount": -receipt.amount,
                "method": receipt.method_id or "",
                "payer": receipt.payer,
            }
        )
        url = f"{Receipt.page('create')}?{query}"
        found.append(
            {"key": "refund", "label": _("Refund"), "url": url, "method": "get"}
        )
    return found


class ReceiptUpdate(TypedWhileWritten, RecordUpdate):
    """Correct a receipt that is not confirmed; a rejected one is handed in by that."""

    def why_not(self):
        """Say what can be done instead."""
        return _(RECEIPT_FROZEN)


class ReceiptDelete(WrittenOnly, RecordDelete):
    """Put a receipt that was never confirmed into the recycle bin."""

    def why_not(self):
        """Say what can be done instead."""
        return _(Receipt.stays)


class Confirmation(RecordVerb, View):
    """确认到账: say that the money is there."""

    model, action = Receipt, "confirm"
    done = gettext_lazy("Confirmed. Say what it pays for.")

    def act(self, record):
        """Confirm it."""
        receiving.confirm(record, by=self.request.user)
        if record.is_refund:
            self.done = _("Confirmed: what went back pays for nothing any more.")

    def next_url(self, record):
        """Go where it is allocated."""
        if record.is_refund:
            return record.get_absolute_url()
        return button(record, "allocation", "")["url"]


class Rejection(RecordVerb, View):
    """驳回: say that the money is not there."""

    model, action = Receipt, "confirm"
    done = gettext_lazy("Rejected. Whoever entered it is told.")

    def act(self, record):
        """Reject it."""
        reason = self.request.POST.get("reason", "")
        receiving.reject(record, by=self.request.user, reason=reason)


class AllocationUpdate(LockedMixin, RecordMixin, DetailView):
    """Say which instalments a confirmed receipt pays for, all in one form."""

    model, action = Receipt, "confirm"
    template_name = "contracts/allocation_form.html"

    def get(self, request, *args, **kwargs):
        """Show what is owed, and what of it this receipt pays."""
        self.object = self.get_object()
        return self._refused() or self.render_to_response(self.get_context_data())

    def post(self, request, *args, **kwargs):
        """Save it, unless somebody else was quicker."""
        receipt = self.object = self.get_object()
        if is_stale(request, receipt):
            return stale_page(request, receipt, receipt.get_absolute_url())
        if refused := self._refused():
            return refused
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data(), status=422)
        try:
            receiving.allocate(receipt, self.form.amounts, by=request.user)
        except ValidationError as error:
            return refused_page(request, receipt, error)
        messages.success(request, _("Saved: %s") % receipt)
        return HttpResponseRedirect(receipt.get_absolute_url())

    def get_context_data(self, **context):
        """Add the form."""
        return super().get_context_data(
            title=_("What %s pays for") % self.object,
            form=self.form,
            version=self.object.version,
            cancel_url=self.object.get_absolute_url(),
            **context,
        )

    @cached_property
    def form(self):
        """What is owed, each with what this receipt pays of it."""
        data = self.request.POST if self.request.method == "POST" else None
        return AllocationForm(data, receipt=self.object, user=self.request.user)

    def _refused(self):
        receipt = self.object
        if receipt.status == Status.CONFIRMED and not receipt.is_refund:
            return None
        words = _("Only money that came in and was confirmed is allocated.")
        return refused_page(
            self.request, receipt, ValidationError(words, code="conflict")
        )
