"""The work on leads in the background: by the rules, and by the hours people work."""

from django.utils.translation import gettext_lazy as _

from crm.jobs.background import background
from sales.leads import timeouts, warnings
from sales.leads.assigning import assign_by_rules, waiting

#: Leads of one transaction.
SLICE = 200


@background(_("Assign leads by the rules"), permission=timeouts.RIGHT)
def assign(context):
    """Give away the next unassigned leads; those that meet no rule stay."""
    rows = waiting().filter(pk__gt=context.place or 0).order_by("pk")
    locked = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
    leads = list(locked[:SLICE])
    done = assign_by_rules(leads, context.by)
    context.done += sum(given.person is not None for given in done)
    return leads[-1].pk if leads else None


def is_needed():
    """Say whether a lead waits for its first contact so long that anything is due."""
    return timeouts.pending_since(timeouts.WARNED_AFTER).exists()


@background(
    _("Warn of leads that nobody contacts, and take them back"),
    permission=timeouts.RIGHT,
    needed=is_needed,
)
def look_after(context, *, forced=False):
    """Take the next leads back, unless they are very many; then warn people.

    Each in a transaction of their own.
    """
    phase, after = context.place or ("look", 0)
    if phase == "look":
        why = "" if forced else timeouts.too_much()
        if why:
            timeouts.tell_that_it_stopped(why)
        return ["warn", 0] if why else ["back", 0]
    if phase == "back":
        number, last = timeouts.return_some(SLICE, context.by, after)
        context.done += number
        return ["warn", 0] if last is None else ["back", last]
    person = warnings.next_person(after)
    if person is None:
        return None
    return ["warn", person.pk - 1 if warnings.warn(person) else person.pk]
