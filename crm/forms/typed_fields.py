"""Fields of forms that take what people write, by the readers that imports use too."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import typed_values

#: One way to write days and moments, whatever the language of the page.
DAYS = ("%Y-%m-%d",)
MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", *DAYS)


class NumberField(forms.DecimalField):
    """A number, also as 1,234.50 or 1.2万.

    A browser's own field for numbers drops the 万 of 15万 and says nothing.
    """

    widget = forms.TextInput

    def to_python(self, value):
        """Return the number, without zeros behind the places that there are."""
        number = super().to_python(_plain(self, value))
        places = self.decimal_places
        if number is None or places is None or not number.is_finite():
            return number
        sign, digits, exponent = number.as_tuple()
        while exponent < -places and not any(digits[-1:]):
            digits, exponent = digits[:-1], exponent + 1
        return Decimal((sign, digits, exponent))

    def widget_attrs(self, widget):
        """Ask phones for their keys of numbers."""
        return super().widget_attrs(widget) | {"inputmode": "decimal"}


class WholeNumberField(forms.IntegerField):
    """A whole number, also as 1,234 or 2万."""

    widget = forms.TextInput

    def widget_attrs(self, widget):
        """Ask phones for their keys of numbers."""
        return super().widget_attrs(widget) | {"inputmode": "numeric"}

    def to_python(self, value):
        """Return the number."""
        return super().to_python(_plain(self, value))


def _plain(field, value):
    """Return a number that was typed in plain digits.

    Raises:
        ValidationError: it has a sign that Python reads over: 1_5 would be 15.
    """
    if not isinstance(value, str):
        return value
    if "_" in value:
        raise forms.ValidationError(field.error_messages["invalid"], code="invalid")
    return typed_values.number(value)


class DayField(forms.DateField):
    """A day, in every language written the same."""

    def __init__(self, **options):
        """Take one format only: those of a language swap days and months."""
        super().__init__(**{**options, "input_formats": DAYS})

    def to_python(self, value):
        """Return the day; what can be read in two ways is refused."""
        typed = isinstance(value, str)
        return super().to_python(typed_values.day(value) if typed else value)


class MomentField(forms.DateTimeField):
    """A day with a time, in every language written the same."""

    def __init__(self, **options):
        """Take our own formats only."""
        super().__init__(**{**options, "input_formats": MOMENTS})

    def to_python(self, value):
        """Return the moment; what can be read in two ways is refused."""
        typed = isinstance(value, str)
        return super().to_python(typed_values.day(value) if typed else value)


class WebAddressField(forms.CharField):
    """A web address; http:// may be left out."""

    def to_python(self, value):
        """Return the whole address."""
        text = super().to_python(value)
        return typed_values.web_address(text) if text else text


class EmailField(forms.EmailField):
    """An e-mail address, also in full width."""

    def to_python(self, value):
        """Return the address."""
        text = super().to_python(value)
        return typed_values.email_address(text) if text else text


class NamesField(forms.CharField):
    """Several short texts, in one line as people write them: 华夏、HX, 华夏科技."""

    def __init__(self, base_field, *, size=None, **options):
        """Take what an ArrayField of texts hands over."""
        self.longest, self.most = base_field.max_length, size
        options.pop("max_length", None)
        super().__init__(**options)

    def prepare_value(self, value):
        """Show the texts in one line."""
        return "、".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value):
        """Return the texts, each once, in the order typed."""
        return typed_values.names(super().to_python(value))

    def validate(self, value):
        """Refuse too many texts and too long ones."""
        super().validate(value)
        if self.most and len(value) > self.most:
            raise forms.ValidationError(
                _("No more than %(most)d are possible."),
                params={"most": self.most},
            )
        if any(len(text) > self.longest for text in value):
            raise forms.ValidationError(
                _("Each may have %(longest)d characters at most."),
                params={"longest": self.longest},
            )

    def run_validators(self, value):
        """Look at each text; the validators of a single one fit no list."""
        for text in value:
            super().run_validators(text)

    def has_changed(self, initial, data):
        """Compare the texts, not the way they were typed."""
        return (initial or []) != self.to_python(data)
