"""The pages of contracts."""

from collections import Counter
from itertools import pairwise

from django.forms.models import model_to_dict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.approval import FLOW
from contracts.credit import added_by, credit_expression, credit_said
from contracts.credit_shown import may_see, warnings_of
from contracts.filters import ContractFilter
from contracts.forms import ForecastForm, LineFormSet
from contracts.forms.terms import Terms
from contracts.models import Contract, Product, Receipt
from contracts.models.contracts import NEVER_DELETED
from contracts.snapshots import differences
from contracts.tables import ContractTable
from contracts.views.buttons import buttons_of
from contracts.views.instalments import plan_of
from crm.approval.progress import progress_of, rounds_shown
from crm.forms.lookups import LookupField
from crm.kinds import quoting_of
from crm.models.groups import responsible
from crm.rights.permissions import permission
from crm.views import (
    RecordCreate,
    RecordDelete,
    RecordDetail,
    RecordList,
    RecordUpdate,
)
from crm.views.approval.forecast import ForecastMixin
from crm.views.approval.pages import TypedWhileWritten, WrittenOnly


class ContractList(RecordList):
    """The contracts one may see."""

    model = Contract
    table_class = ContractTable
    filterset_class = ContractFilter
    empty_hint = gettext_lazy("Add a contract, or open a customer and add one there.")


class ContractDetail(RecordDetail):
    """A contract: what it says, who decided what, what it said before."""

    model = Contract
    queryset = Contract.objects.select_related(
        "customer", "owner__department", "reporter", "signatory", "contact", "edited_by"
    )
    groups = (*Contract.groups[:-1], responsible("edited_by"))
    ended = ("completed_on", "terminated_on", "termination_reason")

    def get_context_data(self, **context):
        """Add lines, the state of the approval, and the editions."""
        contract = self.object
        lines = list(contract.lines.select_related("product"))
        return super().get_context_data(
            lines=lines,
            total=sum(line.amount for line in lines),
            plan=plan_of(contract),
            receipts_url=receipts_of(contract, self.request.user),
            progress=self.progress,
            change=self.change,
            changes=self.progress.proposal,
            credit_warnings=self.credit_warnings(),
            editions=editions_of(self.progress),
            ending=self._facts(
                [name for name in self.ended if getattr(contract, name)]
            ),
            **context,
        )

    def get_queryset(self):
        """Return contracts with their rounds, and what their customers owe besides."""
        rows = super().get_queryset().annotate(beside=credit_expression())
        return rows.prefetch_related(*rounds_shown(FLOW))

    def credit_warnings(self):
        """Return what speaks against handing it in, or approving it."""
        contract, user = self.object, self.request.user
        waits = contract.is_writable or contract.status == Contract.Status.PENDING
        if not waits or not may_see(user, contract.customer):
            return []
        credit = credit_said(contract.beside, added_by(contract.amount, contract))
        return warnings_of(credit)

    @cached_property
    def progress(self):
        """The rounds of the contract, newest first, with what each step waits for."""
        return progress_of(FLOW, self.object, self.request.user, FLOW.approvers())

    @cached_property
    def change(self):
        """The change that is under way, or None."""
        if not self.object.amendment_state:
            return None
        round_ = self.progress.open
        change = round_.amendment if round_ else self.object.amendments.first()
        change.contract = self.object
        return change

    def actions(self):
        """Return the buttons that right and state allow."""
        contract, user = self.object, self.request.user
        buttons = buttons_of(contract, self.change, user, self.progress)
        found = [*buttons, *self.registration_actions()]
        if contract.status != Contract.Status.PENDING:
            found += self.transfer(contract.allowed(user, "change"))
        for action in found:
            if action["method"] == "post":
                action["version"] = contract.version
        return found


def receipts_of(contract, user):
    """Return where the receipts that pay for a contract are listed, for who may."""
    if not user.has_perm(permission("view", Receipt)):
        return ""
    return f"{Receipt.page('list')}?contract={contract.pk}"


