"""The form of a day report: three texts, beside numbers that nobody types."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.forms.records import RecordForm
from crm.models import User
from crm.models.groups import asked
from sales.day_facts import facts_of
from sales.guards.day_reports import MOST_DAYS_BACK, REFUSED
from sales.models import DayReport

TEXTS = ("done", "problems", "tomorrow")


class DayReportForm(RecordForm):
    """What somebody did on a day; the numbers of that day are kept with it."""

    groups = DayReport.groups

    class Meta(RecordForm.Meta):
        model = DayReport
        fields = asked(DayReport)
        widgets = {name: forms.Textarea({"rows": 4}) for name in TEXTS}

    def __init__(self, *args, **options):
        """Leave out the day of one that is handed in."""
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["day"]

    def clean_day(self):
        """Report on a day that is there, and not long past."""
        day, today = self.cleaned_data["day"], timezone.localdate()
        if day and not today - timedelta(days=MOST_DAYS_BACK) <= day <= today:
            raise ValidationError(REFUSED["dayreport_day"], code="day")
        return day

    def clean(self):
        """Expect that anything is said."""
        values = super().clean()
        if not any(values.get(name) for name in TEXTS) and not self.errors:
            words = _(
                "Say something: what was done, what is in the way, or what comes next."
            )
            self.add_error("done", words)
        return values

    def _post_clean(self):
        """Tell beside the day that there is a report of it."""
        super()._post_clean()
        day = self.cleaned_data.get("day")
        if day and reported_on(day, self.instance.owner_id or self.user.pk):
            words = _("There is a report of this day already.")
            self.add_error("day", ValidationError(words, code="unique"))

    def enter(self):
        """Hand it in, with the numbers of the day as they are now."""
        self._learn()
        return super().enter()

    def save(self, commit=True):
        """Save it; who wrote it sees the numbers anew, nobody else changes them."""
        if self.instance.pk and self.instance.owner_id == self.user.pk:
            self._learn()
        return super().save(commit)

    def _learn(self):
        report, person = self.instance, self.user
        if report.owner_id not in (None, person.pk):
            person = User.objects.with_grants().get(pk=report.owner_id)
        report.facts = facts_of(person, report.day)


def reported_on(day, person):
    """Return somebody's report of a day, None if there is none."""
    return DayReport.objects.filter(owner=person, day=day).first()
