"""Whether a person has approved anything a moment ago: their session tells."""

from time import time

from crm.approval.statements import WITHIN

KEY = "approved_at"


def note_approval(request):
    """Note that the person approves something now."""
    request.session[KEY] = int(time())


def approved_lately(request):
    """Say whether there may be something to take back."""
    return time() - request.session.get(KEY, 0) < WITHIN.total_seconds()
