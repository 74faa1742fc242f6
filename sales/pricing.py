"""The price lists beside the lines of a quotation: what they say as it is handed in."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.models import Price
from contracts.models.listed import listed
from sales.models import Quotation, QuotationLine


def listed_for(
    quotation: Quotation, lines: Sequence[QuotationLine], day: date
) -> dict[int, Price]:
    """Return {id of a product: its listed price} for so many as are quoted."""
    quantities: Counter[int] = Counter()
    for line in lines:
        quantities[line.product_id] += line.quantity
    return listed(quotation.customer, quantities, day)


def keep_list(line: QuotationLine, price: Price | None) -> None:
    """Keep with a line what its list says, or what the product costs by itself."""
    line.list_price = price.price if price else line.product.price
    line.floor = price and price.floor
    line.price_list = price and price.price_list


def settle(quotation: Quotation) -> None:
    """Ask the lists of today for what is handed in; refuse what cannot be offered.

    Whatever was typed before, or came from a file, is compared with what holds now: no
    day, no merge and no old draft brings back the prices of the past.

    Raises:
        ValidationError: a product is off sale, a line is of nothing, or its list fixes
            another price.
    """
    lines = list(quotation.lines.select_related("product").order_by("pk"))
    prices = listed_for(quotation, lines, timezone.localdate())
    for line in lines:
        _refuse(line, prices.get(line.product_id))
    moved = [line for line in lines if _moves(line, prices.get(line.product_id))]
    if moved:
        names = ["list_price", "floor", "price_list"]
        QuotationLine.objects.bulk_update(moved, names)
        quotation.refresh_from_db()


def _moves(line: QuotationLine, price: Price | None) -> bool:
    """Keep with a line what its list says now; say whether that was another thing."""
    before = (line.list_price, line.floor, line.price_list_id)
    keep_list(line, price)
    return before != (line.list_price, line.floor, line.price_list_id)


def _refuse(line: QuotationLine, price: Price | None) -> None:
    """Refuse a line that cannot be offered."""
    named = {"product": line.product, "list": price and price.price_list}
    if not line.product.on_sale:
        raise ValidationError(_("%(product)s is not on sale any more.") % named)
    if not line.quantity:
        raise ValidationError(_("Say how many of %(product)s are offered.") % named)
    fixed = price is not None and price.price_list.forced
    if fixed and (line.unit_price != price.price or line.total_discount):
        words = _("“%(list)s” fixes the price of %(product)s, without a discount.")
        raise ValidationError(words % named)
