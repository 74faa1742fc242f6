"""The nightly work that puts customers back into pools."""

from django.utils.translation import gettext_lazy as _

from crm.jobs.background import background
from customers.models import RecycleRule, RecycleRun
from system.pools import running


def is_needed():
    """Say whether there is a rule in use."""
    return RecycleRule.objects.filter(active=True).exists()


@background(
    _("Put customers back into pools"),
    permission=running.RIGHT,
    page="recyclerun_list",
    needed=is_needed,
)
def recycle(context, *, forced=False):
    """Begin a run, then put the next customers back; the last slice tells people."""
    if context.place is None:
        run = running.begin(context.by, forced=forced)
        return None if run.status == running.Status.STOPPED else [run.pk, 0]
    pk, after = context.place
    run = RecycleRun.objects.get(pk=pk)
    last = running.take_some(run, after)
    context.done = run.rows.count()
    if last is None:
        running.finish(run)
        return None
    return [pk, last]
