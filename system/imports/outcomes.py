"""What becomes of one row of a file."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Outcome:
    """What becomes of one row: created, updated, skipped, refused, or it is no record.

    `reason` says why it was skipped, `twin` which earlier row it repeats; `left` is
    {field: what stood there} of options that are left empty, `differs` says whether
    its address is not in its region, `renumbered` whether its number became that of
    another system, `later` whether it names a record that stands
    further down in the file. `cleaned` are the values of the row, `companion`
    those of what it names beside, `before` the values that an update writes over.
    `alike` says what it has in common with the
    record that it probably is, `whom` whom to ask about one that nobody may see;
    `named` are the ids of the records of which a refusal speaks. `line` are the values
    of a contract's line, `head` is the outcome of the contract's first row.
    """

    number: int
    cells: list
    verdict: str = ""
    record: Any = None
    before: Any = None
    changes: dict = field(default_factory=dict)
    reasons: list = field(default_factory=list)
    reason: str = ""
    twin: int | None = None
    left: dict = field(default_factory=dict)
    later: bool = False
    cleaned: dict = field(default_factory=dict)
    companion: dict = field(default_factory=dict)
    differs: bool = False
    renumbered: bool = False
    alike: list = field(default_factory=list)
    whom: list = field(default_factory=list)
    named: list = field(default_factory=list)
    line: dict = field(default_factory=dict)
    head: "Outcome | None" = None
