"""Numbers of the menu: leads that wait too long."""

from crm.navigation.numbers import MenuNumber
from sales.attention import LEAD_NEEDS, leads_needing
from sales.models import Lead


def _waiting(user):
    """Return those of the leads one sees that wait too long, as the list has them."""
    rows = Lead.objects.visible_to(user)
    return [leads_needing(rows, [need for need, _words in LEAD_NEEDS])]


waiting = MenuNumber(_waiting)
