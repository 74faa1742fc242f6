"""The rounds that wait longest for a person, of whatever kinds, in one query."""

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    BooleanField,
    DecimalField,
    Exists,
    F,
    OuterRef,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast

from crm.approval.deciding import flows, turns_of
from crm.approval.flow import Flow
from crm.models import User
from crm.queries.ids import any_of
from crm.queries.prepared import PreparedFor
from crm.queries.unions import together

MONEY = DecimalField(max_digits=30, decimal_places=2)


class Asked(NamedTuple):
    """A round as the workbench shows it; `about` is what its record belongs to."""

    place: int
    record: int
    number: str
    title: str
    about: str
    about_id: int | None
    is_about_seen: bool
    amount: Decimal | None
    submitted_at: datetime
    round: int

    @property
    def flow(self) -> Flow:
        """The flow of its kind."""
        return flows()[self.place]

    @property
    def url(self) -> str:
        """The address of the record."""
        return self.flow.model(pk=self.record).get_absolute_url()

    @property
    def about_url(self) -> str:
        """The address of what it belongs to, if the person may open that."""
        if not self.is_about_seen:
            return ""
        return _related(self.flow)(pk=self.about_id).get_absolute_url()


def longest_waiting(user: User, most: int) -> list[Asked]:
    """Return the rounds, of any kind, that have waited longest for a person."""
    asked = [list(turns_of(user, flow))[:most] for flow in flows()]
    if not any(asked):
        return []
    return [Asked(*row) for row in _oldest(most)(user, *asked)]


@cache
def _oldest(most: int) -> PreparedFor:
    """Return the query of the first of some rounds of each kind."""

    def longest_waiting_rounds(user: User, *ids: list[int]) -> QuerySet:
        parts = [_rows(*one, user) for one in enumerate(ids)]
        return together(parts).order_by("submitted_at", "pk")[:most]

    stand_ins = ([-1 - place] for place, _flow in enumerate(flows()))
    return PreparedFor(longest_waiting_rounds, *stand_ins)


def _rows(place: int, ids: list[int], user: User) -> QuerySet:
    """Return some rounds of one kind with the columns of `Asked`."""
    flow = flows()[place]
    rows = flow.rounds._default_manager.filter(any_of("pk", ids)).order_by()
    field = flow.number_field
    number = F(f"{flow.record}__{field}") if field else Value("")
    columns = {
        "place": Value(place),
        "its_number": Cast(number, TextField()),
        "its_title": Cast(flow.proposed_column(flow.title_field), TextField()),
        **_about(flow, user),
        "its_amount": _amount(flow),
    }
    for name, column in columns.items():  # in turn: one asks for another
        rows = rows.annotate(**{name: column})
    names = ["place", flow.record, *list(columns)[1:], "submitted_at", "pk"]
    return rows.values_list(*names)


def _about(flow: Flow, user: User) -> dict[str, Any]:
    """Return the columns of what the record belongs to, and whether that is seen."""
    if not flow.about_field:
        return {
            "its_about": Value("", TextField()),
            "its_about_id": Cast(Value(None), BigIntegerField()),
            "is_about_seen": Value(False, BooleanField()),
        }
    related, name = _related(flow), flow.about_field
    seen = related.objects.visible_to(user).filter(pk=OuterRef("its_about_id"))
    called = flow.proposed_column(f"{name}__{related.name_field}")
    return {
        "its_about": Cast(called, TextField()),
        "its_about_id": flow.proposed_column(f"{name}_id"),
        "is_about_seen": Exists(seen),
    }


def _related(flow: Flow) -> Any:
    """Return the model of what records of a kind belong to."""
    return flow.model._meta.get_field(flow.about_field).related_model


def _amount(flow: Flow) -> Any:
    if not flow.amount_field:
        return Cast(Value(None), MONEY)
    return Cast(flow.proposed_column(flow.amount_field), MONEY)
