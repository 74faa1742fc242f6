"""The pages of reminders: how many days before or after something people are told."""

import re

import django_tables2 as tables
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.forms.records import ModelForm
from crm.jobs.models import Reminder
from crm.lists.filters import ModelFilter
from crm.lists.tables import RecordTable
from system.pages import AdministeredList, ModelUpdate

BETWEEN = re.compile(r"[\s,;、，；]+")
JOINED = ", "


class DaysField(forms.CharField):
    """Some whole numbers of days in one line, as people write them: 90, 60、30."""

    def prepare_value(self, value):
        """Show the numbers in one line."""
        if isinstance(value, list | tuple):
            return JOINED.join(map(str, value))
        return value

    def to_python(self, value):
        """Return the numbers, each once, the most first."""
        texts = [text for text in BETWEEN.split(super().to_python(value)) if text]
        if not all(text.isdecimal() and len(text) < 6 for text in texts):
            raise ValidationError(_("Write whole numbers of days: 90, 60, 30."))
        return sorted({int(text) for text in texts}, reverse=True)


class ReminderTable(RecordTable):
    """Columns of the list of reminders."""

    default_sort = "verb"
    linked = True

    days = tables.Column(orderable=False)

    class Meta:
        model = Reminder
        fields = ("verb", "days")

    def leads_to(self, record):
        """Lead to the form."""
        return reverse("reminder_update", args=[record.pk]) if self.linked else None

    def render_days(self, record):
        """Show the days as the form takes them."""
        return JOINED.join(map(str, record.days)) or _("switched off")


class ReminderFilter(ModelFilter):
    """Conditions on reminders."""

    conditions = ("verb",)
    usual = ("verb",)

    class Meta:
        model = Reminder
        fields = ()


class ReminderForm(ModelForm):
    """On which days people are told."""

    days = DaysField(
        label=gettext_lazy("days"),
        required=False,
        help_text=gettext_lazy(
            "Numbers with commas between them; 0 is the day itself. Left empty, nobody"
            " is told."
        ),
    )

    class Meta(ModelForm.Meta):
        model = Reminder
        fields = ("days",)


class ReminderList(AdministeredList):
    """What people are told of by the clock."""

    model = Reminder
    queryset = Reminder.objects.all()
    table_class = ReminderTable
    filterset_class = ReminderFilter


class ReminderUpdate(ModelUpdate):
    """Change on which days people are told of something."""

    model = Reminder
    form_class = ReminderForm
