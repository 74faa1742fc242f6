"""Who may see hand-overs: whoever may work on the people who leave."""

from django.core.exceptions import PermissionDenied

from system.leaving.models import Handover
from system.people import administration

RIGHT = "crm.change_user"


def visible_to(user):
    """Return the hand-overs of people on whom somebody may work."""
    if not user.has_perm(RIGHT):
        raise PermissionDenied
    people = administration.administered(user, "change").values("pk")
    return Handover.objects.filter(leaver__in=people).select_related("leaver", "by")
