"""From the text of a cell to the value of a field, by the form's own readers."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.forms import typed_values
from crm.imports import options
from crm.models import DictionaryField
from crm.text import single_line
from crm.validators import validate_phone
from system.imports.parsing.notes import NO_VALUE

#: What people write into a cell that has nothing to say.
NOTHING = frozenset(
    r"n/a 无 暂无 - -- — —— / \ \n null (null) none nil".split()  # noqa: SIM905 - so many signs read better without quotes
)
#: 915309023231065470000000 as Excel hands it over, and 9.15309E+17 as it writes it.
_SHORTENED = re.compile(r"\d(\.\d+)?[eE]\+\d{2}")
#: A figure of which it has written the first six digits alone.
_CUT_SHORT = re.compile(r"-?\d\.\d{5}[eE]\+\d{2}")


def is_nothing(text):
    """Say whether a cleaned cell counts as empty."""
    return not text or text.casefold() in NOTHING


def reader_of(name, form_field, model_field, importer):
    """Return the function from a cell's text to the cleaned value of a field."""
    if name in ("owner", "reporter"):
        return options.people(form_field, importer.user)
    if isinstance(model_field, DictionaryField):
        return options.items(model_field.dictionary, importer.ways.values.get(name, {}))
    if form_field is None:
        return one_line
    if isinstance(form_field, forms.TypedChoiceField):
        said = importer.ways.values.get(name, {})
        return options.choices(model_field, importer.words.get(name, {}) | said)
    if isinstance(form_field, forms.BooleanField):
        return options.yes_no
    if validate_phone in model_field.validators:
        return lambda text: form_field.clean(telephone(text))
    tidy = _tidier(form_field, importer.ways, dict(importer.ways.units).get(name, ""))
    return lambda text: form_field.clean(tidy(text))


def _tidier(form_field, ways, unit):
    """Return what makes of a cell the text that a person would type."""
    if isinstance(form_field, forms.DateTimeField):
        return lambda text: typed_values.day(text, order=ways.day_order)
    if isinstance(form_field, forms.DateField):
        # The time that a sheet adds to a day is dropped.
        return lambda text: typed_values.day(text, order=ways.day_order).split(" ")[0]
    if isinstance(form_field, forms.DecimalField | forms.IntegerField):
        return lambda text: typed_values.number(
            f"{_uncut(text)}{unit}", comma=ways.comma
        )
    several_lines = isinstance(getattr(form_field, "widget", None), forms.Textarea)
    return whole if several_lines else one_line


def one_line(text):
    """Return a text for a field of one line."""
    return single_line(whole(text))


def telephone(text):
    """Return a telephone without the sign that keeps its digits a text."""
    return one_line(text).lstrip("'’‘")


def refuse_errors(parts):
    """Refuse the cells for which the file itself has no value.

    Raises:
        ValidationError: one of them is an error of the sheet, a formula without a
            value, or an unreadable sign.
    """
    for part in parts:
        if isinstance(part, dict):
            raise ValidationError(
                _why_unread(part["error"]),
                code="cell_error",
                params={"value": part["error"]},
            )


def _why_unread(error):
    if error == NO_VALUE:
        return _(
            "A formula stands here without its value: open the file in Excel or WPS "
            "and save it."
        )
    if error.startswith("U+"):
        return _("A sign here cannot be read (%(value)s): the encoding is wrong.")
    return _("Excel shows an error here: %(value)s")


def whole(text):
    """Return a text that no spreadsheet program has shortened.

    Raises:
        ValidationError: digits are lost.
    """
    if not isinstance(text, str) or _SHORTENED.fullmatch(text):
        raise _rounded()
    return text


def _uncut(text):
    """Return a figure as it stands, unless its last digits are not there."""
    if _CUT_SHORT.fullmatch(str(text)):
        raise _rounded()
    return text


def _rounded():
    return ValidationError(
        _(
            "Excel has rounded this number, its last digits are lost. Format the "
            "column as text and type it anew."
        ),
        code="rounded",
    )
