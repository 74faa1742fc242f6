"""The pages of jobs: one's own, or everybody's for whoever looks after them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.addresses import only_sent_to
from crm.display import moment_text
from crm.forms.lookups import LARGEST_ID
from crm.jobs.models import Beat, Job
from crm.jobs.working_days import missing_year
from crm.views.conflict import is_stale, stale_page
from crm.views.verbs import refused_page
from system.jobs.schedules import lines_of_schedules

#: Jobs that a page shows.
ROWS = 50
Status = Job.Status
TONES = {
    Status.RUNNING: "info",
    Status.DONE: "good",
    Status.FAILED: "bad",
    Status.CANCELLED: "warn",
}
KNOWN = {"status", "before"}


@require_safe
def jobs(request):
    """Show the newest jobs; `?status=failed` those, `?before=7` those before job 7."""
    user, errors = request.user, _wrong(request.GET)
    mine = Job.objects.visible_to(user)
    counts = dict(mine.order_by().values_list("status").annotate(Count("pk")))
    status, before = request.GET.get("status", ""), request.GET.get("before", "")
    rows = mine.filter(status=status) if status else mine
    total = counts.get(status, 0) if status else sum(counts.values())
    found = [] if errors else list(_page_of(rows, before))
    context = {
        "jobs": [_line(job) for job in found[:ROWS]],
        "older": found[ROWS - 1].pk if len(found) > ROWS else None,
        "total": total,
        "errors": errors,
        "statuses": _statuses(counts, status),
        "status": status,
        "shows_people": user.has_perm("jobs.view_job"),
        "is_alive": Beat.objects.alive().exists(),
        **_of_administrator(user),
    }
    return render(request, "system/jobs/list.html", context)


def _wrong(given):
    """Return what an address asks that there is not, in words."""
    wrong = [_("Unknown condition: %s") % key[:50] for key in given if key not in KNOWN]
    if given.get("status", "") not in {"", *Status.values}:
        wrong.append(_("Unknown status: %s") % given["status"][:50])
    if given.get("before") and _id(given["before"]) is None:
        wrong.append(_("Unknown job: %s") % given["before"][:50])
    return wrong


def _id(text):
    """Return the id that a text is, or None."""
    number = text.isascii() and text.isdigit() and len(text) < 20
    return int(text) if number and int(text) <= LARGEST_ID else None


def _page_of(rows, before):
    """Return a page of jobs and one more, if there is one."""
    rows = rows.select_related("person", "progress").order_by("-pk")
    if before:
        rows = rows.filter(pk__lt=_id(before))
    return rows[: ROWS + 1]


def _line(job):
    return {"job": job, "tone": TONES.get(job.status, "neutral"), "why": job.why}


def _statuses(counts, chosen):
    """Return {label, count, url, active} of each status, and of all of them."""
    lines = [("", _("All"), sum(counts.values()))]
    lines += [(s.value, s.label, counts.get(s.value, 0)) for s in Status]
    address = reverse("job_list")
    return [
        {
            "label": label,
            "count": count,
            "url": f"{address}?status={value}" if value else address,
            "active": value == chosen,
        }
        for value, label, count in lines
    ]


def _of_administrator(user):
    """Return what only those see who look after schedules and working days."""
    knows_days = user.has_perm("jobs.view_holiday")
    return {
        "schedules": lines_of_schedules(user),
        "knows_days": knows_days,
        "knows_reminders": user.has_perm("jobs.view_reminder"),
        "missing_year": missing_year() if knows_days else None,
    }


@require_safe
def job(request, pk):
    """Show one job."""
    job = _visible(request, pk)
    context = {
        "object": job,
        "tone": TONES.get(job.status, "neutral"),
        "groups": _facts(job),
        "actions": _actions(job, request.user),
    }
    return render(request, "system/jobs/detail.html", context)


def _visible(request, pk):
    rows = Job.objects.visible_to(request.user)
    rows = rows.select_related("person", "cancellation__by", "queued", "progress")
    return get_object_or_404(rows, pk=pk)


def _facts(job):
    cancelled_by = getattr(job, "cancellation", None)
    facts = (
        ("person", _("Asked for by"), job.person or _("the program itself")),
        ("asked_at", _("Asked for at"), moment_text(job.asked_at)),
        ("started_at", _("Begun at"), moment_text(job.started_at)),
        ("finished_at", _("Ended at"), moment_text(job.finished_at)),
        ("progress", _("Progress"), _progress(job)),
        ("tries", _("Tries at this place"), job.tries or ""),
        ("reason", _("Why it failed"), job.why),
        ("cancelled_by", _("Cancelled by"), cancelled_by.by if cancelled_by else ""),
    )
    lines = [{"name": n, "label": w, "value": v} for n, w, v in facts]
    return [(_("What became of it"), lines)]


def _progress(job):
    if not job.reached[1]:
        return f"{job.percent} %"
    done, total = job.reached
    return f"{job.percent} % · {done:,} / {total:,}"


def _actions(job, user):
    """Return the buttons of a job for a person."""
    found = []
    if job.result_url and job.person_id == user.pk:
        found.append({"label": _("What becomes of it"), "url": job.result_url})
    if not job.is_operated_by(user) or job.status == Status.DONE:
        return found
    name, label = ("job_cancel", _("Cancel the job"))
    if job.is_finished:
        name, label = ("job_retry", _("Do it again"))
    url = reverse(name, args=[job.pk])
    button = {"label": label, "url": url, "method": "post", "version": job.version}
    return [*found, button]


@only_sent_to
def cancel(request, pk):
    """Take a job back."""
    return _verb(request, pk, Job.cancel, _("It will be cancelled: %s"))


@only_sent_to
def retry(request, pk):
    """Have a job done again that failed or was cancelled."""
    return _verb(request, pk, Job.retry, _("It will be done again: %s"))


def _verb(request, pk, act, said):
    job = _visible(request, pk)
    if not job.is_operated_by(request.user):
        raise PermissionDenied
    if is_stale(request, job):
        return stale_page(request, job)
    try:
        act(job, by=request.user)
    except ValidationError as error:
        return refused_page(request, job, error)
    messages.success(request, said % job)
    return redirect(job)
