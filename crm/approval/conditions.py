"""Conditions of rules on any field: what is compared, how, and with what.

PostgreSQL decides whether a row meets them (`crm_meets`), for pages, too. A field that
a rule names and that is there no longer counts as met: the rule then asks for approval
of more than before, never of less. A retired option is compared with as before, since
rows keep it; where another one takes its place, the condition gets that one, too.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm import dictionaries
from crm.display import short_number_text
from crm.models import Department, DictionaryField, DictionaryItem
from crm.models.groups import asked
from crm.text import about


class Sort(Enum):
    """What kind of values a field has."""

    TEXT = auto()
    OPTION = auto()
    NUMBER = auto()
    DAY = auto()
    FLAG = auto()
    #: Departments, each with those below it.
    DEPARTMENT = auto()


class Operator(models.TextChoices):
    """How a field is compared; texts whatever their case and width."""

    IS = "is", pgettext_lazy("comparison", "is")
    CONTAINS = "contains", pgettext_lazy("comparison", "contains")
    ONE_OF = "one_of", pgettext_lazy("comparison", "is one of")
    WITHIN = "within", pgettext_lazy("comparison", "is or lies below")
    EQUALS = "equals", pgettext_lazy("comparison", "=")
    AT_LEAST = "at_least", pgettext_lazy("comparison", "≥")
    AT_MOST = "at_most", pgettext_lazy("comparison", "≤")
    OVER = "over", pgettext_lazy("comparison", ">")
    UNDER = "under", pgettext_lazy("comparison", "<")
    YES = "yes", pgettext_lazy("comparison", "is yes")
    NO = "no", pgettext_lazy("comparison", "is no")
    EMPTY = "empty", pgettext_lazy("comparison", "is empty")
    FILLED = "filled", pgettext_lazy("comparison", "is not empty")


#: They compare with nothing.
ALONE = (Operator.YES, Operator.NO, Operator.EMPTY, Operator.FILLED)
#: They compare numbers, or days.
BOUNDS = (
    Operator.AT_LEAST,
    Operator.AT_MOST,
    Operator.OVER,
    Operator.UNDER,
    Operator.EQUALS,
)
_OPEN = (Operator.EMPTY, Operator.FILLED)
OPERATORS = {
    Sort.TEXT: (Operator.CONTAINS, Operator.IS, *_OPEN),
    Sort.OPTION: (Operator.ONE_OF, *_OPEN),
    Sort.NUMBER: (*BOUNDS, *_OPEN),
    Sort.DAY: (*BOUNDS, *_OPEN),
    Sort.FLAG: (Operator.YES, Operator.NO),
    Sort.DEPARTMENT: (Operator.WITHIN, *_OPEN),
}


@dataclass
class Fact:
    """A field that conditions may name; `key` is what SQL calls it."""

    key: str
    label: Any
    sort: Sort
    group: Any
    #: Of options: the dictionary, or the choices there are.
    kind: str = ""
    fixed: tuple[tuple[Any, Any], ...] = ()
    is_related: bool = False

    @property
    def name(self) -> str:
        """What it is called beside fields of other records."""
        return about(self.group, self.label) if self.is_related else str(self.label)

    @property
    def operators(self) -> list[tuple[str, Any]]:
        """The choices of how it is compared."""
        return [(one.value, one.label) for one in OPERATORS[self.sort]]

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        """The values there are, of options and departments; retired ones say so."""
        if self.sort == Sort.DEPARTMENT:
            rows = Department.objects.order_by("path")
            return [(str(row.pk), str(row)) for row in rows]
        if self.kind:
            items = dictionaries.items_of(self.kind, retired=True)
            return [(str(item.pk), _label(item)) for item in items]
        return [(str(value), str(label)) for value, label in self.fixed]

    def value_text(self, row: "Condition") -> str:
        """Return what a condition compares it with, as people read it."""
        if row.operator in (Operator.ONE_OF, Operator.WITHIN):
            return dict(self.choices).get(row.compared, gettext("no longer there"))
        if row.operator in BOUNDS:
            is_day = "-" in row.value[1:]
            return row.value if is_day else short_number_text(Decimal(row.value))
        return f"“{row.value}”"


def _label(item: DictionaryItem) -> str:
    if item.active:
        return item.local_label
    return gettext("%s (retired)") % item.local_label


def facts_of(
    kind: Any, *, prefix: str = "", leave_out: tuple[str, ...] = ()
) -> Iterator[Fact]:
    """Yield what conditions may name of a kind: what its form asks for.

    Args:
        kind: the model.
        prefix: of the keys of another record than the one that is approved.
        leave_out: names of fields.
    """
    for name in asked(kind):
        if name in leave_out:
            continue
        field = kind._meta.get_field(name)
        is_option = isinstance(field, DictionaryField)
        yield Fact(
            key=prefix + (field.attname if is_option else name),
            label=field.verbose_name,
            sort=_sort_of(field),
            group=kind._meta.verbose_name,
            kind=field.kind if is_option else "",
            fixed=tuple(field.flatchoices),
            is_related=bool(prefix),
        )


#: What the kinds of columns are; relations are compared by what they are called.
_SORTS = (
    (models.BooleanField, Sort.FLAG),
    (models.DecimalField, Sort.NUMBER),
    (models.IntegerField, Sort.NUMBER),
    (models.DateField, Sort.DAY),
)


def _sort_of(field: Any) -> Sort:
    if isinstance(field, DictionaryField) or field.choices:
        return Sort.OPTION
    return next((sort for kind, sort in _SORTS if isinstance(field, kind)), Sort.TEXT)


class Condition(models.Model):
    """A value that a field of a record is compared with.

    Those of one place are one condition, which is met if any of them is; a rule asks
    for all its conditions. A kind adds `rule`, the key of its rule, named `conditions`.
    """

    place = models.PositiveSmallIntegerField(_("place"), default=1)
    field = models.CharField(_("field"), max_length=60)
    operator = models.CharField(
        _("comparison"), max_length=10, choices=Operator.choices
    )
    value = models.CharField(_("compared with"), max_length=200, blank=True)
    option = models.ForeignKey(
        DictionaryItem,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("option"),
        related_name="+",
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("department"),
        related_name="+",
    )

    rule: models.ForeignKey[Any, Any]

    class Meta:
        abstract = True
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        default_permissions = ()
        ordering = ("place", "pk")

    def __str__(self) -> str:
        return f"{self.field} {self.operator} {self.compared}"

    @property
    def compared(self) -> str:
        """What it compares with, as forms have it."""
        return str(self.option_id or self.department_id or self.value)


def condition_constraints(name: str) -> tuple[models.BaseConstraint, ...]:
    """Return the constraints of a kind's conditions; `name` starts their names."""
    values = ("value", ""), ("option", None), ("department", None)
    alone = Q(*values, operator__in=ALONE)
    is_one = [
        ~Q(given) & Q(*(other for other in values if other != given))
        for given in values
    ]
    one = ~Q(operator__in=ALONE) & (is_one[0] | is_one[1] | is_one[2])
    return (
        models.UniqueConstraint(
            fields=(
                "rule",
                "place",
                "field",
                "operator",
                "value",
                "option",
                "department",
            ),
            nulls_distinct=False,
            name=f"{name}_once",
        ),
        models.CheckConstraint(
            condition=Q(operator__in=Operator.values), name=f"{name}_operator_known"
        ),
        models.CheckConstraint(
            condition=alone | one,
            name=f"{name}_compares_with_one",
        ),
        models.CheckConstraint(
            condition=~Q(operator__in=BOUNDS)
            | Q(value__regex=r"^(-?\d+(\.\d+)?|\d{4}-\d\d-\d\d)$"),
            name=f"{name}_bound_is_one",
        ),
    )


def in_words(conditions: Iterable[Any], facts: Mapping[str, Fact]) -> list[str]:
    """Return conditions of a rule as people read them, one text each.

    Args:
        conditions: rows of a kind's conditions, by place.
        facts: {key: Fact} of what conditions may name.
    """
    return [
        _in_words(list(rows), facts)
        for _place, rows in groupby(conditions, key=lambda row: row.place)
    ]


def _in_words(rows: list[Any], facts: Mapping[str, Fact]) -> str:
    first = rows[0]
    fact = facts.get(first.field)
    if fact is None:
        return gettext("%s (no longer a field: counts as met)") % first.field
    values = (fact.value_text(row) for row in rows if row.compared)
    said = (fact.name, first.get_operator_display(), "、".join(values))
    return " ".join(filter(None, said))
