"""The battle card: a competitor on paper."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from competitors.models import Competitor
from competitors.numbers import outcomes_of, products_of
from crm.papers.paper import Paper, fact, frame, table
from crm.papers.sheets import record_sheet


def sheet_of(competitor, user, _asked):
    """Return what the battle card says: its products and outcomes come first."""
    found = []
    if outcomes := outcomes_of(competitor, user):
        heads = [(outcome.label, True) for outcome, _number in outcomes.total]
        row = [number for _outcome, number in outcomes.total]
        found.append(table(_("How encounters ended"), heads, [row]))
    if products := products_of(competitor, user):
        found.append(_products(products))
    return record_sheet(competitor, user, _("Battle card"), Competitor.groups, found)


def _products(products):
    heads = [
        (_("Rival product"), False),
        (_("Our product"), False),
        (_("Price from (CNY)"), True),
        (_("Price to (CNY)"), True),
        (_("Remarks"), False),
    ]
    names = ("name", "ours", "price_from", "price_to", "remarks")
    rows = [[rival[name] or "" for name in names] for rival in products]
    return table(_("Rival products"), heads, rows)


def example(user):
    """Return what the battle card of a competitor says that there is not."""
    rival = {"name": "示例 X1", "ours": "示例产品 A", "remarks": "交货较慢"}
    prices = {"price_from": "8,000.00", "price_to": "9,500.00"}
    facts = [fact("name", _("competitor name"), "示例竞争有限公司", wide=True)]
    return {
        **frame(user, _("Battle card"), "示例竞争有限公司"),
        "groups": [{"heading": _("Basics"), "facts": facts}],
        "tables": [_products([{**rival, **prices}])],
    }


CARD = Paper(
    slug="battle_card",
    label=gettext_lazy("Battle card"),
    address="sheet",
    kind="competitors.competitor",
    data=sheet_of,
    example=example,
    along=("owner__department", "reporter"),
)
