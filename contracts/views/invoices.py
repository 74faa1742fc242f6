"""The pages of invoices: what is asked for, who issues it, what becomes of it."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from contracts import invoicing
from contracts.filters import InvoiceFilter
from contracts.forms.invoices import CourierForm, IssueForm
from contracts.models import Contract, Invoice
from contracts.refusals import INVOICE_FROZEN
from contracts.tables import InvoiceTable
from crm.approval.verdict_forms import wrong_with
from crm.forms.lookups import LookupField
from crm.models.groups import responsible
from crm.rights.permissions import permission
from crm.views import (
    RecordCreate,
    RecordDelete,
    RecordDetail,
    RecordList,
    RecordUpdate,
    RecordVerb,
)
from crm.views.approval.buttons import button
from crm.views.approval.pages import TypedWhileWritten, WrittenOnly

Status = Invoice.Status


class InvoiceList(RecordList):
    """The invoices one may see."""

    model = Invoice
    table_class = InvoiceTable
    filterset_class = InvoiceFilter
    empty_hint = gettext_lazy("Ask for an invoice at a contract; finance issues it.")


class InvoiceDetail(RecordDetail):
    """An invoice, how it stands, and what takes it back."""

    model = Invoice
    groups = (
        *Invoice.groups[:-1],
        (
            gettext_lazy("Issue"),
            (
                "paper_code",
                "paper_number",
                "issued_on",
                "issued_by",
                "standing",
                "courier",
                "courier_number",
            ),
        ),
        responsible("requested_by", "edited_by"),
    )

    def get_context_data(self, **context):
        """Add the red invoices that take it back, or are asked to."""
        rows = self.object.reds.order_by("requested_on", "pk")
        seen = Invoice.objects.visible_to(self.request.user)
        reds = [] if self.object.is_red else list(rows.filter(pk__in=seen.order_by()))
        return super().get_context_data(reds=reds, **context)

    def actions(self):
        """Return the buttons that right and state allow."""
        invoice, user = self.object, self.request.user
        allowed = invoice.allowed(user, "change", "issue")
        if not invoice.is_writable:
            found = []
            if invoice.status == Status.ISSUED:
                found = _of_issued(invoice, user, allowed)
            return [*found, *self.transfer(allowed)]
        verdicts = []
        if invoice.status == Status.REQUESTED and "issue" in allowed:
            verdicts = _verdicts(invoice, user)
        return [*verdicts, *super().actions()]


def _verdicts(invoice, user):
    found = []
    if invoice.may_decide(user):
        issue = button(
            invoice, "issue", _("Issue"), style="success", fields=_of_paper()
        )
        found.append(issue)
    rejection = button(invoice, "rejection", _("Reject"), fields=[_reason()])
    return [*found, rejection]


def _reason():
    return {"name": "reason", "label": _("Reason"), "required": True}


def _of_paper():
    """Return the fields of what stands on an invoice and how it is sent."""
    today = f"{timezone.localdate():%Y-%m-%d}"
    values = {"issued_on": {"type": "date", "value": today}}
    names = ("paper_code", "paper_number", "issued_on", "courier", "courier_number")
    return [_field(IssueForm, name, **values.get(name, {})) for name in names]


def _field(form, name, **more):
    field = form.base_fields[name]
    return {
        "name": name,
        "label": field.label,
        "type": "text",
        "required": field.required,
        **more,
    }


def _of_issued(invoice, user, allowed):
    found = []
    if "issue" in allowed:
        fields = [
            _field(CourierForm, name, value=getattr(invoice, name))
            for name in CourierForm.base_fields
        ]
        found.append(button(invoice, "courier", _("Send"), fields=fields))
        if invoice.is_voidable and invoice.may_decide(user):
            label = _("Void")
            fields = [_reason()]
            found.append(button(invoice, "void", label, style="danger", fields=fields))
    if invoice.standing > 0 and user.has_perm(permission("add", Invoice)):
        url = f"{Invoice.page('create')}?{urlencode({'red_of': invoice.pk})}"
        label = _("Ask for a red invoice")
        found.append({"key": "red", "label": label, "url": url, "method": "get"})
    return found


class InvoiceCreate(RecordCreate):
    """Ask for an invoice of a contract (`?contract=7`), or a red one (`?red_of=7`)."""

    def get_initial(self):
        """Start with what is left of what the address names, and its buyer."""
        return {**self._begun(), **super().get_initial()}

    def save(self, form):
        """Save it, and tell who may issue it."""
        saved = super().save(form)
        invoicing.tell_asked(saved, by=self.request.user)
        return saved

    def _begun(self):
        if self.request.method == "POST":
            return {}
        if first := self._named("red_of", Invoice):
            return {
                "contract": first.contract_id,
                "customer": first.customer_id,
                "kind": first.kind,
                "title": first.title,
                "tax_number": first.tax_number,
                "tax_rate": first.tax_rate,
                "amount": -invoicing.left_to_reverse(first),
            }
        if contract := self._named("contract", Contract):
            found = {
                "customer": contract.customer_id,
                "tax_rate": contract.tax_rate,
                "amount": max(invoicing.left_to_ask(contract), 0),
            }
            customer = contract.customer
            if customer.allowed(self.request.user, "view"):
                found["title"] = customer.name
                found["tax_number"] = customer.credit_code
            return found
        return {}

    def _named(self, name, model):
        """Return the row that the address names, None if one does not see it."""
        given = self.request.GET.get(name)
        if given is None:
            return None
        keys = LookupField(model.objects.none()).keys(given)
        return model.objects.visible_to(self.request.user).filter(pk__in=keys).first()


class InvoiceUpdate(TypedWhileWritten, RecordUpdate):
    """Correct an invoice that is not issued; a rejected one is asked for by that."""

    def save(self, form):
        """Save it, and tell who may issue it if it was rejected."""
        was_rejected = self.was_rejected
        saved = super().save(form)
        if was_rejected:
            invoicing.tell_asked(saved, by=self.request.user)
        return saved

    @cached_property
    def was_rejected(self):
        """Whether finance had rejected it."""
        return self.record.status == Status.REJECTED

    def why_not(self):
        """Say what can be done instead."""
        return _(INVOICE_FROZEN)


class InvoiceDelete(WrittenOnly, RecordDelete):
    """Put an invoice that was never issued into the recycle bin."""

    def why_not(self):
        """Say what can be done instead."""
        return _(Invoice.stays)


class InvoiceVerb(RecordVerb):
    """A verb of who issues invoices, done to what was seen."""

    model, action = Invoice, "issue"

    def filled(self, form_class):
        """Return what a form of the verb was sent; a ValidationError if it is wrong."""
        form = form_class(self.request.POST)
        if not form.is_valid():
            raise ValidationError(wrong_with(form))
        return form.cleaned_data


class Issue(InvoiceVerb, View):
    """开票: note that it was issued."""

    worded = ("paper_code", "paper_number", "courier", "courier_number")
    done = gettext_lazy("Issued. Whoever asked for it is told.")

    def act(self, record):
        """Issue it."""
        invoicing.issue(record, self.filled(IssueForm), by=self.request.user)


class Rejection(InvoiceVerb, View):
    """驳回: say that it is not issued."""

    done = gettext_lazy("Rejected. Whoever asked for it is told.")

    def act(self, record):
        """Reject it."""
        reason = self.request.POST.get("reason", "")
        invoicing.reject(record, by=self.request.user, reason=reason)


class Void(InvoiceVerb, View):
    """作废: make void what was issued this month."""

    done = gettext_lazy("Voided. Whoever asked for it is told.")

    def act(self, record):
        """Make it void."""
        reason = self.request.POST.get("reason", "")
        invoicing.void(record, by=self.request.user, reason=reason)


class Courier(InvoiceVerb, View):
    """寄送: note by whom it goes to the buyer."""

    def act(self, record):
        """Note it."""
        invoicing.send(record, self.filled(CourierForm), by=self.request.user)
