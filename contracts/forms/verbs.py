"""What the verbs of a contract ask for."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.forms.options import OptionField, OptionsHeld
from crm.validators import validate_business_date


class TerminationForm(OptionsHeld, forms.Form):
    """Why and when a contract ends before its time."""

    reason = OptionField(
        "termination_reason", to_field_name="label", label=_("termination reason")
    )
    day = forms.DateField(
        label=_("terminated on"),
        validators=[validate_business_date],
        required=False,
    )

    def clean_day(self):
        """Take today where no day is given."""
        return self.cleaned_data["day"] or timezone.localdate()
