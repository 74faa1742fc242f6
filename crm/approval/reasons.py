"""What a rule asks of a record before it asks for its approval, in words."""

from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext as _

from crm.approval.conditions import in_words
from crm.approval.flow import Flow
from crm.display import column_number_text, label_of, yes_no


class Line(NamedTuple):
    """What a rule says of one condition of the kind's own; any record may meet it."""

    label: Any
    is_number: bool
    value: str
    meets_any: bool


def head(rules: type[models.Model], name: str) -> dict[str, Any]:
    """Return {label, is_number} of a condition of a kind's own."""
    field = rules._meta.get_field(name)
    is_number = isinstance(field, models.DecimalField)
    return {"label": label_of(rules, name), "is_number": is_number}


def own_line(rule: models.Model, name: str) -> Line:
    """Return what a rule says of a condition of the kind's own."""
    field: Any = rule._meta.get_field(name)
    value = getattr(rule, name)
    if field.is_relation:
        said = str(value) if value else _("any")
    elif value is None:
        said = "–"
    elif isinstance(field, models.DecimalField):
        said = column_number_text(field, value)
    elif isinstance(field, models.BooleanField):
        said = str(yes_no(value))
    else:
        said = str(value)
    meets_any = value is None or value == field.get_default()
    return Line(**head(type(rule), name), value=said, meets_any=meets_any)


def has_conditions(flow: Flow) -> bool:
    """Say whether rules of a kind have conditions on any field."""
    return hasattr(flow.rules, "conditions")


def reasons(flow: Flow, rule: Any) -> list[str]:
    """Return why a rule asks for approval of a record, one condition each."""
    lines = [own_line(rule, name) for name in flow.own_conditions]
    own = [f"{line.label} {line.value}" for line in lines if not line.meets_any]
    if not has_conditions(flow):
        return own
    return own + in_words(rule.conditions.all(), flow.facts())
