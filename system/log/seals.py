"""The seals of the history, and what the last check of them said."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic import View

from crm.jobs.asking import ask_alone
from crm.jobs.models import Job, Schedule
from crm.models import HistorySeal
from crm.views.records import PageMixin
from crm.views.verbs import refused_page
from system.proving import check_history

#: The newest seals; whoever keeps one elsewhere takes the first.
ROWS = 50


class SealMixin(PageMixin):
    """Ask for the right to look after what is done by itself."""

    model = Schedule


class Seals(SealMixin, View):
    """The newest seals and the newest check."""

    http_method_names = ("get", "head", "options")

    def get(self, request):
        """Show them."""
        checks = Job.objects.filter(task_path=check_history.module_path)
        finished = checks.exclude(status=Job.Status.CANCELLED)
        context = {
            "seals": HistorySeal.objects.order_by("-pk")[:ROWS],
            "total": HistorySeal.objects.count(),
            "last": finished.filter(finished_at__isnull=False).order_by("-pk").first(),
            "running": checks.unfinished().first(),
            "may_check": request.user.has_perm("jobs.change_schedule"),
        }
        return render(request, "system/seals.html", context)


class SealCheck(SealMixin, View):
    """Have the seals checked now."""

    action = "change"
    http_method_names = ("post", "options")

    def dispatch(self, request, *args, **kwargs):
        """Answer 405 first, and only then ask for the right."""
        if request.method.lower() not in self.http_method_names:
            return self.http_method_not_allowed(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request):
        """Ask for it, unless one waits or runs already."""
        try:
            ask_alone(check_history, by=request.user)
        except ValidationError as error:
            return refused_page(request, None, error)
        messages.success(request, _("The seals are being checked in the background."))
        return redirect("seal_list")
