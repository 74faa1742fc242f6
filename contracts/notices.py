"""Who is told what the inbox did with a contract; approval tells the rest itself."""

from crm.notices.sending import notify


def tell_reporters(contract, verb, by, reason=""):
    """Tell those who brought a contract what became of it in the inbox."""
    people = {contract.owner_id, contract.reporter_id, contract.entered_by_id}
    for person in sorted(people):
        notify(person, verb, contract, by=by, reason=reason)
