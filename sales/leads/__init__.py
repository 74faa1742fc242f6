"""How a lead moves: to whoever works on it, to its first contact, out and back in.

`sales.conversion` is its way to a customer. These are the only ways; PostgreSQL refuses
any other (`sales.guards.leads.led`).
"""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.bulk.reach import heirs
from crm.guards.actor import acting
from crm.notices.sending import notify
from crm.text import clean, single_line
from crm.validators import fitting
from sales.models import Lead, LeadAssignment

Status = Lead.Status


def assign(lead, to, by):
    """Give an open lead to whoever is to work on it.

    An unassigned one is then to be contacted; one that is worked on stays so.

    Args:
        lead: locked by whoever assigns it.
        to: the person, within the reach of whoever assigns it.
        by: who assigns it.

    Raises:
        ValidationError: it is closed, or theirs already (`conflict`), or the person is
            not to be chosen.
    """
    refuse_unready(lead)
    if to.pk == lead.owner_id and lead.status != Status.UNASSIGNED:
        raise ValidationError(_("They work on this lead already."), code="conflict")
    if not heirs(by, Lead).filter(pk=to.pk).exists():
        raise ValidationError(_("This person is not to be chosen."))
    values = {"owner": to, "assigned_at": timezone.now()}
    if lead.status == Status.UNASSIGNED:
        values["status"] = Status.PENDING
    _go(lead, by, "assigned", **values)
    with acting(by, verb="assigned"):
        how = LeadAssignment.How.HAND
        LeadAssignment.objects.create(lead=lead, person=to, how=how, by=by)
    notify(to.pk, "lead_assigned", lead, by=by)


def touch(lead, method, text, by):
    """Note the first contact with a lead; it is being worked on from then on.

    Of one that was opened again the contact is told beside the first one.

    Raises:
        ValidationError: it was contacted before (`conflict`), or nothing or too much is
            told.
    """
    refuse_unready(lead)
    if lead.status == Status.WORKING:
        raise ValidationError(
            _("The first contact was noted already."), code="conflict"
        )
    text = fitting(Lead, "touch_text", clean(text or ""))
    if not text:
        raise ValidationError(_("Say what was talked about."), code="reason")
    now = timezone.now()
    if lead.first_touched_at:  # it was opened again: the first contact stays the first
        day = timezone.localtime(now).date()
        values = {"touch_text": f"{lead.touch_text}\n\n{day} {by} · {method}\n{text}"}
    else:
        values = {
            "first_touched_at": now,
            "touched_by": by,
            "touch_method": method,
            "touch_text": text,
        }
    values |= {"status": Status.WORKING, "assigned_at": lead.assigned_at or now}
    _go(lead, by, "touched", **values)


def invalidate(lead, reason, note, by):
    """Say that nothing comes of an open lead, and why.

    Raises:
        ValidationError: it is closed (`conflict`), no reason is chosen, or the note is
            too long.
    """
    refuse_unready(lead)
    if reason is None:
        raise ValidationError(_("Choose a reason."), code="reason")
    note = fitting(Lead, "move_note", single_line(note or ""))
    _go(
        lead,
        by,
        "invalidated",
        status=Status.INVALID,
        invalid_reason=reason,
        move_note=note,
    )


def reopen(lead, note, by):
    """Open an invalid lead again: it waits to be assigned.

    Raises:
        ValidationError: it is not invalid (`conflict`), or no reason or a very long one
            is given.
    """
    if lead.status != Status.INVALID:
        raise ValidationError(_("Only an invalid lead is opened again."), "conflict")
    note = fitting(Lead, "move_note", single_line(note or ""))
    if not note:
        raise ValidationError(_("Say why it is opened again."), code="reason")
    _go(
        lead,
        by,
        "reopened",
        status=Status.UNASSIGNED,
        invalid_reason=None,
        move_note=note,
    )


def refuse_unready(lead):
    """Refuse what is done to open leads in the books alone.

    Raises:
        ValidationError: it was converted, is invalid or only reported (`conflict`).
    """
    if lead.status == Status.CONVERTED:
        text = _("This lead was converted already.")
    elif lead.status == Status.INVALID:
        text = _("This lead is invalid: open it again first.")
    elif not lead.is_registered:
        text = _("This lead has to be registered first.")
    else:
        return
    raise ValidationError(text, code="conflict")


def _go(lead, by, verb, **values):
    for name, value in values.items():
        setattr(lead, name, value)
    with acting(by, verb=verb):
        lead.save(update_fields=list(values))
    lead.refresh_from_db(fields=["status", "status_since", "version"])
