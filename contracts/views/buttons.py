"""The buttons of a contract and of a change to it: what right and state allow."""

from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.approval.changes import may_withdraw
from contracts.guards import OWING
from contracts.models import Amendment, Contract, Invoice, Receipt
from contracts.models.instalments import plan_is_open
from contracts.papers import APPROVAL, SHEET
from crm import dictionaries
from crm.rights.permissions import permission
from crm.views.approval.buttons import (
    button,
    pending_buttons,
    recall_button,
    submit_button,
)

Status, State = Contract.Status, Amendment.State
VERBS = ("change", "delete", "submit", "approve", "complete", "terminate")


def buttons_of(contract, change, user, progress):
    """Return [{key, label, url, …}] as parts/action.html draws them.

    Args:
        contract: the contract.
        change: the change to it that is under way, or None.
        user: the reader.
        progress: how far the approval of either has come.
    """
    allowed = contract.allowed(user, *VERBS)
    found = []
    if contract.status == Status.REGISTERED and change is None:
        found = _of_one_in_force(contract, allowed)
    elif change is not None:
        found = change_buttons(contract, change, user, progress, allowed)
    elif contract.is_writable:
        found = _of_written(contract, user, allowed)
    elif contract.status == Status.PENDING:
        found = pending_buttons(contract, user, progress, allowed)
    planning = _plan(contract, allowed)
    paying = [*_receipt(contract, user), *_invoice(contract, user)]
    return [
        *found,
        *planning,
        *paying,
        *_copy(contract, user),
        *_sheets(contract, progress),
    ]


def change_buttons(contract, change, user, progress, allowed=None):
    """Return the buttons of a change that is under way."""
    found = []
    if allowed is None:
        allowed = contract.allowed(user, *VERBS)
    if change.state == State.PENDING:
        found = pending_buttons(contract, user, progress, allowed, "amendment_recall")
    elif change.state == State.REPORTED:
        if user.pk in (contract.owner_id, change.entered_by_id, change.edited_by_id):
            found = [recall_button(contract, "amendment_recall")]
    else:
        found = _of_written_change(contract, allowed)
    if may_withdraw(user, change, progress.open):
        found.append(
            button(
                contract,
                "amendment_withdrawal",
                _("Give up the change"),
                style="danger",
                confirm=_(
                    "Give up this change? The contract stays as it holds; what was"
                    " written is only kept in the history."
                ),
            )
        )
    return found


def _of_written(contract, user, allowed):
    found = []
    if contract.status == Status.REPORTED:
        if user.pk in (
            contract.owner_id,
            contract.reporter_id,
            contract.entered_by_id,
        ):
            found.append(recall_button(contract))
    elif "submit" in allowed:
        found.append(submit_button(contract))
    if "change" in allowed:
        found.append(
            button(contract, "update", _("Edit"), method="get", style="primary")
        )
    if "delete" in allowed:
        found.append(
            button(contract, "delete", _("Delete"), method="get", style="danger")
        )
    return found


def _of_written_change(contract, allowed):
    found = []
    if "submit" in allowed:
        found.append(submit_button(contract, "amendment_submission"))
    if "change" in allowed:
        edit = {"method": "get", "style": "primary", "key": "update"}
        found.append({**button(contract, "amendment_update", _("Edit")), **edit})
    return found


def _of_one_in_force(contract, allowed):
    found = []
    if "submit" in allowed:
        question = _(
            "Open a change? The contract holds as it is until the change is approved,"
            " and the change can be given up."
        )
        found.append(button(contract, "amendment", _("Amend"), confirm=question))
    if "complete" in allowed:
        question = _("Close this contract as fulfilled? This cannot be taken back.")
        found.append(button(contract, "completion", _("Complete"), confirm=question))
    if "terminate" in allowed:
        found.append(_termination(contract))
    return found


def _termination(contract):
    fields = [
        {
            "name": "reason",
            "label": _("Reason (a termination cannot be taken back)"),
            "type": "select",
            "options": dictionaries.options_of("termination_reason", by="label"),
            "required": True,
        },
        {
            "name": "day",
            "label": _("Last day"),
            "type": "date",
            "value": f"{timezone.localdate():%Y-%m-%d}",
            "required": True,
        },
    ]
    label = _("Terminate")
    return button(contract, "termination", label, style="danger", fields=fields)


def _plan(contract, allowed):
    if "change" not in allowed or not plan_is_open(contract):
        return []
    return [button(contract, "instalments", _("Plan payments"), method="get")]


def _receipt(contract, user):
    if contract.status != Status.REGISTERED:
        return []
    if not user.has_perm(permission("add", Receipt)):
        return []
    url = f"{Receipt.page('create')}?customer={contract.customer_id}"
    return [
        {"key": "receipt", "label": _("Enter a receipt"), "url": url, "method": "get"}
    ]


def _invoice(contract, user):
    if contract.status not in OWING:
        return []
    if not user.has_perm(permission("add", Invoice)):
        return []
    url = f"{Invoice.page('create')}?contract={contract.pk}"
    label = _("Ask for an invoice")
    return [{"key": "invoice", "label": label, "url": url, "method": "get"}]


def _copy(contract, user):
    if not user.has_perm(permission("add", Contract)):
        return []
    url = f"{Contract.page('create')}?copy={contract.pk}"
    return [{"key": "copy", "label": _("Copy"), "url": url, "method": "get"}]


def _sheets(contract, progress):
    found = [
        button(contract, "sheet", _("Contract sheet"), method="get"),
        SHEET.button(contract),
    ]
    if progress.rounds:
        label = _("Approval sheet")
        found.append(button(contract, "approval_sheet", label, method="get"))
        found.append(APPROVAL.button(contract))
    return found
