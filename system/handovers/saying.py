"""What is said of a hand-over that was just agreed on."""

from django.contrib import messages
from django.utils.html import format_html
from django.utils.translation import gettext as _

from system.leaving.lines import left_with, words_of
from system.leaving.models import Handover


def say_of(request, handover, *, links=False):
    """Say whether it has begun, is done, or what of it is still left.

    Args:
        request: whose next page says so.
        handover: a Handover.
        links: whether what is said leads to the receipt.
    """
    person = handover.leaver
    if handover.status != Handover.Status.DONE:
        level, said = messages.INFO, _("The hand-over of %s has begun.") % person
    elif left := left_with(person):
        words = _("Handed over in part: %(person)s. Still left: %(left)s.")
        level, said = (
            messages.WARNING,
            words
            % {
                "person": person,
                "left": words_of(left),
            },
        )
    else:
        level, said = messages.SUCCESS, _("Handed over: %s") % person
    if links:
        address = handover.get_absolute_url()
        said = format_html('<a href="{}">{}</a>', address, said)
    messages.add_message(request, level, said)
