"""Numbers that a record's page shows of the rows filed under it.

A kind declares them in `figures`; each counts, or adds up, exactly the rows of the list
that it opens (`crm.kinds.figures_of`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.queries.days import on_days
from crm.queries.figures import Counted, capped


class Summed(Subquery):
    """The sum of a column of some rows; None of no row."""

    template = "(SELECT sum(summed.amount) FROM (%(subquery)s) AS summed (amount))"
    output_field = DecimalField(max_digits=20, decimal_places=2)


@dataclass(frozen=True)
class FiledFigure:
    """One such number.

    Attributes:
        key: unlike those of the other figures on a page.
        label: what it is called.
        under: relations: the pages of the records they lead to show it.
        where: which of the rows it counts.
        conditions: the same, as the address of the list says it.
        since: (column of a moment, number of days): those of so many days alone.
        amount: the column that is added up; without one the rows are counted.
        less: the path to amounts that are taken off that of a row.
        limit: the column of the record's own limit of that sum.
        tone: good, warn or bad, where there is anything to count.
        title: what exactly it counts, if the label does not say it all.
    """

    key: str
    label: Any
    under: tuple[str, ...]
    where: Q = field(default_factory=Q)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    since: tuple[str, int] | None = None
    amount: str = ""
    less: str = ""
    limit: str = ""
    tone: str = ""
    title: Any = ""

    def number(self, record, model, relation, user):
        """Return the number as a column, of the rows that the person may see."""
        rows = record.filed(model, relation, user).filter(self.where)
        if self.since is not None:
            column, days = self.since
            rows = rows.filter(on_days(column, first=_first_of(days)))
        if not self.amount:
            return Counted(rows)
        rows = rows.order_by()
        if self.less:
            return Summed(rows.annotate(left=self._left(model)).values("left"))
        return Summed(rows.values(self.amount))

    def _left(self, model):
        """Return what is left of the amount of a row."""
        same = model.everything.filter(pk=OuterRef("pk")).order_by().values("pk")
        taken = Subquery(same.annotate(taken=Sum(self.less)).values("taken"))
        return F(self.amount) - Coalesce(taken, Decimal(0))

    def address(self, record, model, relation):
        """Return where the rows are listed that it counts."""
        query = {relation: record.pk, **self.conditions}
        if self.since is not None:
            column, days = self.since
            query[f"{column}_after"] = _first_of(days)
        return f"{model.page('list')}?{urlencode(query, doseq=True)}"

    def shown(self, record, number):
        """Return {label, value, tone, title} of the number that was read."""
        label, tone = self.label, self.tone
        if not self.amount:
            value = capped(number)
            return {"label": label, "value": value, "tone": tone, "title": self.title}
        number = number or Decimal(0)
        limit = getattr(record, self.limit) if self.limit else None
        if limit is not None:
            words = {"label": label, "limit": f"{limit:,.2f}"}
            label = _("%(label)s, limit %(limit)s") % words
            tone = "bad" if number > limit else tone
        value = f"{number:,.2f}"
        return {"label": label, "value": value, "tone": tone, "title": self.title}


def _first_of(days):
    """Return the first of so many days that end today."""
    return timezone.localdate() - timedelta(days=days - 1)
