"""The form of an interaction."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.forms.records import RecordForm
from crm.models.groups import asked
from feedback.models import Interaction


class InteractionForm(RecordForm):
    """An interaction, and when to speak with the customer next."""

    repeats = ("reporter", "customer", "method", "occurred_at")
    within = {"contact": "customer", "contract": "customer"}
    groups = Interaction.groups

    class Meta(RecordForm.Meta):
        model = Interaction
        fields = asked(Interaction)
        widgets = {
            "content": forms.Textarea({"rows": 5}),
            "customer_feedback": forms.Textarea({"rows": 5}),
            "result": forms.Textarea({"rows": 3}),
        }

    def __init__(self, *args, **options):
        """Take it that most interactions are noted at once."""
        super().__init__(*args, **options)
        now = timezone.localtime()
        self.fields["occurred_at"].initial = now.replace(second=0, microsecond=0)

    def clean(self):
        """Expect the next contact after this one."""
        values = super().clean()
        this, following = values.get("occurred_at"), values.get("next_contact_at")
        if this and following and following < this:
            self.add_error(
                "next_contact_at",
                ValidationError(
                    _("The next contact cannot lie before this one."), code="early"
                ),
            )
        return values

    def again(self):
        """Repeat the day, at which several visits are often entered together."""
        values = super().again()
        day = timezone.localtime(self.cleaned_data["occurred_at"])
        return {**values, "occurred_at": f"{day:%Y-%m-%dT%H:%M}"}
