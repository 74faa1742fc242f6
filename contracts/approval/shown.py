"""What pages show of contracts that are approved, and of changes to them."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from contracts.approval.whole import whole_of
from contracts.approvers import turns
from contracts.credit import added_by, credit_expression, credit_said
from contracts.models import ApprovalRule, Contract, Decision, Round
from contracts.models.facts import facts
from contracts.snapshots import differences
from crm import dictionaries
from crm.approval.conditions import Fact
from crm.approval.flow import Flow
from crm.approval.shown import Head
from crm.display import label_of, short_number_text
from crm.queries.ids import any_of
from crm.related import may_open
from customers.models import Customer


class ShownContracts(Flow):
    """Rounds of contracts on their pages, and the rows of the approver's desk."""

    rounds, decisions, rules = Round, Decision, ApprovalRule
    record, turns = "contract", turns
    own_conditions = ("amount_from", "kind", "discount_over", "credit_grade")
    round_along = ("registered_as", "amendment__customer")
    number_field = "number"
    about_field, amount_field = "customer", "amount"
    cells_template = "contracts/desk_cells.html"
    whole_template = "contracts/desk_whole.html"

    def facts(self) -> dict[str, Fact]:
        """Let rules look on the customer and the owner's department, too."""
        return facts()

    def differences(self, before: Any, after: Any) -> list[dict[str, Any]]:
        """Say how two contents differ, lines and files as well."""
        return differences(before, after)

    def proposed(self, round_: Round) -> Any:
        """Return the change that a round decides upon, or None."""
        return round_.amendment

    def proposed_column(self, path: str) -> Any:
        """Return a column of the change, where the round decides upon one."""
        return Coalesce(f"amendment__{path}", f"contract__{path}")

    def is_in_force(self, round_: Round) -> bool:
        """Say whether an edition was made of a round."""
        return hasattr(round_, "registered_as")

    def proposal(self, held: Any, round_: Any) -> list[dict[str, Any]]:
        """Say how a change differs from what holds.

        One that names no owner leaves the contract whose it is by then.
        """
        change, found = round_.amendment, differences(held, round_.content)
        stays = change is not None and change.owner_id is None
        return [one for one in found if not (stays and one["name"] == "owner")]

    def asked_of(self, user: Any, ids: Sequence[int]) -> QuerySet:
        """Return contracts of some ids that one may be asked about, customers along."""
        rows = Contract.objects.asked(user).filter(any_of("pk", ids))
        rows = rows.annotate(beside=credit_expression())
        return rows.select_related("customer", "owner__department")

    @property
    def heads(self) -> list[Head]:
        """Tell the amount, whose customer it is, and how far that one has credit."""
        return [
            Head(label_of(Contract, "amount"), is_number=True),
            Head(label_of(Contract, "customer"), is_number=False),
            Head(label_of(Customer, "credit_grade"), is_number=False),
            Head(label_of(Customer, "credit_limit"), is_number=True),
        ]

    def tell(self, rows: Iterable[dict[str, Any]], user: Any) -> None:
        """Add the customer, whether one may open it, and what is over its limit."""
        rows = list(rows)
        for row in rows:
            change = row["round"].amendment
            customer = change.customer if change else row["record"].customer
            amount = Decimal(row["round"].content["amount"])
            row["customer"] = customer
            row["credit"] = credit_said(
                row["record"].beside, added_by(amount, row["record"])
            )
            row["proposed_state"] = row["record"].get_amendment_state_display()
            row["over_limit"] = row["credit"].over > 0
            row["grade"] = dictionaries.labels().get(customer.credit_grade_id, "")
        opened = may_open(user, Customer, [row["customer"].pk for row in rows])
        for row in rows:
            row["leads"] = row["customer"].pk in opened

    def whole(self, row: dict[str, Any], user: Any) -> dict[str, Any]:
        """Show lines, files, what the customer owes by now, and its other contracts."""
        return whole_of(row, user)

    def extent(self, content: Any) -> list[str]:
        """Return of what a contract is made: its lines, best discount and files."""
        lines, files = content["lines"], len(content["attachments"])
        found = [_("lines: %d") % len(lines)]
        if discount := max((Decimal(line["discount"]) for line in lines), default=0):
            found.append(_("discount up to %s %%") % short_number_text(discount))
        if files:
            found.append(_("attachments: %d") % files)
        return found
