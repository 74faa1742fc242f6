"""How likely an open opportunity is to be won, by how those like it ended.

Naive Bayes over signs that either stand at an opportunity or not: the odds are those of
all that ended, times P(sign | won) / P(sign | lost) of each sign, as if they told
independently. Each share counts one with and one without the sign besides (Laplace).
Source: C. Manning et al., Introduction to Information Retrieval, 2008, 13.3.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import exp, log
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.display import number_text
from crm.kinds import settling_of
from crm.models import User
from sales.models import Opportunity, Stay

STATUS = Opportunity.Status
#: Fewer that were won, or lost, tell nothing.
LEAST = 30
#: Those count that ended within these days.
LOOKED_BACK = timedelta(days=3 * 365)
#: Amounts from one of these on are alike up to the next, in CNY.
BANDS = (0, 50_000, 200_000, 1_000_000)
MOST_REASONS = 3


@dataclass(frozen=True)
class Reason:
    """A sign, and how many times the odds are what they would be without it."""

    label: str
    times: float

    @property
    def text(self):
        """The factor as people read it: ×1.8."""
        return f"×{self.times:.1f}" if self.times >= 0.1 else "×<0.1"

    @property
    def is_good(self):
        """Whether it speaks for winning."""
        return self.times >= 1


@dataclass(frozen=True)
class Chance:
    """What is reckoned.

    Attributes:
        won, lost: of how many it is reckoned.
        percent: how likely winning is; None where too few ended.
        reasons: the signs that tell most, the strongest first.
    """

    won: int
    lost: int
    percent: int | None = None
    reasons: tuple[Reason, ...] = ()


def chance_of(opportunity: Opportunity, user: User) -> Chance:
    """Return how likely an open opportunity is to be won, by what the reader may see.

    Args:
        opportunity: an open one.
        user: the reader: of other deals, and of encounters, nothing is told.
    """
    signs = _signs(opportunity, user)
    rows = Opportunity.objects.registered().visible_to(user)
    rows = rows.exclude(pk=opportunity.pk).order_by()
    rows = rows.filter(
        status__in=(STATUS.WON, STATUS.LOST),
        closed_on__gte=timezone.localdate() - LOOKED_BACK,
    )
    counts = {f"sign_{n}": Count("pk", filter=q) for n, (_l, q) in enumerate(signs)}
    ended = {
        row["status"]: row
        for row in rows.values("status").annotate(number=Count("pk"), **counts)
    }
    won, lost = (ended.get(s, {"number": 0}) for s in (STATUS.WON, STATUS.LOST))
    if min(won["number"], lost["number"]) < LEAST:
        return Chance(won["number"], lost["number"])
    reasons = [
        Reason(label, _share(won, f"sign_{n}") / _share(lost, f"sign_{n}"))
        for n, (label, _condition) in enumerate(signs)
    ]
    odds = log(won["number"] / lost["number"]) + sum(log(r.times) for r in reasons)
    reasons.sort(key=lambda reason: -abs(log(reason.times)))
    percent = round(100 / (1 + exp(-odds)))
    strongest = tuple(reasons[:MOST_REASONS])
    return Chance(won["number"], lost["number"], min(99, max(1, percent)), strongest)


def _share(ended: dict[str, int], sign: str) -> float:
    return (ended[sign] + 1) / (ended["number"] + 2)


def _signs(opportunity: Opportunity, user: User) -> list[tuple[str, Any]]:
    """Return (what it says, which of those that ended show it, too)."""
    stays = Stay.objects.filter(opportunity=OuterRef("pk"), stage=opportunity.stage)
    found = [
        (str(opportunity.stage), Exists(stays)),
        (str(opportunity.owner), Q(owner=opportunity.owner_id)),
        _band(opportunity.amount),
    ]
    if opportunity.source_id:
        found.append((str(opportunity.source), Q(source=opportunity.source_id)))
    if industry := opportunity.customer.industry:
        found.append((str(industry), Q(customer__industry=industry.pk)))
    all_met = settling_of(Opportunity).met(user)
    met = all_met.filter(opportunity=OuterRef("pk"))
    if all_met.filter(opportunity=opportunity.pk).exists():
        found.append((_("met a competitor"), Exists(met)))
    else:
        found.append((_("met no competitor"), ~Exists(met)))
    return found


def _band(amount: Any) -> tuple[str, Q]:
    """Return the band in which an amount lies, in words and as a condition."""
    least = max(band for band in BANDS if band <= amount)
    above = [band for band in BANDS if band > amount]
    condition = Q(amount__gte=least)
    if not above:
        return _("%s CNY or more") % number_text(least), condition
    label = _("below %s CNY") % number_text(above[0])
    if least:
        label = _("%(least)s to %(most)s CNY") % {
            "least": number_text(least),
            "most": number_text(above[0]),
        }
    return label, condition & Q(amount__lt=above[0])
