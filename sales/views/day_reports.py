"""The pages of day reports: written beside the numbers of the day, read by heads."""

from datetime import timedelta

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from crm.models import User
from crm.rights.permissions import permission
from crm.validators import EARLIEST
from crm.views import (
    PageMixin,
    RecordCreate,
    RecordDelete,
    RecordDetail,
    RecordList,
    RecordUpdate,
)
from crm.views.approval.pages import TypedWhileWritten, WrittenOnly
from sales.day_facts import facts_of, shown
from sales.filters import DayReportFilter
from sales.forms.day_reports import reported_on
from sales.guards.day_reports import MOST_DAYS_BACK
from sales.models import DayReport
from sales.superiors import people_below
from sales.tables import DayReportTable
from sales.team_reports import TeamDay
from sales.views.readings import ReadDetail

BASICS, TEXTS, PEOPLE = DayReport.groups


class DayReportList(RecordList):
    """The day reports one may see."""

    model = DayReport
    table_class = DayReportTable
    filterset_class = DayReportFilter
    empty_hint = gettext_lazy("Report on today: the numbers of the day are there.")


class DayReportDetail(ReadDetail, RecordDetail):
    """A report: its texts, the numbers of the day, who has read it."""

    model = DayReport
    template_name = "sales/dayreport_detail.html"
    groups = (TEXTS, (BASICS[0], (*BASICS[1], "submitted_at", "late")), PEOPLE)

    def get_context_data(self, **context):
        """Add the numbers that were kept."""
        report, reader = self.object, self.request.user
        facts = report.facts
        if facts is not None:
            facts = shown(facts, report.owner_id, report.day, reader)
        return super().get_context_data(facts=facts, **context)


class WithFacts:
    """A form beside the numbers of the day."""

    template_name = "sales/dayreport_form.html"

    def get_context_data(self, **context):
        """Add the numbers as they are just now."""
        day = self.day
        facts = facts_shown(self.request.user, day) if day else None
        return super().get_context_data(facts=facts, day=day, **context)


class DayReportCreate(WithFacts, RecordCreate):
    """Report on a day: `?day=2026-11-30`, today unless another is given."""

    def get_context_data(self, **context):
        """Add the report of that day, if there is one already."""
        made = self.day and reported_on(self.day, self.request.user.pk)
        return super().get_context_data(made=made, **context)

    @property
    def day(self):
        """The day that is reported on, None if it is none."""
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        return day_asked(sent.get("day"))


class WhyNot:
    """Why a report is not written any more."""

    def why_not(self):
        """Say it."""
        return str(DayReport.refused["dayreport_read"])


class DayReportUpdate(WhyNot, TypedWhileWritten, WithFacts, RecordUpdate):
    """Edit a report that nobody above has read."""

    @property
    def day(self):
        """The day that it is about, for who wrote it: others see what was kept."""
        is_own = self.record.owner_id == self.request.user.pk
        return self.record.day if is_own else None


class DayReportDelete(WhyNot, WrittenOnly, RecordDelete):
    """Put a report that nobody above has read into the recycle bin."""


class DayFacts(PageMixin, TemplateView):
    """The numbers of one's own day, for the form in which another day is chosen."""

    model = DayReport
    action = "add"
    template_name = "sales/day_facts.html"

    def get_context_data(self, **context):
        """Add the numbers of the day that the address names."""
        day = day_asked(self.request.GET.get("day"))
        facts = facts_shown(self.request.user, day) if day else None
        return super().get_context_data(facts=facts, day=day, **context)


class Team(PageMixin, TemplateView):
    """The reports of one day of all people below: `?day=`, today without one."""

    model = DayReport
    template_name = "sales/day_team.html"

    def get_context_data(self, **context):
        """Add the day, how each report stands, and who has been away for long."""
        asked, user = self.request.GET.get("day"), self.request.user
        today = timezone.localdate()
        day = parsed(asked) if asked else today
        is_wrong = day is None or not EARLIEST < day <= today
        team = TeamDay(user, today if is_wrong else day)
        idle_url = ""
        if user.has_perm(permission("view", User)):
            query = urlencode({"idle": "sign_in", "is_active": "true"})
            idle_url = f"{reverse('user_list')}?{query}"
        return super().get_context_data(
            title=_("Day reports of my people"),
            team=team,
            today=today,
            wrong=asked if is_wrong else "",
            idle_url=idle_url,
            **context,
        )


class OfPerson(View):
    """Where notices about people's reports lead: to writing one, or to theirs."""

    def get(self, request, pk):
        """Go there."""
        if pk == request.user.pk and request.user.has_perm(
            permission("add", DayReport)
        ):
            return redirect(DayReport.page("create"))
        if not User.objects.filter(people_below(request.user.pk, "pk"), pk=pk).exists():
            raise Http404
        return redirect(f"{DayReport.page('list')}?owner={pk}")


def facts_shown(user, day):
    """Return the numbers of one's own day as they are just now."""
    return shown(facts_of(user, day), user.pk, day, user)


def day_asked(text):
    """Return the day that may be reported on; today for none, None for another."""
    today = timezone.localdate()
    day = parsed(text) if text else today
    if day and today - timedelta(days=MOST_DAYS_BACK) <= day <= today:
        return day
    return None


def parsed(text):
    """Return the day that a text says, None if it says none."""
    try:
        return parse_date(text)
    except ValueError:
        return None
