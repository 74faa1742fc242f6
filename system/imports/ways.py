"""How a person says that a file is to be read: what holds for all of its rows."""

from dataclasses import dataclass, field
from typing import Any

from crm.imports.headers import unit_of
from system.models import ImportRun


@dataclass(frozen=True)
class Ways:
    """What a person says once of a file: what its cells mean, and the unknown ones."""

    unknown: str = "refuse"
    day_order: str = ""
    comma: bool = False
    units: tuple = ()
    values: dict = field(default_factory=dict)
    owned_by: str = ""
    assigned_to: Any = None
    shares: Any = ()
    match_by: str = ""


def ways_of(run):
    """Return how a person says that the cells of a file are to be read."""
    named = ((name, run.columns[int(place)]) for place, name in run.mapping.items())
    return Ways(
        unknown=run.unknown,
        day_order=run.day_order,
        comma=run.decimal_sign == ImportRun.Decimal.COMMA,
        units=tuple((name, unit_of(header)) for name, header in named),
        values=run.values,
        owned_by=run.owned_by,
        assigned_to=run.assigned_to,
        shares=run.shares,
        match_by=run.match_by,
    )
