"""What targets can be set for: numbers of rows that a kind declares of itself.

A kind names them in `measures`; whoever sets a target finds all of them by their keys
(`crm.kinds.measures`), and `crm.charts.measuring` reckons how far it was reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q


@dataclass(frozen=True)
class Measure:
    """One such number, told apart by people and by the months of a year.

    Attributes:
        key: its name, unlike those of all other kinds.
        label: what it is called.
        days: columns of the day or the moment that may count, the usual one first.
        people: columns of the person that may count, the usual one first.
        where: which rows count, of those in the books.
        conditions: the same, as the address of the list says it.
        options: {column: code}: options of dictionaries that the rows have.
        amount: the column or expression that is added up; none: rows are counted.
        note: what the list does not say of the number by itself.
    """

    key: str
    label: Any
    days: tuple[str, ...]
    people: tuple[str, ...] = ("owner", "reporter")
    where: Q = field(default_factory=Q)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    amount: Any = None
    note: Any = ""

    @property
    def is_count(self):
        """Whether rows are counted."""
        return self.amount is None
