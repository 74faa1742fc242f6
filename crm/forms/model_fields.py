"""Which form field a column has."""

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from crm.forms.inputs import DayInput, MomentInput
from crm.forms.lookups import LookupField, RegionField
from crm.forms.typed_fields import (
    DayField,
    EmailField,
    MomentField,
    NamesField,
    NumberField,
    WebAddressField,
    WholeNumberField,
)
from crm.models import DictionaryField, Region
from crm.validators import validate_http_url


class ItemField(forms.ModelChoiceField):
    """One item of a dictionary; `offered` are the items that a form has read."""

    offered = None

    def to_python(self, value):
        """Return the item: what is offered is known and need not be asked for."""
        if self.offered is None or value in self.empty_values:
            return super().to_python(value)
        key = str(getattr(value, "pk", value))
        for item in self.offered:
            if str(item.pk) == key:
                return item
        raise ValidationError(
            self.error_messages["invalid_choice"],
            code="invalid_choice",
            params={"value": value},
        )


def formfield(field, **options):
    """Return the form field of a model field: `formfield_callback` of our forms.

    Relations become search boxes, days and moments our own inputs, dictionary
    items selects.
    """
    if isinstance(field, DictionaryField):
        return field.formfield(form_class=ItemField, **options)
    if field.is_relation and field.many_to_one:
        kind = RegionField if field.related_model is Region else LookupField
        return field.formfield(form_class=kind, **options)
    if (kind := _typed_kind(field)) is not None:
        options.setdefault("form_class", kind)
    if field.get_internal_type() == "DateField":
        options["widget"] = DayInput()
    if field.get_internal_type() == "DateTimeField":
        attrs = {"data-ahead": ""} if field.name == "next_contact_at" else None
        options["widget"] = MomentInput(attrs)
    return field.formfield(**options)


def _typed_kind(field):
    """Return the form field that reads what people write into a column, or None."""
    if field.choices:
        return None
    if validate_http_url in field.validators:
        return WebAddressField
    return next((kind for model, kind in TYPED if isinstance(field, model)), None)


#: The kinds of columns and their form fields; a moment is a day to Django, too.
TYPED = (
    (models.EmailField, EmailField),
    (models.DecimalField, NumberField),
    (models.IntegerField, WholeNumberField),
    (models.DateTimeField, MomentField),
    (models.DateField, DayField),
    (ArrayField, NamesField),
)
