"""How rows of a kind stand in the time lines of what they belong to.

A model says so in `moments`; whoever draws a time line asks Django for the models
(`crm.kinds.moments_of`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q


@dataclass(frozen=True)
class Moment:
    """What rows of a kind tell in time lines, and when it was or is to be.

    Attributes:
        key: of the filter of time lines; moments of one key have one `label`.
        label: what the filter calls them.
        at: the column of the day or the moment; without one, a row tells nothing.
        under: paths of relations from the row to the records in whose time lines it
            stands, `pk` if it is the record itself. Who sees the row is asked of its
            kind; of one that is no `Record`, of what the first relation leads to.
        title: the column by which the row is called; empty: `act` says all.
        note: columns of which the first that says anything is told below.
        state: a column of choices, options or yes and no.
        states: {value: what it is called}, of a column that does not say.
        who: the path to the name of whose doing it is.
        amount: the column of CNY.
        act: what happened, where the label does not say it.
        is_plan: whether it is planned while it lies ahead.
        is_promise: whether it is late when it has not happened by then.
        where: which rows alone.
        page: the name of the page that it leads to. `{kind}` is the kind of the row,
            `{parent}` that of what the first relation of `lead` leads to.
        lead: the column of the record whose page that is, if it is not the row's.
        is_file: whether the page also wants the number of the row.
    """

    key: str
    label: Any
    at: str
    under: tuple[str, ...]
    title: str = ""
    note: tuple[str, ...] = ()
    state: str = ""
    states: Mapping[str, Any] = field(default_factory=dict)
    who: str = ""
    amount: str = ""
    act: Any = ""
    is_plan: bool = False
    is_promise: bool = False
    where: Q = field(default_factory=Q)
    page: str = "{kind}_detail"
    lead: str = ""
    is_file: bool = False
