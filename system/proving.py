"""Whether anybody has rewritten the history: its chain of seals is checked each day."""

from itertools import islice

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.history import sealing
from crm.jobs.background import background
from crm.jobs.models import Job
from crm.models import HistorySeal
from crm.notices.sending import notify_holders

#: Whoever has it done outside its time looks after the schedules.
RIGHT = "jobs.change_schedule"
#: Who is told when something is wrong: whoever may see the page.
TO_NOTIFY = "jobs.view_schedule"
#: Seals of a slice, 10,000 entries each.
AT_ONCE = 10
#: Broken seals that are named.
NAMED = 10


@background(_("Check that nobody has rewritten the history"), permission=RIGHT)
def check_history(context):
    """Check some seals after the others; tell people of those that do not fit.

    Raises:
        ValidationError: some do not.
    """
    place = context.place or {"seal": 0, "broken": []}
    if place.get("told"):
        raise ValidationError(_in_words(place["broken"]))
    behind = HistorySeal.objects.filter(pk=place["seal"]).first()
    found = list(islice(sealing.checked(behind), AT_ONCE))
    broken = place["broken"] + [one.pk for one, fits in found if not fits]
    context.done += len(found)
    context.total = max(HistorySeal.objects.count(), context.done)
    if len(found) == AT_ONCE:
        return {"seal": found[-1][0].pk, "broken": broken[:NAMED]}
    if not broken:
        return None
    _tell(broken)
    return {"seal": place["seal"], "broken": broken[:NAMED], "told": True}


def _tell(broken):
    """Tell of the job that has found them: whoever looks after jobs sees it."""
    running = Job.objects.filter(status=Job.Status.RUNNING)
    job = running.filter(task_path=check_history.module_path).order_by("-pk").first()
    if job:
        notify_holders(TO_NOTIFY, "history_broken", job, reason=_in_words(broken))


def _in_words(broken):
    numbers = ", ".join(map(str, broken[:NAMED]))
    return gettext("The history was rewritten. Seals that do not fit: %s") % numbers
