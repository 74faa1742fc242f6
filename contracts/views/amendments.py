"""The pages of a change to a contract: what it proposes, and where it is written."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from contracts.approval import FLOW
from contracts.forms import AmendmentForm, AmendmentLineFormSet
from contracts.models import Amendment, Contract
from contracts.snapshots import content_of, differences
from contracts.views.buttons import change_buttons
from contracts.views.contracts import ContractFormPage
from contracts.views.verbs import ContractAmendment
from crm.approval.progress import progress_of, rounds_shown
from crm.attachments import attachments_of, files_of
from crm.display import label_of, reader
from crm.lists.links import leading, linked
from crm.related import seen_from
from crm.views import RecordMixin, RecordUpdate
from crm.views.approval.pages import WrittenOnly


def amendment(request, pk):
    """Show the change to a contract that is under way; by POST, open one."""
    page = ContractAmendment if request.method == "POST" else AmendmentDetail
    return page.as_view()(request, pk=pk)


class OfContract(RecordMixin):
    """A page about the change that is under way to the contract of the address."""

    model = Amendment
    shown = ()

    def contracts(self):
        """Return the contracts, with what the page shows of them."""
        return Contract.objects.all()

    def get_object(self, queryset=None):
        """Return the change with its contract; without one there is no such page."""
        rows = self.contracts().visible_to(self.request.user, self.action)
        if self.request.method == "POST":
            rows = rows.select_for_update(of=("self",), no_key=True)
        contract = get_object_or_404(rows, pk=self.kwargs["pk"])
        change = contract.amendments.select_related(*self.shown).first()
        if change is None:
            raise Http404(_("No change to this contract is under way."))
        change.contract = contract
        return change


class AmendmentDetail(OfContract, DetailView):
    """What a change proposes, beside what holds, and how far it has come."""

    template_name = "contracts/amendment_detail.html"
    shown = ("customer__credit_grade", "signatory", "contact", "kind", "owner")
    #: What is written of it; whose the contract is to be stands among the changes.
    fields = tuple(name for name in AmendmentForm.Meta.fields if name != "owner")

    def get_context_data(self, **context):
        """Add what is proposed, how it differs, and what one may do."""
        change, user = self.object, self.request.user
        contract, files = change.contract, files_of(change)
        lines = list(change.lines.select_related("product"))
        progress = progress_of(FLOW, contract, user, FLOW.approvers())
        progress = progress.of_proposed(change)
        actions = change_buttons(contract, change, user, progress)
        for action in actions:
            if action["method"] == "post":
                action["version"] = contract.version
        return super().get_context_data(
            contract=contract,
            title=_("Change of %s") % contract,
            groups=[(_("What is proposed"), self._facts())],
            actions=actions,
            changes=self._changes(progress, lines, files),
            lines=lines,
            total=sum(line.amount for line in lines),
            progress=progress,
            files=attachments_of(change, user, files),
            **context,
        )

    def _facts(self):
        """Return [{label, value, wide, name}] of what is proposed, with its links."""
        change, user = self.object, self.request.user
        leads = leading(user, seen_from([change], user))

        def value(name):
            return linked(Amendment, name, reader(Amendment, name), leads)(change)

        return [
            {
                "name": name,
                "label": label_of(Amendment, name),
                "value": value(name),
                "wide": name == "terms",
            }
            for name in self.fields
        ]

    def _changes(self, progress, lines, files):
        """Return how it differs from what holds, as it was handed in if it was."""
        if progress.open:
            return progress.proposal
        proposed = content_of(self.object, lines, files)
        return differences(content_of(self.object.contract), proposed)

    def contracts(self):
        """Return contracts with what is compared, and their rounds."""
        rows = Contract.objects.select_related(*self.shown, "owner__department")
        return rows.prefetch_related(*rounds_shown(FLOW))


class AmendmentUpdate(WrittenOnly, OfContract, ContractFormPage, RecordUpdate):
    """Write a change, in the same form as a contract."""

    form_class = AmendmentForm
    shown = ("customer", "contact")
    lines_class = AmendmentLineFormSet

    def get_initial(self):
        """Show whose the contract is while the change leaves it theirs."""
        owner = self.object.owner_id or self.object.contract.owner_id
        return {**super().get_initial(), "owner": owner}

    @property
    def written_contract(self):
        """The contract to which it is a change."""
        return self.object.contract

    def tell(self, record, form):
        """Tell nobody: the contract changes hands when the change is approved."""

    def can_register(self):
        """Say that the form alone puts nothing into the books."""
        return False

    def after(self, record):
        """Return the address of the change."""
        return record.get_absolute_url()
