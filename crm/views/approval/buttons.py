"""The buttons of a record that is approved: what right and state allow."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.approval.statements import WITHIN


def button(record, noun, label, *, method="post", **more):
    """Return a button that leads to one of a record's addresses, as
    parts/action.html draws it."""
    url = reverse(f"{record._meta.model_name}_{noun}", args=[record.pk])
    return {"key": noun, "label": label, "url": url, "method": method, **more}


def submit_button(record, noun="submission"):
    """Return the button that hands a record in."""
    return button(record, noun, _("Submit for approval"), style="success")


def recall_button(record, noun="recall"):
    """Return the button that takes a record back."""
    question = _("Take it back? It can be changed and submitted again.")
    return {**button(record, noun, _("Recall"), confirm=question), "key": "recall"}


def pending_buttons(record, user, progress, allowed, recall="recall"):
    """Return the buttons of what is being decided upon.

    Args:
        record: the record.
        user: the reader.
        progress: its crm.approval.progress.Progress.
        allowed: what the reader may do to it.
        recall: the noun at which it is taken back.
    """
    found, round_ = [], progress.open
    if round_ is None:  # somebody has decided since the record was read
        return found
    if "approve" in allowed and progress.is_turn_of_user:
        verdicts = (True,) if progress.turn.is_agreed else (True, False)
        step = progress.step_seen
        found += [_decision(record, round_, step, verdict) for verdict in verdicts]
    if verdict := progress.to_take_back:
        found.append(take_back_button(record, verdict))
    if user.pk in (record.owner_id, round_.submitted_by_id):
        found.append(recall_button(record, recall))
    return found


def take_back_button(record, verdict):
    """Return the button that takes back an approval of one's own, until it says."""
    until = f"{timezone.localtime(verdict.at + WITHIN):%H:%M}"
    label = _("Take back my approval (until %(time)s)") % {"time": until}
    return button(record, "retraction", label, hidden=[("decision", verdict.pk)])


def _decision(record, round_, step, approved):
    label, style = (_("Approve"), "success") if approved else (_("Reject"), "danger")
    verdict = "true" if approved else "false"
    hidden = {"round": round_.pk, "step": step, "approved": verdict}
    opinion = {
        "name": "opinion",
        "label": _("Opinion (what takes effect cannot be taken back)")
        if approved
        else _("Reason of the rejection (it cannot be taken back)"),
        "type": "textarea",
        "required": not approved,
    }
    fields = [
        *({"name": n, "type": "hidden", "value": v} for n, v in hidden.items()),
        opinion,
    ]
    key = {"key": "approval" if approved else "rejection"}
    return {**button(record, "decision", label, style=style, fields=fields), **key}
