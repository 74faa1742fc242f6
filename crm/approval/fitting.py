"""Which rule asks for approval of a row: SQL of any kind, for its guard and its pages.

`crm_fitting` says which rules in force a row meets by their conditions on any field;
what a kind compares besides, it says as SQL. A round is opened by the first of them,
and PostgreSQL asks the same of who opens it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

#: What conditions call a person of a row, and where that one works.
_PEOPLE = """'owner', (SELECT name FROM crm_user WHERE id = said.owner_id),
            'reporter', (SELECT name FROM crm_user WHERE id = said.reporter_id),
            'owner.department', (
                SELECT d.path FROM crm_user o JOIN crm_department d
                    ON d.id = o.department_id
                WHERE o.id = said.owner_id
            )"""
_FIRST = """(
        SELECT r.id FROM {rows} AS said
        CROSS JOIN LATERAL (
            SELECT to_jsonb(said) || jsonb_build_object(
            {named}) AS facts
        ) AS asked
        JOIN {prefix}approvalrule r ON r.id = ANY (crm_fitting('{prefix}', facts))
        WHERE {which} AND {own} ORDER BY r."order", r.id LIMIT 1
    )"""


@dataclass(frozen=True)
class Fitting:
    """How rows of a kind are compared with its rules.

    Attributes:
        prefix: of its tables, as `crm.approval.guards.Tables` has it.
        table: of its records.
        own: SQL of what a rule `r` compares beside its conditions; a row is `said`,
            what conditions may name of it is `facts`, as jsonb.
        named: {relation: SQL of what it is called}, beside owner and reporter: those
            that its form asks for.
    """

    prefix: str
    table: str
    own: str = "true"
    named: Mapping[str, str] = field(default_factory=dict)

    def of_row(self, key: str) -> str:
        """Return SQL of the rule for a stored row; `key` is SQL of its id."""
        return self._first(self.table, f"said.id = {key}")

    @property
    def of_values(self) -> str:
        """SQL of the rule for values that may not be stored: one parameter, as JSON."""
        return self._first(f"jsonb_populate_record(NULL::{self.table}, %s)", "true")

    def _first(self, rows: str, which: str) -> str:
        further = "".join(f",\n            '{n}', {s}" for n, s in self.named.items())
        return _FIRST.format(
            prefix=self.prefix,
            rows=rows,
            which=which,
            own=self.own,
            named=_PEOPLE + further,
        )
