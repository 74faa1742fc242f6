"""What pages and papers count and price of a competitor, and news that waits."""

from collections import Counter, defaultdict

from django.db.models import Count
from django.utils.http import urlencode

from competitors.models import CompetitorProduct, Encounter, FeedEntry, NewsItem
from contracts.models import Product
from crm.display import date_text, number_text, text
from crm.navigation.numbers import MenuNumber
from crm.related import known_to
from crm.rights.permissions import permission

#: Rows that a card of the competitor's page shows.
ROWS = 5
#: Lines of a table of outcomes: more nobody reads before a visit.
LINES = 8


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


class Outcomes:
    """How the encounters with a competitor ended that one may see: one query.

    Each number of its lines is {label, value, url}; the url lists just those rows.

    Attributes:
        total: [(outcome, how many)] in the order of the outcomes.
    """

    def __init__(self, competitor, user):
        self.competitor = competitor
        rows = Encounter.objects.visible_to(user).filter(competitor=competitor)
        groups = ("offered_product", "owner", "owner__name", "outcome")
        counted = rows.order_by().values_list(*groups).annotate(n=Count("pk"))
        self.all = Counter()
        self._products, self._people = defaultdict(Counter), defaultdict(Counter)
        for product, owner, name, outcome, number in counted:
            self.all[outcome] += number
            self._people[owner, name][outcome] += number
            if product:
                self._products[product, product][outcome] += number

    @property
    def total(self):
        """[(outcome, how many encounters)]."""
        return [(outcome, self.all[outcome.value]) for outcome in Encounter.Outcome]

    @property
    def by_product(self):
        """[(offered product, numbers)], the one that was met most comes first."""
        return self._lines("offered", self._products)

    @property
    def by_person(self):
        """[(name of the owner, numbers)], who met it most comes first."""
        return self._lines("owner", self._people)

    def address(self, **conditions):
        """Return where the encounters with it are listed that meet some conditions."""
        query = urlencode({"competitor": self.competitor.pk, **conditions})
        return f"{Encounter.page('list')}?{query}"

    def _lines(self, condition, found):
        """Return [(label, [{label, value, url}] by outcome)] of the fullest groups."""
        order = sorted(found, key=lambda key: (-found[key].total(), key[1], key[0]))
        return [
            (
                label,
                [
                    {
                        "label": outcome.label,
                        "value": found[value, label][outcome.value],
                        "url": self.address(
                            **{condition: value, "outcome": outcome.value}
                        ),
                    }
                    for outcome in Encounter.Outcome
                ],
            )
            for value, label in order[:LINES]
        ]


def outcomes_of(competitor, user):
    """Return the Outcomes; None for whoever has no right to encounters at all."""
    if not user.has_perm(permission("view", Encounter)):
        return None
    return Outcomes(competitor, user)


def latest_encounters(competitor, user):
    """Return the newest encounters that one may see, as parts/card.html has rows."""
    rows = Encounter.objects.visible_to(user).filter(competitor=competitor)
    rows = rows.select_related("customer", "reason").order_by("-happened_on", "-pk")
    return [
        {
            "title": row.customer,
            "url": row.get_absolute_url(),
            "when": date_text(row.happened_on),
            "note": _said(row),
        }
        for row in rows[:ROWS]
    ]


def _said(encounter):
    """Return how an encounter ended, why, and what they offered."""
    outcome, reason = encounter.get_outcome_display(), encounter.reason
    offered = (encounter.offered_product, number_text(encounter.price))
    return " · ".join(filter(None, (text(outcome), text(reason), *offered)))


def latest_news(competitor, user):
    """Return the newest news of it that one may see, as parts/card.html has rows.

    None for whoever has no right to news at all.
    """
    if not user.has_perm(permission("view", NewsItem)):
        return None
    rows = NewsItem.objects.visible_to(user).filter(
        pk__in=competitor.news_links.order_by().values("news")
    )
    newest = rows.order_by("-published_on", "-pk")
    return [
        {
            "title": row.title,
            "url": row.get_absolute_url(),
            "when": date_text(row.published_on),
        }
        for row in newest[:ROWS]
    ]


def _waiting(user):
    if not user.has_perm(permission("add", NewsItem)):
        return []
    return [FeedEntry.objects.filter(state=FeedEntry.State.WAITING)]


waiting = MenuNumber(_waiting)
