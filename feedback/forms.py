"""The forms of an interaction: all of it, or what one writes at once."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.attachments import files_field
from crm.forms.in_place import KnownFields
from crm.forms.inputs import DayInput
from crm.forms.ranges import REVERSED
from crm.forms.records import RecordForm
from crm.forms.typed_fields import DayField
from crm.models.groups import asked
from crm.validators import validate_business_date
from feedback.models import Interaction

#: Where the first sentence of a text ends, and how many signs of it are a subject.
SENTENCE = re.compile(r"[\n。！？!?；;]")
SUBJECT = 60


class TalkForm(RecordForm):
    """What both forms know: with whom it was, and that the next one comes later."""

    within = {
        "contact": "customer",
        "opportunity": "customer",
        "contract": "customer",
    }

    def moment(self):
        """Return when it was, None where what was typed does not say."""
        raise NotImplementedError

    def clean(self):
        """Expect the next contact after this one."""
        values = super().clean()
        this, following = self.moment(), values.get("next_contact_at")
        if this and following and following < this:
            self.add_error(
                "next_contact_at",
                ValidationError(
                    _("The next contact cannot lie before this one."), code="early"
                ),
            )
        return values


class InteractionForm(TalkForm):
    """An interaction, and when to speak with the customer next."""

    repeats = ("reporter", "customer", "method", "occurred_at")
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

    def moment(self):
        """Return what was typed."""
        return self.cleaned_data.get("occurred_at")

    def again(self):
        """Repeat the day, at which several visits are often entered together."""
        values = super().again()
        day = timezone.localtime(self.cleaned_data["occurred_at"])
        return {**values, "occurred_at": f"{day:%Y-%m-%dT%H:%M}"}


class FollowUpForm(KnownFields, TalkForm):
    """What is written while one looks at the customer; it was just now.

    What the address names is not asked for, but shown.
    """

    groups = Interaction.groups

    class Meta(RecordForm.Meta):
        model = Interaction
        fields = (
            "customer",
            "opportunity",
            "contract",
            "contact",
            "method",
            "content",
            "result",
            "next_contact_at",
        )
        widgets = {
            "content": forms.Textarea({"rows": 4}),
            "result": forms.Textarea({"rows": 1}),
        }

    def __init__(self, *args, **options):
        """Ask for the text, and for nothing that is known already."""
        super().__init__(*args, **options)
        self.fields["content"].required = True
        self.fields["files"] = files_field(required=False, label=_("Attachments"))
        self.hide_known("customer", "opportunity", "contract")
        for name in ("opportunity", "contract"):
            if not self.initial.get(name):
                del self.fields[name]
        now = timezone.localtime()
        self.instance.occurred_at = now.replace(second=0, microsecond=0)

    def moment(self):
        """Return now."""
        return self.instance.occurred_at

    def clean_content(self):
        """Let the first sentence be the subject."""
        content = self.cleaned_data["content"]
        sentences = filter(None, map(str.strip, SENTENCE.split(content)))
        self.instance.subject = next(sentences, content)[:SUBJECT]
        return content


class AppraisalForm(forms.Form):
    """The days of which counterparts are appraised."""

    first, last = (
        DayField(
            label=label,
            required=False,
            widget=DayInput,
            validators=[validate_business_date],
        )
        for label in (_("From day"), _("To day"))
    )

    def clean(self):
        """Expect both days, in their order."""
        values = super().clean()
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", REVERSED)
        elif last and not first and "first" not in self.errors:
            self.add_error("first", _("Say from which day on."))
        elif first and not last and "last" not in self.errors:
            self.add_error("last", _("Say up to which day."))
        return values
