"""The payment plan of a contract: the page where it is written."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.generic import DetailView

from contracts.forms.instalments import DivisionForm, PlanFormSet, not_the_amount
from contracts.models import Contract
from contracts.models.instalments import plan_is_open
from contracts.refusals import PLAN_FROZEN, REFUSALS
from crm.approval.refusals import refused_in_words
from crm.views import RecordMixin
from crm.views.conflict import is_stale, stale_page
from crm.views.locked import LockedMixin
from crm.views.verbs import refused_page


class PlanUpdate(LockedMixin, RecordMixin, DetailView):
    """Write the payment plan of a contract, all instalments in one form.

    An address with `parts` or `shares` shows the amount divided so; nothing is
    stored before it is saved.
    """

    model = Contract
    action = "change"
    template_name = "contracts/plan_form.html"

    def get(self, request, *args, **kwargs):
        """Show the plan while it may change."""
        self.object = self.get_object()
        return self._frozen() or self.render_to_response(self.get_context_data())

    def post(self, request, *args, **kwargs):
        """Save the plan, unless somebody else was quicker."""
        contract = self.object = self.get_object()
        if is_stale(request, contract):
            return stale_page(request, contract, contract.page_of("instalments"))
        if frozen := self._frozen():
            return frozen
        if not self.formset.is_valid():
            return self.render_to_response(self.get_context_data(), status=422)
        try:
            with refused_in_words(REFUSALS), transaction.atomic():
                self.formset.save()
                connection.check_constraints()  # now, not at the end of the request
        except ValidationError as error:
            if error.code != "forbidden":
                return refused_page(request, contract, error)
            self.formset.non_form_errors().extend(error.messages)
            return self.render_to_response(self.get_context_data(), status=403)
        self._tell()
        return redirect(f"{contract.get_absolute_url()}#instalments")

    def get_context_data(self, **context):
        """Add the plan, and how its amount can be divided."""
        return super().get_context_data(
            title=_("Payment plan: %s") % self.object,
            formset=self.formset,
            division=self.division,
            version=self.object.version,
            cancel_url=self.object.get_absolute_url(),
            **context,
        )

    @cached_property
    def division(self):
        """The form that divides the amount; filled in if the address asks for that."""
        asked, amount = self.request.GET, self.object.amount - self._paid_for()
        if self.request.method == "GET" and {"parts", "shares"} & asked.keys():
            return DivisionForm(asked, amount=amount)
        first = self.object.signed_on or timezone.localdate()
        return DivisionForm(amount=amount, initial={"first_on": first, "months": 1})

    @cached_property
    def formset(self):
        """The instalments: those that were sent, or stored, or the amount divided."""
        if self.request.method == "POST":
            return PlanFormSet(self.request.POST, instance=self.object)
        divided = self.division.is_bound and self.division.is_valid()
        begun = self.division.instalments() if divided else []
        return PlanFormSet(instance=self.object, initial=begun)

    def _paid_for(self):
        """Return what those instalments come to that money was received for."""
        rows = self.object.instalments.filter(allocations__isnull=False).distinct()
        return sum(row.amount for row in rows)

    def _frozen(self):
        if plan_is_open(self.object):
            return None
        error = ValidationError(_(PLAN_FROZEN), code="conflict")
        return refused_page(self.request, self.object, error)

    def _tell(self):
        """Say that it is saved, and what a plan that is still written lacks."""
        messages.success(self.request, _("Saved: %s") % self.object)
        total, amount = self.formset.total(), self.object.amount
        if total is not None and total != amount:
            messages.warning(self.request, not_the_amount(total, amount))


OVERDUE = "overdue"
#: {state of an instalment: (its word, its tone)}.
STATES = {
    "none": (pgettext_lazy("instalment", "not due yet"), "neutral"),
    "part": (pgettext_lazy("instalment", "part paid"), "info"),
    "paid": (pgettext_lazy("instalment", "paid"), "good"),
    OVERDUE: (pgettext_lazy("instalment", "overdue"), "bad"),
    "void": (pgettext_lazy("instalment", "void"), "neutral"),
}


def state_of(row, today, *, is_void):
    """Return how an instalment stands: a key of `STATES`."""
    if row.paid >= row.amount:
        return "paid"
    if is_void:
        return "void"
    if row.due_on < today:
        return OVERDUE
    return "part" if row.paid else "none"


def plan_of(contract):
    """Return {rows, total, paid, unpaid, overdue, wrong} of a payment plan.

    Each of the rows knows its `state`; `wrong` says what the plan lacks.
    """
    rows = list(contract.instalments.select_related("condition"))
    total, today = sum(row.amount for row in rows), timezone.localdate()
    is_over = contract.status == Contract.Status.TERMINATED
    for row in rows:
        row.state = state_of(row, today, is_void=is_over)
        row.state_label, row.tone = STATES[row.state]
    paid = sum(row.paid for row in rows)
    late = [row for row in rows if row.state == OVERDUE]
    differs = rows and total != contract.amount
    return {
        "rows": rows,
        "total": total,
        "paid": paid,
        "unpaid": 0 if is_over else total - paid,
        "overdue": sum(row.amount - row.paid for row in late),
        "wrong": not_the_amount(total, contract.amount) if differs else "",
    }
