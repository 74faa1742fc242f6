"""What the verbs of a contract ask for."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.forms.options import OptionsHeld
from crm.models import DictionaryItem
from crm.text import about
from crm.validators import validate_business_date

NO_VERDICT = _("Say whether it is approved or rejected.")


def wrong_with(form):
    """Return what is wrong with a form that no page shows, in words."""
    return [
        about(form.fields[name].label or name, error)
        for name, errors in form.errors.items()
        for error in errors
    ]


class DecisionForm(forms.Form):
    """A verdict; the rest of its rules are `contracts.approval`'s."""

    approved = forms.TypedChoiceField(
        choices=(("true", _("Approve")), ("false", _("Reject"))),
        coerce=lambda value: value == "true",
        label=_("Verdict"),
        error_messages={"required": NO_VERDICT, "invalid_choice": NO_VERDICT},
    )
    opinion = forms.CharField(required=False, strip=False, label=_("opinion"))


class SeenForm(DecisionForm):
    """A verdict on one contract, with the round whose content was seen."""

    round = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class TerminationForm(OptionsHeld, forms.Form):
    """Why and when a contract ends before its time."""

    reason = forms.ModelChoiceField(
        DictionaryItem.objects.filter(kind="termination_reason", active=True),
        to_field_name="label",
        label=_("termination reason"),
    )
    day = forms.DateField(
        label=_("terminated on"),
        validators=[validate_business_date],
        required=False,
    )

    def clean_day(self):
        """Take today where no day is given."""
        return self.cleaned_data["day"] or timezone.localdate()
