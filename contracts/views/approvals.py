"""The approver's desk: what waits for a decision, decided singly or together."""

import re
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
from contracts.forms import STEP_SEEN, DecisionForm, whole_step, wrong_with
from contracts.models import Contract
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
#: A contract, the round and the version of it that were seen, and the step.
SEEN = re.compile(
    r"(?P<contract>\d{1,18}):(?P<round>\d{1,18}):(?P<version>\d{1,18})"
    rf"(:(?P<step>{STEP_SEEN}))?",
    re.ASCII,
)


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
        done, refused, status = self._decide_on(ids, form.cleaned_data)
        if refused and not done:
            return self._answer(refused, status)
        return self._done(done, refused, form.cleaned_data["approved"])

    def _decide_on(self, ids, given):
        """Decide on contracts; return how many, why not on the rest, and a status."""
        done, refused, status = 0, [], 422
        ticked = list(self._ticked(ids))
        for contract in ticked:
            try:
                with transaction.atomic():
                    self._decide(contract, given)
                done += 1
            except ValidationError as error:
                refused += [about(contract, message) for message in error.messages]
                status = REFUSED.get(getattr(error, "code", ""), 422)
        gone = set(map(int, ids)) - {contract.pk for contract in ticked}
        if late := self._late(gone):
            refused, status = refused + late, 409
        if len(late) < len(gone):
            refused.append(_("Some of the contracts are not open to you."))
            status = status if ticked or late else 404
        return done, refused, status

    def _late(self, gone):
        """Return what to say of those that were shown here and are decided by now."""
        user, seen = self.request.user, self._seen()
        shown = [(pk, seen[str(pk)][0]) for pk in sorted(gone) if str(pk) in seen]
        return [
            about(round_.contract, message)
            for pk, round_id in shown[:ROWS]
            if (round_ := approval.late_for(user, pk, round_id)) is not None
            for message in approval.late(pk, round_id).messages
        ]

    def _ticked(self, ids):
        """Return the contracts in a fixed order, so that two desks cannot block."""
        rows = Contract.objects.visible_to(self.request.user, self.action)
        return rows.filter(pk__in=ids).order_by("pk")

    def _decide(self, contract, given):
        """Give the verdict on the round that the page showed."""
        round_, version, step = self._seen().get(str(contract.pk), (0, 0, None))
        approval.decide(
            contract,
            by=self.request.user,
            approved=given["approved"],
            opinion=given["opinion"],
            round_id=round_,
            seen=version,
            step_seen=step,
        )

    def _seen(self):
        """Return {contract: (round, version, step or None)} as the page showed them."""
        found = map(SEEN.fullmatch, self.request.POST.getlist("seen"))
        return {
            one["contract"]: (
                int(one["round"]),
                int(one["version"]),
                whole_step(one["step"]),
            )
            for one in found
            if one
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
        "seen": f"{contract.pk}:{round_.pk}:{contract.version}:{progress.step_seen}",
        "over_limit": limit is not None and amount > limit,
        "proposal": progress.proposal,
        "extent": _extent(round_.content),
        "progress": progress,
    }


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
