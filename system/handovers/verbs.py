"""What can be done about a hand-over that was agreed on."""

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.models import User
from crm.views.fresh import FreshPassword
from system.handovers import work
from system.handovers.access import visible_to
from system.leaving.models import Handover
from system.pages import ModelVerb
from system.people import administration


def actions_of(found):
    """Return the buttons: to go on with what has stopped, to keep an account."""
    verbs = []
    if found.is_stopped:
        verbs.append(("handover_go_on", _("Go on with the hand-over"), "primary"))
    if found.is_closing:
        verbs.append(("handover_stay", _("Do not close the account"), ""))
    return [
        {
            "key": name,
            "label": label,
            "style": style,
            "url": reverse(name, args=[found.pk]),
            "method": "post",
            "version": found.version,
        }
        for name, label, style in verbs
    ]


class HandoverVerb(ModelVerb):
    """Something that can be done about a hand-over."""

    model = User  # it is the right to work on people that lets one do it
    action = "change"

    def rows(self):
        """Return the hand-overs of people on whom one may work."""
        return visible_to(self.request.user)


class HandoverGoOn(FreshPassword, HandoverVerb):
    """Go on with one whose job has ended midway, as it was agreed on."""

    def act(self, handover):
        """Do it; say how far it is."""
        self.now = work.go_on(handover, by=self.request.user)
        is_done = self.now.status == Handover.Status.DONE
        words = _("Handed over: %s") if is_done else _("The hand-over of %s has begun.")
        self.done = words % handover.leaver

    def next_url(self, handover):
        """Lead to the receipt, maybe of another one with the same plan."""
        return self.now.get_absolute_url()


class HandoverStay(HandoverVerb):
    """Close no account when nothing is left with it: the person stays."""

    def act(self, handover):
        """Do it, unless the account is closed or kept by now."""
        if not handover.is_closing:
            raise ValidationError(
                _("Somebody else has dealt with this in the meantime."), code="conflict"
            )
        administration.stay(handover.leaver)
        self.done = _("The account of %s stays open.") % handover.leaver
