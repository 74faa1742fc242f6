"""The conditions of the registration inbox."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.inputs import DayInput
from crm.forms.lookups import LookupMultipleField
from crm.forms.ranges import ConditionsForm
from crm.models import User
from crm.queries.days import on_days
from crm.validators import validate_business_date


class InboxConditions(ConditionsForm):
    """Text, kind, reporter and days; all of them together."""

    q = forms.CharField(label=_("Keyword"), max_length=100, required=False)
    kind = forms.MultipleChoiceField(label=_("kind"), required=False)
    reporter = LookupMultipleField(
        User.objects.none(), label=_("reporter"), required=False
    )
    created_at_after = forms.DateField(
        label=_("Reported from"),
        required=False,
        validators=[validate_business_date],
        widget=DayInput(),
    )
    created_at_before = forms.DateField(
        label=_("Reported to"),
        required=False,
        validators=[validate_business_date],
        widget=DayInput(),
    )

    def __init__(self, *args, user, kinds, **options):
        """Offer the kinds that the person registers, and all colleagues."""
        super().__init__(*args, **options)
        self.fields["kind"].choices = [
            (model._meta.label_lower, model._meta.verbose_name) for model in kinds
        ]
        self.user = user
        reporter = self.fields["reporter"]
        reporter.queryset = User.objects.visible_to(user)
        reporter.show(self["reporter"].value())

    def narrow(self, rows):
        """Return those of some reported rows that the conditions select."""
        given = self.cleaned_data
        if given["q"]:
            rows = rows.search(given["q"].strip(), self.user)
        if given["reporter"]:
            rows = rows.filter(reporter__in=given["reporter"])
        days = given["created_at_after"], given["created_at_before"]
        return rows.filter(on_days("created_at", *days))
