"""What is done in the background so that nothing grows for ever, slice by slice."""

from django.utils.translation import gettext_lazy as _

from crm.history import sealing
from crm.jobs.background import background
from system import milestones, sweeping

#: Whoever has it done outside its time looks after the schedules.
RIGHT = "jobs.change_schedule"


@background(_("Seal the history"), permission=RIGHT)
def seal_history(context):
    """Seal what was written since the last time."""
    sealing.seal()


@background(_("Remove files that nobody needs any more"), permission=RIGHT)
def tidy(context):
    """Remove files of uploads that nothing speaks of."""
    sweeping.sweep()


@background(_("Set the milestones of long lists anew"), permission=RIGHT)
def straighten_milestones(context):
    """Straighten one order after the other: each locks its table for a moment."""
    return _one_of(
        context,
        milestones.orders(),
        lambda order: milestones.straighten_order(*order),
    )


@background(_("Forget what is over: sessions, old notices and jobs"), permission=RIGHT)
def forget(context):
    """Forget one sort of things after the other."""
    return _one_of(context, sweeping.OVER, lambda forget_some: forget_some())


def _one_of(context, things, act):
    """Do one of several things; return which is next, None after the last.

    What returns True has more of the same to do.
    """
    place = context.place or 0
    if not act(things[place]):
        place += 1
    context.done, context.total = place, len(things)
    return place if place < len(things) else None
