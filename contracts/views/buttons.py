"""The buttons of a contract's page: what right and state allow."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.models import Contract
from crm import dictionaries

Status = Contract.Status
VERBS = ("change", "delete", "submit", "approve", "complete", "terminate")


def buttons_of(contract, user, progress):
    """Return [{key, label, url, …}] as parts/action.html draws them."""
    allowed = contract.allowed(user, *VERBS)
    found = []
    if contract.status == Status.DRAFT:
        found = _of_draft(contract, allowed)
    elif contract.status == Status.PENDING:
        found = _of_pending(contract, user, progress, allowed)
    elif contract.status == Status.REGISTERED:
        found = _of_registered(contract, allowed)
    return [*found, *_sheets(contract, progress)]


def _button(contract, name, label, *, method="post", **more):
    url = reverse(f"contract_{name}", args=[contract.pk])
    return {"key": name, "label": label, "url": url, "method": method, **more}


def _of_draft(contract, allowed):
    found = []
    if "submit" in allowed:
        label = _("Submit for approval")
        found.append(_button(contract, "submission", label, style="success"))
    if "change" in allowed:
        found.append(
            _button(contract, "update", _("Edit"), method="get", style="primary")
        )
    if "delete" in allowed and contract.edition == 1:
        found.append(
            _button(contract, "delete", _("Delete"), method="get", style="danger")
        )
    return found


def _of_pending(contract, user, progress, allowed):
    found, round_ = [], progress.open
    if "approve" in allowed and progress.is_turn_of_user:
        found += [_decision(contract, round_, True), _decision(contract, round_, False)]
    if user.pk in (contract.owner_id, round_.submitted_by_id):
        found.append(
            _button(
                contract,
                "recall",
                _("Recall"),
                confirm=_("Take the contract back and make it a draft again?"),
            )
        )
    return found


def _decision(contract, round_, approved):
    label, style = (_("Approve"), "success") if approved else (_("Reject"), "danger")
    hidden = {"round": round_.pk, "approved": "true" if approved else "false"}
    opinion = {
        "name": "opinion",
        "label": _("Opinion") if approved else _("Reason of the rejection"),
        "type": "textarea",
        "required": not approved,
    }
    fields = [
        *({"name": n, "type": "hidden", "value": v} for n, v in hidden.items()),
        opinion,
    ]
    key = {"key": "approval" if approved else "rejection"}
    return {**_button(contract, "decision", label, style=style, fields=fields), **key}


def _of_registered(contract, allowed):
    found = []
    if "submit" in allowed:
        question = _("Open the contract for a change? It needs approval again.")
        found.append(_button(contract, "amendment", _("Amend"), confirm=question))
    if "complete" in allowed:
        question = _("Close this contract as fulfilled? It can never change again.")
        found.append(_button(contract, "completion", _("Complete"), confirm=question))
    if "terminate" in allowed:
        found.append(_termination(contract))
    return found


def _termination(contract):
    reasons = dictionaries.of("termination_reason")
    fields = [
        {
            "name": "reason",
            "label": _("Reason"),
            "type": "select",
            "options": [(item.label, item.local_label) for item in reasons],
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
    return _button(contract, "termination", label, style="danger", fields=fields)


def _sheets(contract, progress):
    found = [_button(contract, "sheet", _("Contract sheet"), method="get")]
    if progress.rounds:
        label = _("Approval sheet")
        found.append(_button(contract, "approval_sheet", label, method="get"))
    return found
