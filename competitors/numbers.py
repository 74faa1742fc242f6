"""What pages and papers count and price of a competitor, as one may see it."""

from competitors.models import CompetitorProduct, Encounter
from contracts.models import Product
from crm.display import number_text
from crm.related import known_to
from crm.rights.permissions import permission


def products_of(competitor, user):
    """Return [{name, ours, price_from, price_to, remarks}] of what it sells.

    Of our products only those that the reader may see.
    """
    ours = Product.objects.filter(rivals__competitor=competitor)
    seen = {product.pk: product for product in known_to(user, ours)}
    return [
        {
            "name": rival.name,
            "ours": seen.get(rival.product_id),
            "price_from": number_text(rival.price_from),
            "price_to": number_text(rival.price_to),
            "remarks": rival.remarks,
        }
        for rival in CompetitorProduct.objects.filter(competitor=competitor)
    ]


def outcomes_of(competitor, user):
    """Return [(outcome, how many encounters that one may see ended so)].

    None for whoever has no right to encounters at all.
    """
    if not user.has_perm(permission("view", Encounter)):
        return None
    rows = Encounter.objects.visible_to(user).filter(competitor=competitor)
    counts = rows.by_outcome()
    return [(outcome, counts[outcome.value]) for outcome in Encounter.Outcome]
