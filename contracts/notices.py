"""Who is told what about a contract on its way: asked, decided, called off."""

from contracts.approvers import Approvers, waiting_for
from crm.notices.sending import notify


def deciders_of(contract, round_):
    """Return the ids of those whose turn it is in an open round, in a fixed order.

    A fixed order, so that two verbs cannot wait for each other's notices.
    """
    made = dict(contract.decisions.order_by().values_list("step", "by"))
    steps = list(round_.steps.all())
    _step, deciders = waiting_for(contract, round_, steps, made, Approvers())
    return sorted(person.pk for person in deciders)


def ask_deciders(contract, round_, by):
    """Tell those whose turn it is that a contract waits for them."""
    for person in deciders_of(contract, round_):
        notify(person, "asked", contract, by=by)


def tell_outcome(contract, round_, verb, by, reason=""):
    """Tell who owns and who submitted a contract how it was decided."""
    for person in sorted({contract.owner_id, round_.submitted_by_id}):
        notify(person, verb, contract, by=by, reason=reason)


def tell_called_off(contract, asked, verb, by):
    """Tell those who were asked that there is nothing to decide any more."""
    for person in asked:
        notify(person, verb, contract, by=by)


def tell_reporters(contract, verb, by, reason=""):
    """Tell those who brought a contract what became of it in the inbox."""
    people = {contract.owner_id, contract.reporter_id, contract.entered_by_id}
    for person in sorted(people):
        notify(person, verb, contract, by=by, reason=reason)