def editions_of(progress):
    """Return [{edition, round, changes}] of what was registered, newest first."""
    rounds = [round_ for round_ in progress.rounds if hasattr(round_, "registered_as")]
    return [
        {
            "edition": round_.registered_as,
            "round": round_,
            "changes": differences(before.content, round_.content) if before else [],
        }
        for round_, before in pairwise([*rounds, None])
    ]


class ContractFormPage(ForecastMixin):
    """What adding and editing share: the lines, and refusals in words."""

    flow, forecast_form = FLOW, ForecastForm
    lines_class = LineFormSet

    @cached_property
    def formset(self):
        """The lines; they offer the products that the person may see."""
        data = self.request.POST if self.request.method == "POST" else None
        lines = self.lines_class(
            data,
            instance=self.object,
            user=self.request.user,
            initial=self.lines_begun(),
        )
        if self.request.user.has_perm(permission("add", Contract)):
            lines.prices_url = reverse("contract_prices")
        return lines

    def lines_begun(self):
        """Return the lines that are filled in already, but are not stored."""
        return []

    def agreed(self):
        """Return the lines whose prices the customer took with a quotation."""
        contract = self.written_contract
        return quoting_of(Contract).agreed_for(contract) if contract else Counter()

    @property
    def written_contract(self):
        """The contract that is written, or to which a change is; None of a new one."""
        return self.object

    def get_form(self, form_class=None):
        """Tell the form what its lines add up to."""
        form = super().get_form(form_class)
        if self.request.method == "POST":
            self.formset.terms = Terms.typed_into(form)
            self.formset.agreed = self.agreed()
            form.lines_held = self.formset.held()
            form.lines_valid = self.formset.is_valid()
            form.lines_total = self.formset.total() if form.lines_valid else None
        return form

    def get_context_data(self, **context):
        """Add the heading of the lines."""
        return super().get_context_data(lines_title=_("Contract lines"), **context)


class ContractCreate(ContractFormPage, RecordCreate):
    """Report or register a contract: `?copy=7` begins with what another one says."""

    #: What holds of another contract, too; its days, numbers and people do not.
    carried_over = ("title", "customer", "kind", "tax_rate", "contact", "terms")
    line_fields = ("product", "quantity", "unit_price", "discount")

    def get_initial(self):
        """Start with what is mostly so: signed today, by whoever enters it."""
        usual = {"signed_on": timezone.localdate(), "signatory": self.request.user.pk}
        return {**usual, **self._copied_fields(), **super().get_initial()}

    def lines_begun(self):
        """Return the lines of the contract that is copied, of what is still there."""
        if self.copied is None:
            return []
        products = Product.objects.visible_to(self.request.user)
        lines = self.copied.lines.filter(product__in=products.order_by())
        return list(lines.values(*self.line_fields))

    @cached_property
    def copied(self):
        """The contract that is copied, None for none.

        Only as the page is opened: what is sent stands for itself.
        """
        given = self.request.GET.get("copy")
        if given is None or self.request.method == "POST":
            return None
        keys = LookupField(Contract.objects.none()).keys(given)
        visible = Contract.objects.visible_to(self.request.user)
        return get_object_or_404(visible, pk__in=keys)

    def _copied_fields(self):
        """Return {field: value} of it; lines say the amount themselves."""
        if self.copied is None:
            return {}
        fields = model_to_dict(self.copied, self.carried_over)
        return (
            fields
            if self.formset.initial_extra
            else {**fields, "amount": self.copied.amount}
        )


class ContractUpdate(TypedWhileWritten, ContractFormPage, RecordUpdate):
    """Edit a contract that is not in the books yet."""


class ContractDelete(WrittenOnly, RecordDelete):
    """Put a contract that was never in the books into the recycle bin."""

    def why_not(self):
        """Say what can be done instead."""
        return _(NEVER_DELETED)
