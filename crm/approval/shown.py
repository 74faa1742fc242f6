"""What pages show of a kind whose records are approved; a kind may show more."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F, QuerySet

from crm.approval.conditions import Fact, facts_of
from crm.approval.rounds import Round
from crm.approval.rules import Rule
from crm.approval.turns import Turns
from crm.display import column_number_text, label_of
from crm.queries.ids import any_of
from crm.rights.permissions import permission


class Head(NamedTuple):
    """What stands above a column, and whether numbers stand in it."""

    label: Any
    is_number: bool


class Shown:
    """Rounds as pages show them, and the rows of the approver's desk.

    The defaults are for a kind that says nothing of what is proposed beside its
    records: what a round decides upon is the record, and holds once it is approved.
    """

    #: The kind's models of rounds, of verdicts with its own keys, and of its rules.
    rounds: type[Round]
    decisions: type[Any]
    rules: type[Rule]
    #: The columns of rules that are conditions of the kind's own.
    own_conditions: tuple[str, ...] = ()
    #: What their key of the record is called.
    record: str
    #: How many rounds wait for one's decision, and which.
    turns: Turns

    #: Relations of rounds that are shown along with them.
    round_along: tuple[str, ...] = ()
    #: On the desk: the field that leads to the record, if it has a number, the one
    #: that says what it is, and what else is told of its content.
    number_field = ""
    title_field = "title"
    tells: tuple[str, ...] = ()
    #: On the workbench: the relation to what a record belongs to, and what it is worth.
    about_field = amount_field = ""
    #: Draws the cells of `tells`.
    cells_template = "approval/cells.html"
    #: Draws what `whole` says of the record that is open on the desk.
    whole_template = "approval/whole.html"

    @property
    def model(self) -> Any:
        """The kind of the records."""
        return self.rounds._meta.get_field(self.record).related_model

    @property
    def right(self) -> str:
        """The permission to decide."""
        return permission("approve", self.model)

    def differences(self, before: Any, after: Any) -> list[dict[str, Any]]:
        """Return [{name, label, old, new}] of what two contents say differently."""
        return [
            {
                "name": name,
                "label": label_of(self.model, name),
                "old": _said(before.get(name)),
                "new": _said(after.get(name)),
            }
            for name in {**before, **after}
            if before.get(name) != after.get(name)
        ]

    def proposed(self, round_: Any) -> Any:
        """Return what a round decides upon beside the record itself, or None."""
        return None

    def proposed_column(self, path: str) -> Any:
        """Return the expression of a column of what a round decides upon."""
        return F(f"{self.record}__{path}")

    def is_in_force(self, round_: Any) -> bool:
        """Say whether the content of a round holds, or has held."""
        return round_.state == round_.State.APPROVED

    def proposal(self, held: Any, round_: Any) -> list[dict[str, Any]]:
        """Return how what is proposed beside a record differs from what holds."""
        return []

    def asked_of(self, user: Any, ids: Sequence[int]) -> QuerySet:
        """Return the records of some ids on which a person may be asked to decide."""
        rows = self.model.objects.visible_to(user, "approve").filter(any_of("pk", ids))
        return rows.select_related("owner__department")

    @property
    def heads(self) -> list[Head]:
        """What stands above the columns of the desk that are the kind's own."""
        return [
            Head(label_of(self.model, name), self._is_number(name))
            for name in self.tells
        ]

    @property
    def number_label(self) -> Any:
        """What stands above the column that leads to the records."""
        if self.number_field:
            return label_of(self.model, self.number_field)
        return self.model._meta.verbose_name

    @property
    def title_label(self) -> Any:
        """What stands above the column that says what a record is."""
        return label_of(self.model, self.title_field)

    def tell(self, rows: Iterable[dict[str, Any]], user: Any) -> None:
        """Add to rows of the desk what the kind tells of its own.

        Args:
            rows: dictionaries with `record` and `round`.
            user: the reader.
        """
        for row in rows:
            content = row["round"].content
            row["cells"] = [
                {
                    "label": head.label,
                    "is_number": head.is_number,
                    "value": _number(self.model._meta.get_field(name), content[name])
                    if head.is_number
                    else _said(content[name]),
                }
                for name, head in zip(self.tells, self.heads, strict=True)
            ]

    def whole(self, row: dict[str, Any], user: Any) -> dict[str, Any]:
        """Return what the desk shows of the one record that is open on it.

        Args:
            row: a row of the desk, as `tell` has left it.
            user: the reader.
        """
        content = row["round"].content
        return {
            "facts": [
                {
                    "name": name,
                    "label": label_of(self.model, name),
                    "value": _said(value),
                }
                for name, value in content.items()
                if not isinstance(value, list)
            ]
        }

    def extent(self, content: Any) -> list[str]:
        """Return of what a content is made, in words."""
        return []

    def facts(self) -> dict[str, Fact]:
        """Return {key: Fact} of what conditions of rules may name."""
        return {fact.key: fact for fact in facts_of(self.model)}

    def _is_number(self, name: str) -> bool:
        kind = self.model._meta.get_field(name).get_internal_type()
        return kind in ("DecimalField", "IntegerField", "PositiveIntegerField")


def _said(value: Any) -> str:
    """Return a value of a content as people read it; of a record its name."""
    if isinstance(value, dict):
        value = value.get("name")
    return "" if value is None else str(value)


def _number(field: Any, value: Any) -> str:
    if value in (None, ""):
        return ""
    return column_number_text(field, Decimal(str(value)))
