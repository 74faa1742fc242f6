"""How amounts of money are rounded: to the cent, half a cent up, and what comes of it.

* A line comes to quantity × unit price × (100 − discount %) × 0.01, rounded once, at
  the end. PostgreSQL computes what is stored by the same rule
  (`contracts.models.content.Line.amount`), the script of the form what is shown while
  one types (`static/js/lines.js`).
* A sum adds up what was rounded, so that it is what a reader of the lines adds up.
* An amount contains its tax: amount × rate ÷ (100 + rate), rounded. What is left is the
  amount without tax, so that the two always add up.
* Equal parts of an amount are rounded down; the last one has what is left.
* Parts by percent are rounded down too; the cents that are left go to the parts that
  lost most, of equal ones to the earlier (largest remainder).
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from crm.fields import CENT


def to_cents(amount: Decimal) -> Decimal:
    """Return an amount in whole cents."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def line_amount(quantity: Decimal, unit_price: Decimal, discount: Decimal) -> Decimal:
    """Return what a line comes to; `discount` is what is taken off, in %."""
    return to_cents(quantity * unit_price * (100 - discount) / 100)


def tax_within(amount: Decimal, rate: Decimal) -> Decimal:
    """Return the tax that an amount contains, at a rate in %."""
    return to_cents(amount * rate / (100 + rate))


def equal_parts(amount: Decimal, count: int) -> list[Decimal]:
    """Return an amount in so many parts; the last one has the cents that are left."""
    part = (amount / count).quantize(CENT, rounding=ROUND_DOWN)
    return [part] * (count - 1) + [amount - part * (count - 1)]


def parts_by_percent(amount: Decimal, shares: Sequence[Decimal]) -> list[Decimal]:
    """Return an amount in parts of so many percent each; `shares` add up to 100."""
    exact = [amount * share / 100 for share in shares]
    parts = [part.quantize(CENT, rounding=ROUND_DOWN) for part in exact]
    left = int((amount - sum(parts)) / CENT)
    by_loss = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])
    for place in by_loss[:left]:
        parts[place] += CENT
    return parts
