"""How values are written: the same in lists, on record pages, in exports."""

from datetime import date, datetime, time
from decimal import Decimal
from functools import cache

from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm import dictionaries
from crm.fields import YearField
from crm.models import DictionaryField

#: What starts the name of an attribute that holds the name of a related row.
NAME_OF = "name_of_"


def date_text(value):
    """Return 2026-11-22."""
    return f"{value:%Y-%m-%d}" if value else ""


def moment_text(value):
    """Return 2026-11-22 09:30 in the reader's zone."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


def time_text(value):
    """Return 09:30: what people set by hand has no seconds."""
    return f"{value:%H:%M}" if value is not None else ""


def number_text(value):
    """Return 1,234,567.80 with the places it has."""
    return "" if value is None else f"{value:,}"


#: A number of more digits is an amount of money, told with all its places.
DIGITS_OF_MONEY = 10


def column_number_text(field, value):
    """Return a number of a column as people read it: money has all its places."""
    is_money = (getattr(field, "max_digits", 0) or 0) >= DIGITS_OF_MONEY
    return number_text(value) if is_money else short_number_text(value)


def short_number_text(value):
    """Return 1,234.5 without zeros at the end of its fraction."""
    whole, _point, fraction = number_text(value).partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def yes_no(value):
    """Return 是 or 否."""
    return "" if value is None else (_("yes") if value else _("no"))


def text(value):
    """Return any value as a reader sees it."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "、".join(text(one) for one in value)
    for kind, write in WRITTEN:
        if isinstance(value, kind):
            return write(value)
    return str(value)


#: How values are written; the first that fits: a moment is a day to Python, too.
WRITTEN = (
    (bool, yes_no),
    (datetime, moment_text),
    (date, date_text),
    (time, time_text),
    (int | Decimal, number_text),
)


def reader(model, path):
    """Return a function from a record to the text of one of its fields.

    Args:
        model: the model class.
        path: a field or attribute, relations crossed by dots or `__`.
    """
    names = tuple(path.replace("__", ".").split("."))
    field = _field(model, names)
    if isinstance(field, DictionaryField) and len(names) == 1:
        attname, labels = field.attname, dictionaries.labels()
        return lambda record: labels.get(getattr(record, attname), "")
    if field is not None and field.choices:
        labels = {key: capfirst(str(label)) for key, label in field.flatchoices}
        if len(names) == 1:
            return lambda record: labels.get(getattr(record, names[0]), "")
        return lambda record: labels.get(_follow(record, names), "")
    if field is not None and field.is_relation and len(names) == 1:
        return lambda record: _name_of(record, names[0])
    if isinstance(field, YearField):
        return lambda record: field.text_of(_follow(record, names))
    if len(names) == 1 and field is not None:
        (name,) = names
        return lambda record: text(getattr(record, name))
    return lambda record: text(_follow(record, names))


def _name_of(record, relation):
    """Return what a related row is called; some lists bring only that along."""
    known = record.__dict__.get(f"{NAME_OF}{relation}", record)
    return text(getattr(record, relation) if known is record else known)


def label_of(model, path):
    """Return the label of a field, or of a method's `short_description`."""
    field = _field(model, tuple(path.replace("__", ".").split(".")))
    if field is not None:
        return field.verbose_name
    return getattr(getattr(model, path, None), "short_description", path)


@cache
def _field(model, names):
    for name in names[:-1]:
        model = model._meta.get_field(name).related_model
    fields = {field.name: field for field in model._meta.get_fields()}
    found = fields.get(names[-1])
    return found if isinstance(found, models.Field) else None


def _follow(record, names):
    for name in names:
        if record is None:
            return None
        record = getattr(record, name)
    return record() if callable(record) else record
