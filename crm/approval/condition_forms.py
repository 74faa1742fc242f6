"""The lines of a rule's form that say on which fields it looks, and how.

A line fits the field that it names. Where there are no scripts it comes to fit when
the form is sent, and is asked for what is missing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import formset_factory
from django.utils.translation import gettext_lazy as _

from crm.approval.conditions import ALONE, Fact, Sort
from crm.forms.inputs import DayInput
from crm.forms.parts import CountedParts
from crm.forms.typed_fields import DayField, NumberField
from crm.models.dictionaries import held
from crm.text import single_line

BLANK = ("", "---------")
HOW = _("Choose how it is compared.")
LONGEST = 200
#: Of a condition, in the order in which `ConditionForm.rows` has them.
COLUMNS = ("place", "field", "operator", "value", "option_id", "department_id")


class ConditionForm(forms.Form):
    """A condition: a field, a comparison, and with what.

    Args:
        facts: {key: Fact} of what may be named.
        address: where the line is asked for anew when another field is chosen.
    """

    field = forms.ChoiceField(label=_("field"))
    operator = forms.ChoiceField(
        label=_("comparison"),
        error_messages={"required": HOW, "invalid_choice": HOW},
    )
    value = forms.CharField(
        label=_("compared with"), required=False, max_length=LONGEST
    )

    def __init__(
        self, *args: Any, facts: Mapping[str, Fact], address: str = "", **options: Any
    ) -> None:
        super().__init__(*args, **options)
        chosen = str(self["field"].value() or "")
        self.fact = facts.get(chosen)
        self._offer_fields(facts, chosen, address)
        operator = self.fields["operator"]
        assert isinstance(operator, forms.ChoiceField)  # noqa: S101 - tells its type
        operator.choices = [BLANK]
        if self.fact is not None:
            operator.choices = self.fact.operators
            self.fields["value"] = _value_field(self.fact)

    def _offer_fields(
        self, facts: Mapping[str, Fact], chosen: str, address: str
    ) -> None:
        """Offer the fields in groups, and the one that is there no longer."""
        groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for key, fact in facts.items():
            groups[str(fact.group)].append((key, fact.name))
        gone = [(chosen, chosen)] if chosen and self.fact is None else []
        field: Any = self.fields["field"]
        field.choices = [BLANK, *groups.items(), *gone]
        field.widget.attrs |= {
            "hx-get": address,
            "hx-trigger": "change",
            "hx-target": "closest tr",
            "hx-swap": "outerHTML",
            "hx-include": "closest tr",
        }

    def clean(self) -> dict[str, Any]:
        """Ask for what the comparison needs, and drop what it does not."""
        said = super().clean() or self.cleaned_data
        operator, value = said.get("operator"), said.get("value")
        if self.fact is None:
            if said.get("field"):
                self.add_error(
                    "field", _("This field is there no longer: remove the condition.")
                )
        elif operator in ALONE:
            said["value"] = None
        elif operator and value in (None, "", []) and "value" not in self.errors:
            self.add_error("value", _("Say what it is compared with."))
        return said

    def clean_value(self) -> Any:
        """Return a text without what cannot be seen; options that are in use."""
        value = self.cleaned_data["value"]
        if isinstance(value, str):
            return single_line(value)
        if not isinstance(value, list):
            return value
        new = {int(one) for one in value if self._is_new(one)}
        if new - held(new):
            raise ValidationError(
                _("This option is no longer in use. Choose another one.")
            )
        return value

    def _is_new(self, value: Any) -> bool:
        """Say whether an option of a dictionary was not there before."""
        before = self.initial.get("value") or ()
        return bool(self.fact and self.fact.kind) and value not in before

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The columns of its rows, one for each value that it compares with."""
        said, value = self.cleaned_data, self.cleaned_data["value"]
        what = {"field": said["field"], "operator": said["operator"]}
        nothing = {"value": "", "option_id": None, "department_id": None}
        if value is None:
            return [what | nothing]
        if not isinstance(value, list):
            return [what | nothing | {"value": _stored(value)}]
        name = self._column
        keys = value if name == "value" else map(int, value)
        return [what | nothing | {name: key} for key in keys]

    @property
    def _column(self) -> str:
        """The column that holds what is chosen of some choices."""
        if self.fact and self.fact.sort == Sort.DEPARTMENT:
            return "department_id"
        return "option_id" if self.fact and self.fact.kind else "value"


def _value_field(fact: Fact) -> forms.Field:
    """Return the field of what a fact is compared with."""
    label: dict[str, Any] = {"label": _("compared with"), "required": False}
    if fact.sort == Sort.NUMBER:
        return NumberField(max_digits=18, decimal_places=4, **label)
    if fact.sort == Sort.DAY:
        return DayField(widget=DayInput(), **label)
    if fact.sort in (Sort.OPTION, Sort.DEPARTMENT):
        field = forms.MultipleChoiceField(choices=fact.choices, **label)
        field.widget.attrs["size"] = 4
        return field
    if fact.sort == Sort.FLAG:
        return forms.CharField(disabled=True, **label)
    return forms.CharField(max_length=LONGEST, **label)


def _stored(value: Any) -> str:
    """Return a value as it is kept: numbers plain, days as 2026-11-27."""
    return f"{value:f}" if hasattr(value, "as_tuple") else str(value)


def initial_of(conditions: Iterable[Any], facts: Mapping[str, Fact]) -> list[dict]:
    """Return what the lines show of a rule's conditions, which come by place."""
    found = []
    for _place, rows in groupby(conditions, key=lambda row: row.place):
        first, *more = rows
        fact = facts.get(first.field)
        several = fact is not None and fact.sort in (Sort.OPTION, Sort.DEPARTMENT)
        values = [row.compared for row in (first, *more)]
        found.append(
            {
                "field": first.field,
                "operator": first.operator,
                "value": values if several else values[0],
            }
        )
    return found


class BaseConditionFormSet(CountedParts, forms.BaseFormSet):
    """The conditions of a rule; each has its place."""

    def write(self, rule: Any) -> None:
        """Let a rule have these conditions, and write only what differs."""
        stay = [
            form
            for form in self.forms
            if form not in self.deleted_forms and form.cleaned_data.get("field")
        ]
        wanted = {
            tuple({"place": place, **row}.items())
            for place, form in enumerate(stay, start=1)
            for row in form.rows
        }
        for row in rule.conditions.all():
            columns = tuple((name, getattr(row, name)) for name in COLUMNS)
            if columns in wanted:
                wanted.remove(columns)
            else:
                row.delete()
        for columns in sorted(wanted, key=str):
            rule.conditions.create(**dict(columns))


ConditionFormSet = formset_factory(
    ConditionForm,
    formset=BaseConditionFormSet,
    extra=1,
    max_num=10,
    validate_max=True,
    can_delete=True,
)
