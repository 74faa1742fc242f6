"""What is done with reported leads in the inbox: registered, one goes by the rules."""

from sales.leads.assigning import assign_unless_kept
from sales.models import Lead


def register(lead, *, by):
    """Put a reported lead into the books; give it away by the rules.

    Unless it has its owner already: who sells works on what they bring.

    Raises:
        ValidationError: somebody else was quicker.
    """
    Lead.register(lead, by=by)
    assign_unless_kept(lead, by)


def send_back(lead, *, by, reason):
    """Return a reported lead to its reporter, with the reason.

    Raises:
        ValidationError: there is no reason or a very long one, or somebody else was
            quicker.
    """
    Lead.send_back(lead, by=by, reason=reason)


def report_again(lead, *, by):
    """Hand a returned lead in again.

    Raises:
        ValidationError: it is not returned any more.
    """
    Lead.report_again(lead, by=by)
