"""Schedules: when something is due by itself, changed and run at once."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.display import moment_text
from crm.forms.records import ModelForm
from crm.jobs.asking import ask_alone
from crm.jobs.background import work_of
from crm.jobs.models import Job, Schedule
from crm.jobs.rhythm import Rhythm
from system.pages import ModelUpdate, ModelVerb


class ScheduleForm(ModelForm):
    """When a piece of work is due."""

    at = forms.TimeField(
        label=gettext_lazy("at"),
        help_text=gettext_lazy("Every hour: only the minute counts."),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )

    class Meta(ModelForm.Meta):
        model = Schedule
        fields = ("rhythm", "at", "day", "after_days", "active")

    def __init__(self, *args, **options):
        """Ask for the days of work alone that removes what is old."""
        super().__init__(*args, **options)
        if self.instance.after_days is None:
            del self.fields["after_days"]
        else:
            self.fields["after_days"].required = True

    def clean(self):
        """Reckon when it is due next."""
        values = super().clean()
        if values.get("rhythm") != Rhythm.MONTHLY:
            values["day"] = self.instance.day = None
        elif values.get("day") not in range(1, 32):
            raise ValidationError(
                {"day": _("A monthly schedule names a day from 1 to 31.")}
            )
        return values

    def _post_clean(self):
        super()._post_clean()
        if not self.errors:
            self.instance.set_next(timezone.now())


class ScheduleUpdate(ModelUpdate):
    """Change when something is due, or whether."""

    model = Schedule
    form_class = ScheduleForm

    def next_url(self):
        """Return to the page of the jobs."""
        return reverse("job_list")


class ScheduleRun(ModelVerb):
    """Have the work of a schedule done now, whenever it is due next."""

    model = Schedule
    action = "change"

    def act(self, schedule):
        """Ask for it, unless it is switched off, waits or runs already."""
        if not schedule.active:
            raise ValidationError(
                _("%s is switched off: switch it on first to have it run.") % schedule
            )
        work = work_of(schedule.task_path)
        if work is None:
            raise ValidationError(_("This version does not know such work."))
        self.job = ask_alone(work, by=self.request.user, schedule=schedule)
        self.done = _("Arranged: %s") % schedule

    def next_url(self, _schedule):
        """Lead to the job."""
        return self.job.get_absolute_url()

    def back_url(self, _schedule):
        """Return to the page of the jobs."""
        return reverse("job_list")


def lines_of_schedules(user):
    """Return {schedule, when, next, last, last_url, edit_url, run_url}, if one may see.

    The addresses are empty where one may not go.
    """
    if not user.has_perm("jobs.view_schedule"):
        return []
    newest = Job.objects.filter(schedule=OuterRef("pk")).order_by("-pk")
    seen = Job.objects.visible_to(user).filter(pk=OuterRef("last_pk"))
    rows = Schedule.objects.annotate(
        last_pk=Subquery(newest.values("pk")[:1]),
        last_status=Subquery(newest.values("status")[:1]),
    ).annotate(seen_pk=Subquery(seen.values("pk")))
    may_change = user.has_perm("jobs.change_schedule")
    return [_line(schedule, may_change) for schedule in rows.order_by("next_at", "pk")]


def _line(schedule, may_change):
    address = {
        name: reverse(f"schedule_{name}", args=[schedule.pk]) if may_change else ""
        for name in ("update", "run")
    }
    seen = schedule.seen_pk
    return {
        "schedule": schedule,
        "when": _aged(schedule, when(schedule)),
        "next": moment_text(schedule.next_at) if schedule.active else "",
        "last": dict(Job.Status.choices).get(schedule.last_status, ""),
        "last_url": seen and reverse("job_detail", args=[seen]),
        "edit_url": address["update"],
        "run_url": address["run"],
    }


def _aged(schedule, words):
    """Return when a schedule is due with how old must be what it removes."""
    if schedule.after_days is None:
        return words
    aged = _("older than %d days") % schedule.after_days
    return f"{words} · {aged}"


def when(schedule):
    """Return in words when a schedule is due."""
    at = f"{schedule.at:%H:%M}"
    if schedule.rhythm == Rhythm.HOURLY:
        return _("every hour at minute %s") % f"{schedule.at:%M}"
    if schedule.rhythm == Rhythm.MONTHLY:
        return _("every month on day %(day)s at %(at)s") % {
            "day": schedule.day,
            "at": at,
        }
    if schedule.rhythm == Rhythm.WORKING:
        return _("on working days at %s") % at
    return _("every day at %s") % at
