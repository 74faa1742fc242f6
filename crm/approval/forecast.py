"""Who will have to approve what is being written, as far as it is typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model

from crm.approval.flow import Flow
from crm.approval.reasons import reasons
from crm.forms.model_fields import formfield
from crm.models import User
from crm.models.groups import asked


@dataclass(frozen=True)
class Forecast:
    """The rule that asks for approval, or None, and what is known beside it.

    `reasons` says in words why the rule asks, one condition each;
    `further` says in words what else would have to be for which rule to ask;
    `is_known` says whether enough is typed to say that no rule asks; `sums` are
    (label, text) of what the numbers that are typed come to; `warnings` say what speaks
    against it; `unruled` says what comes
    of it where no rule asks, if that is not about the books.
    """

    rule: Any
    reasons: Sequence[str] = ()
    further: Sequence[str] = ()
    is_known: bool = True
    sums: Sequence[tuple[str, str]] = ()
    unruled: str = ""
    warnings: Sequence[str] = ()


class TypedForm(forms.Form):
    """A record as far as it is typed; whatever is wrong in it counts as open.

    It knows of the rows that the person may see, and of no others: a rule that asks
    for somebody's region would tell it of whatever id is sent.
    """

    def __init__(self, data: Any, *, kind: type[Model], user: User) -> None:
        """Take what is sent, the kind, whose form asks for it, and who fills it in."""
        super().__init__(data)
        self.kind, self.user = kind, user
        for field in fields_of(kind):
            self.fields[field.name] = _field(field, user)

    @classmethod
    def names(cls, kind: type[Model]) -> list[str]:
        """Return what the form reads, by the names that the page has."""
        return [*cls.base_fields, *(field.name for field in fields_of(kind))]

    @property
    def columns(self) -> dict[str, Any]:
        """{column: value} of the record, None for what cannot be read."""
        self.full_clean()
        values = {
            field.attname: _key(self.cleaned_data.get(field.name))
            for field in fields_of(self.kind)
        }
        return {**values, "owner_id": values.get("owner_id") or self.user.pk}


def fields_of(kind: type[Model]) -> list[Any]:
    """Return the fields that a kind's form asks for and that are columns."""
    return [
        field
        for field in map(kind._meta.get_field, asked(kind))
        if not field.many_to_many
    ]


def forecast_of(flow: Flow, data: Mapping[str, Any], user: User) -> Forecast:
    """Return the Forecast of a record of a kind as far as it is typed."""
    subject = flow.model(**TypedForm(data, kind=flow.model, user=user).columns)
    rule = flow.rule_for(subject)
    return Forecast(rule, reasons(flow, rule) if rule else ())


def _field(field: Any, user: User) -> forms.Field:
    if not field.is_relation:
        return formfield(field, required=False)
    rows = field.related_model._default_manager.all()
    if hasattr(rows, "visible_to"):
        rows = rows.visible_to(user)
    rows = rows.complex_filter(field.get_limit_choices_to())
    return forms.ModelChoiceField(rows, required=False)


def _key(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value
