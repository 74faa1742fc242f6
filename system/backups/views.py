"""The pages of backups, for the system administrator; a restore is no page.

A page would have to replace the database that it is served from.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.generic import View

from crm.attachments import disposition
from crm.backups import second_place, shelf
from crm.backups.models import Backup
from crm.backups.work import back_up
from crm.display import moment_text
from crm.jobs.asking import ask_alone
from crm.jobs.models import Job, Schedule
from crm.models import HistoryEntry
from crm.views.attachments import PIECE, SANDBOX
from crm.views.fresh import FreshPassword
from crm.views.records import PageMixin
from crm.views.verbs import refused_page

#: Backups that the page shows; the rules keep fewer, failures come on top.
ROWS = 50
TONES = {"yes": "good", "no": "bad", "waiting": "warn"}
#: What the row of a backup shows of its proof.
VERDICTS = {
    "yes": pgettext_lazy("backup", "verified"),
    "no": pgettext_lazy("backup", "not usable"),
    "waiting": pgettext_lazy("backup", "not verified yet"),
}


class BackupMixin(PageMixin):
    """Offer the backups to whoever may have them."""

    model = Backup

    def get_object(self):
        """Return the backup of the address."""
        rows = Backup.objects.visible_to(self.request.user, self.action)
        return get_object_or_404(rows.select_related("person"), pk=self.kwargs["pk"])


class BackupList(BackupMixin, View):
    """The backups, the newest first; what is missing; how one restores."""

    http_method_names = ("get", "head", "options")

    def get(self, request):
        """Show them."""
        user = request.user
        rows = Backup.objects.visible_to(user).select_related("person")
        found = list(rows[: ROWS + 1])
        context = {
            "lines": [line_of(backup) for backup in found[:ROWS]],
            "total": rows.count(),
            "is_overdue": Backup.objects.is_overdue(),
            "has_second": second_place.is_named(),
            "job": _job(user),
            "schedule": _schedule(),
            "may_run": user.has_perm("backups.add_backup"),
        }
        return render(request, "system/backups/list.html", context)


def line_of(backup):
    """Return {backup, age, size, verdict, label, tone, why} for its row."""
    verdict, moment = backup.verdict, backup.made_at or backup.begun_at
    return {
        "backup": backup,
        "age": timesince(moment),
        "size": filesizeformat(backup.size) if backup.size else "–",
        "verdict": verdict,
        "label": VERDICTS[verdict],
        "tone": TONES[verdict],
        "why": backup.why,
    }


def _job(user):
    """Return the job that makes one just now, if this person may see it."""
    jobs = Job.objects.visible_to(user).unfinished()
    return jobs.filter(task_path=back_up.module_path).order_by("pk").first()


def _schedule():
    """Return when the next one is due, in words; nothing if none is."""
    rows = Schedule.objects.filter(task_path=back_up.module_path, active=True)
    schedule = rows.first()
    return moment_text(schedule.next_at) if schedule else ""


class PostOnly(BackupMixin):
    """What does something: looking at it is no method, whoever looks."""

    http_method_names = ("post", "options")

    def dispatch(self, request, *args, **kwargs):
        """Answer 405 first, and only then ask for the right."""
        if request.method.lower() not in self.http_method_names:
            return self.http_method_not_allowed(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)


class BackupRun(PostOnly, View):
    """立即备份: have one made in the background."""

    action = "add"

    def post(self, request):
        """Ask for it, unless one waits or is being made already."""
        try:
            ask_alone(back_up, by=request.user)
        except ValidationError as error:
            return refused_page(request, None, error)
        messages.success(request, _("The backup is being made in the background."))
        return redirect("backup_list")


class BackupDetail(BackupMixin, View):
    """What is known of one backup."""

    http_method_names = ("get", "head", "options")

    def get(self, request, pk):
        """Show it."""
        backup = self.get_object()
        line = line_of(backup)
        may_have = request.user.has_perm("backups.export_backup")
        offered = may_have and shelf.path_of(backup) is not None
        context = {
            "object": backup,
            "line": line,
            "groups": [(_("What is known of it"), _facts(backup, line))],
            "download_url": reverse("backup_download", args=[pk]) if offered else "",
        }
        return render(request, "system/backups/detail.html", context)


def _facts(backup, line):
    facts = (
        ("state", _("State"), backup.get_state_display()),
        ("made_at", _("Made at"), moment_text(backup.made_at)),
        ("size", _("Size"), line["size"]),
        ("verified_at", _("Verified at"), moment_text(backup.verified_at)),
        ("reason", _("Why it is not usable"), line["why"]),
        ("person", _("Asked for by"), backup.person or _("the program itself")),
        ("host", _("Machine"), backup.host),
    )
    return [{"name": n, "label": w, "value": v} for n, w, v in facts]


class Sending(PostOnly, View):
    """Send the file, and note who took it."""

    action = "export"

    def post(self, request, pk):
        """Send it in pieces; one that lies on another machine is fetched there."""
        backup = self.get_object()
        path = shelf.path_of(backup)
        if path is None:
            gone = _("The file does not lie on this machine, but on: %s") % backup.host
            return refused_page(request, backup, ValidationError(gone, "conflict"))
        HistoryEntry.record(
            request.user,
            "downloaded",
            subject=backup,
            changes={"name": [None, backup.name]},
            request=request,
        )
        response = FileResponse(path.open("rb"), content_type="application/x-tar")
        response.block_size = PIECE
        response.headers["Content-Length"] = str(path.stat().st_size)
        response.headers["Content-Disposition"] = disposition(backup.name)
        response.headers["Content-Security-Policy"] = SANDBOX
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "private, no-store"
        return response


class BackupDownload(FreshPassword, Sending):
    """Send a backup to whoever has just typed the password again."""

    sends_file = True
