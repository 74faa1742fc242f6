"""The approver's desk: what waits for a decision, decided singly or together."""

from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from contracts import approval
from contracts.approvers import APPROVE, rounds_shown
from contracts.forms import DecisionForm, wrong_with
from contracts.models import Contract, RoundStep
from contracts.numbers import contracts_of_turns, turns_of
from contracts.views.progress import progress_of
from crm.approval.approvers import Approvers
from crm.display import short_number_text
from crm.queries.search import any_of
from crm.related import may_open
from crm.text import about
from crm.views import PageMixin
from crm.views.verbs import REFUSED
from customers.models import Customer

ROWS = 50


class ApprovalList(PageMixin, TemplateView):
    """The contracts that wait for the person, the longest waiting first."""

    model = Contract
    action = "approve"
    template_name = "contracts/approval_list.html"

    def get_context_data(self, **context):
        """Add the rows of the page."""
        user, approvers = self.request.user, Approvers(APPROVE)
        page = Paginator(turns_of(user), ROWS).get_page(self.request.GET.get("page"))
        shown = [progress_of(one, user, approvers) for one in self._contracts(page)]
        rows = [_row(progress) for progress in shown]
        rows.sort(key=lambda row: page.object_list.index(row["round"].pk))
        opened = may_open(user, Customer, [row["customer"].pk for row in rows])
        for row in rows:
            row["leads"] = row["customer"].pk in opened
        return super().get_context_data(rows=rows, page_obj=page, **context)

    def _contracts(self, page):
        """Return the contracts of the rounds of a page, with all their rounds."""
        contracts = contracts_of_turns(self.request.user)
        ids = [contracts[pk] for pk in page.object_list]
        if not ids:
            return []
        rows = Contract.objects.asked(self.request.user).filter(any_of("pk", ids))
        rows = rows.select_related("customer", "owner__department")
        return rows.prefetch_related(*rounds_shown())

    def post(self, request, *args, **kwargs):
        """Decide on each of the ticked contracts by the same rule as on one."""
        form = DecisionForm(request.POST)
        ids = [pk for pk in request.POST.getlist("ids") if _is_id(pk)]
        if not ids:
            return self._answer([_("Tick contracts, then approve or reject.")], 422)
        if not form.is_valid():
            return self._answer(wrong_with(form), 422)
        done, refused, status = 0, [], 422
        for contract in self._ticked(ids):
            try:
                with transaction.atomic():
                    self._decide(contract, form.cleaned_data)
                done += 1
            except ValidationError as error:
                refused += [about(contract, message) for message in error.messages]
                status = REFUSED.get(getattr(error, "code", ""), 422)
        missing = len(set(ids)) - done - len(refused)
        if missing:
            refused.append(_("Some of the contracts are not open to you."))
            status = 404 if missing == len(set(ids)) else status
        if refused and not done:
            return self._answer(refused, status)
        return self._done(done, refused, form.cleaned_data["approved"])

    def _ticked(self, ids):
        """Return the contracts in a fixed order, so that two desks cannot block."""
        rows = Contract.objects.visible_to(self.request.user, self.action)
        return rows.filter(pk__in=ids).order_by("pk")

    def _decide(self, contract, given):
        """Give the verdict on the round that the page showed."""
        round_, version = self._seen().get(str(contract.pk), (0, 0))
        approval.decide(
            contract,
            by=self.request.user,
            approved=given["approved"],
            opinion=given["opinion"],
            round_id=round_,
            seen=version,
        )

    def _seen(self):
        """Return {contract: (round, version)} as the page showed them."""
        found = (one.split(":") for one in self.request.POST.getlist("seen"))
        return {
            one[0]: (int(one[1]), int(one[2]))
            for one in found
            if len(one) == 3 and all(map(_is_id, one))
        }

    def _answer(self, refused, status):
        """Show the desk again with what was typed, and ticked of what has not moved."""
        sent, ids = self.request.POST, set(self.request.POST.getlist("ids"))
        ticked = [one for one in sent.getlist("seen") if one.split(":")[0] in ids]
        opinion = sent.get("opinion", "")
        context = self.get_context_data(refused=refused, ticked=ticked, opinion=opinion)
        return self.render_to_response(context, status=status)

    def _done(self, done, refused, approved):
        if approved:
            said = ngettext("%d contract approved.", "%d contracts approved.", done)
        else:
            said = ngettext("%d contract rejected.", "%d contracts rejected.", done)
        messages.success(self.request, said % done)
        for reason in refused:
            messages.error(self.request, reason)
        return redirect("approval_list")


def _row(progress):
    """Return what the desk shows of a contract, or of the change to it."""
    contract, round_ = progress.contract, progress.open
    change = round_.amendment
    customer = change.customer if change else contract.customer
    limit, amount = customer.credit_limit, Decimal(round_.content["amount"])
    return {
        "contract": contract,
        "customer": customer,
        "round": round_,
        "seen": f"{contract.pk}:{round_.pk}:{contract.version}",
        "over_limit": limit is not None and amount > limit,
        "proposal": progress.proposal,
        "extent": _extent(round_.content),
        "missing": _missing(progress),
    }


def _missing(progress):
    """Return who has still to agree, where all have to; nobody else."""
    if progress.step.mode != RoundStep.Mode.ALL:
        return []
    asked = (behalf or person for person, behalf in progress.deciders.items())
    return list(dict.fromkeys(map(str, asked)))


def _extent(content):
    """Return what a contract is made of: its lines, best discount and files."""
    lines, files = content["lines"], len(content["attachments"])
    found = [_("lines: %d") % len(lines)]
    if discount := max((Decimal(line["discount"]) for line in lines), default=0):
        found.append(_("discount up to %s %%") % short_number_text(discount))
    if files:
        found.append(_("attachments: %d") % files)
    return found


def _is_id(text):
    return text.isascii() and text.isdigit() and len(text) < 19
