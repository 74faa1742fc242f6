"""The buttons of a quotation that is no longer written: what state and right allow."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contracts.models import Contract
from crm import dictionaries
from crm.rights.permissions import permission
from crm.views.approval.buttons import button
from sales.models import Quotation
from sales.papers import SHEET
from sales.quotations import is_reopenable

Status = Quotation.Status


def buttons_of(quotation, user, versions):
    """Return [{key, label, url, …}] as parts/action.html draws them.

    Args:
        quotation: the quotation.
        user: the reader.
        versions: all versions of it that the reader may see.
    """
    found = []
    if "change" in quotation.allowed(user, "change"):
        found = [
            *_offered(quotation),
            *_answered(quotation),
            *_contract(quotation, user),
            *_renewal(quotation, user, versions),
        ]
    # While it is written, it has the buttons of any record, this one among them.
    return found if quotation.is_writable else [*found, SHEET.button(quotation)]


def _offered(quotation):
    """Send it, or note what the customer says to it."""
    if not quotation.is_offered:
        return []
    note = {"name": "note", "label": _("note")}
    reason = {
        "name": "reason",
        "label": _("Reason"),
        "type": "select",
        "options": dictionaries.options_of("closing_reason"),
        "required": True,
    }
    declined = button(
        quotation, "refusal", pgettext("quotation", "Declined"), fields=[reason, note]
    )
    if quotation.is_overdue:
        return [declined]
    accepted = button(
        quotation,
        "acceptance",
        pgettext("quotation", "Accepted"),
        fields=[note],
        style="success",
    )
    if quotation.status == Status.SENT:
        return [accepted, declined]
    sent = button(quotation, "sent", pgettext("quotation", "Sent"), style="success")
    return [sent, {**accepted, "style": ""}, declined]


def _answered(quotation):
    """Take back what was noted of the answer."""
    if not is_reopenable(quotation):
        return []
    question = _("Take the answer back? The quotation is with the customer again.")
    label = _("Take the answer back")
    return [button(quotation, "reopening", label, confirm=question)]


def _contract(quotation, user):
    """Make the draft of the contract of what was accepted."""
    if quotation.status != Status.ACCEPTED or quotation.contract_id:
        return []
    if not user.has_perm(permission("add", Contract)):
        return []
    label = _("Draft the contract")
    return [button(quotation, "contract", label, style="success")]


def _renewal(quotation, user, versions):
    """Make the next version of the newest one."""
    if quotation.status not in Quotation.REPLACEABLE:
        return []
    if not user.has_perm(permission("add", Quotation)):
        return []
    if versions[0] != quotation:
        return []
    return [button(quotation, "renewal", _("New version"))]
