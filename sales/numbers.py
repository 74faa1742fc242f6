"""Numbers of the menu: leads that wait too long, quotations that were rejected."""

from crm.navigation.numbers import MenuNumber
from sales.attention import LEAD_NEEDS, leads_needing
from sales.models import Lead, Quotation


def _waiting(user):
    """Return those of the leads one sees that wait too long, as the list has them."""
    rows = Lead.objects.visible_to(user)
    return [leads_needing(rows, [need for need, _words in LEAD_NEEDS])]


def _rejected(user):
    """Return one's own quotations that were rejected."""
    rows = Quotation.objects.visibility(user).own()
    return [rows.filter(status=Quotation.Status.REJECTED)]


waiting, rejected = MenuNumber(_waiting), MenuNumber(_rejected)
