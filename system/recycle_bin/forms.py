"""The conditions on the recycle bin."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.inputs import DayInput
from crm.forms.lookups import LookupMultipleField
from crm.forms.ranges import ConditionsForm
from crm.kinds import business
from crm.models import User
from crm.validators import validate_business_date


def day(label):
    """Return a field for a day."""
    return forms.DateField(
        label=label,
        required=False,
        validators=[validate_business_date],
        widget=DayInput(),
    )


def kind_choices():
    """Return the kinds of records that can be deleted, and their names."""
    return [(model._meta.label_lower, model._meta.verbose_name) for model in business()]


class RecycleBinForm(ConditionsForm):
    """Conditions: text, kind, who deleted it, when."""

    q = forms.CharField(label=_("Keyword"), required=False, max_length=100)
    kind = forms.MultipleChoiceField(
        label=_("Kind"), required=False, choices=kind_choices
    )
    deleted_by = LookupMultipleField(
        User.objects.none(), label=_("deleted by"), required=False
    )
    deleted_at_after = day(_("deleted from"))
    deleted_at_before = day(_("deleted to"))

    def __init__(self, *args, user, **options):
        """Let people be chosen by whoever sees them."""
        super().__init__(*args, **options)
        self.fields["deleted_by"].queryset = User.objects.visible_to(user)
