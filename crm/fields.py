"""Columns of our own: texts derived on saving, prices of one piece, years."""

from copy import copy
from decimal import Decimal

from django.db import models

#: The least by which amounts differ.
CENT = Decimal("0.01")
#: No amount of money is larger than this, in CNY.
LARGEST_AMOUNT = 10**15


class PriceField(models.DecimalField):
    """What one piece costs, in CNY with up to four places: screws have no whole cents.

    Read, it has the places that it needs, two at least: 12.50, 0.0125.
    """

    def __init__(self, *args, max_digits=20, decimal_places=4, **options):
        """Take what a decimal column takes."""
        places = {"max_digits": max_digits, "decimal_places": decimal_places}
        super().__init__(*args, **places, **options)

    def from_db_value(self, value, _expression, _connection):
        """Return it without the zeros that nobody typed."""
        return self.to_python(value)

    def to_python(self, value):
        """Return the number, with two places or as many more as it has."""
        number = super().to_python(value)
        if number is None or not number.is_finite():
            return number
        if number.adjusted() > self.max_digits:  # for the validators to refuse
            return number
        whole = number.quantize(CENT)
        return whole if whole == number else number.normalize()


class YearField(models.PositiveSmallIntegerField):
    """A year."""

    def text_of(self, value):
        """Return it as people read it: without a comma in it."""
        return "" if value is None else str(value)


def held_by(field):
    """Return what a column holds as a field: of a generated one, what comes of it."""
    if not isinstance(field, models.GeneratedField):
        return field
    held = copy(field.output_field)
    held.name, held.verbose_name = field.name, field.verbose_name
    held.model = field.model
    return held


class DerivedTextField(models.TextField):
    """Text that a method of the model makes from the row's other columns.

    Filled on save and on bulk_create alike, so that imports are found by search.
    """

    def __init__(self, method=None, **options):
        """Take the name of the method that returns the text."""
        self.method = method
        options.setdefault("editable", False)
        options.setdefault("default", "")
        super().__init__(**options)

    def deconstruct(self):
        """Keep the method's name in migrations."""
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "method": self.method}

    def pre_save(self, model_instance, add):
        """Make the text, put it on the instance and return it for the row."""
        value = getattr(model_instance, self.method)()
        setattr(model_instance, self.attname, value)
        return value
