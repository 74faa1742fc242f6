"""Reading what people below wrote, and answering: a row of its own each time."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm.guards.actor import acting
from crm.guards.refusals import explained
from crm.notices.sending import notify
from crm.text import clean
from sales.superiors import is_above

LONGEST = 1000


def read(record, *, by, comment=""):
    """Note that somebody above has read a record, and what they say to it.

    Raises:
        ValidationError: it is their own (`forbidden`), or they are not above.
    """
    if not may_read(record, by):
        raise ValidationError(
            _("Who is above the person reads this, nobody else."), code="forbidden"
        )
    reading = _note(record, by, "read_above", comment=_text(comment))
    notify(record.owner_id, "read_above", record, by=by, reason=reading.comment)
    return reading


def answer(record, *, by, comment):
    """Note what the owner answers; whoever has read it is told.

    Raises:
        ValidationError: they are not the owner, say nothing, or nobody has read it.
    """
    if by.pk != record.owner_id:
        words = _("Whose it is answers, nobody else.")
        raise ValidationError(words, code="forbidden")
    if not (said := _text(comment)):
        raise ValidationError(_("Write your answer."))
    reading = _note(record, by, "answered", comment=said, is_answer=True)
    readers = record.readings.filter(is_answer=False).order_by("by")
    for person in readers.values_list("by", flat=True).distinct():
        notify(person, "answered", record, by=by, reason=said)
    return reading


def may_read(record, user):
    """Say whether it is a person's to read and comment on: of somebody below."""
    return record.is_registered and is_above(user, record.owner_id)


def _text(comment):
    said = clean(comment)
    if len(said) > LONGEST:
        words = _("This is longer than %d signs.") % LONGEST
        raise ValidationError(words)
    return said


def _note(record, by, verb, **said):
    try:
        with transaction.atomic(), acting(by, verb=verb):
            return record.readings.create(by=by, **said)
    except IntegrityError as error:
        raise explained(error, type(record)) from error
