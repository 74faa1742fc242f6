"""通知: the list, reading, and what one wants to be told."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from crm.addresses import only_sent_to, own_place
from crm.forms.lookups import LARGEST_ID
from crm.forms.records import posted
from crm.notices.forms import WishesForm
from crm.notices.models import Notice
from crm.notices.showing import lines_of

ROWS = 50


@require_GET
def notices(request):
    """Show the newest notices; `?before=7` those older than notice 7."""
    mine = Notice.objects.filter(person=request.user, in_bell=True)
    total = mine.count()
    if before := _id(request.GET.get("before", "")):
        last = mine.filter(pk=before).first()
        if last is None:
            raise Http404
        mine = mine.filter(at__lte=last.at).exclude(at=last.at, pk__gte=last.pk)
    found = list(mine[: ROWS + 1])
    context = {
        "lines": lines_of(found[:ROWS], request.user),
        "older": found[ROWS - 1].pk if len(found) > ROWS else None,
        "newest": found[0].at if found and not before else None,
        "total": total,
    }
    return render(request, "notices/list.html", context)


@only_sent_to
def read(request):
    """Mark notices as read: those of `ids`, or all up to the newest that was seen.

    A script that only wants it noted gets no page.
    """
    unread = Notice.objects.filter(person=request.user, in_bell=True)
    ids = request.POST.getlist("ids")
    if ids:
        wanted = {_id(text) for text in ids}
        unread = unread.filter(pk__in=wanted - {None})
        if None in wanted or unread.count() < len(wanted):
            raise Http404
    elif seen := _moment(request.POST.get("seen", "")):
        unread = unread.filter(at__lte=seen)
    unread.filter(read_at=None).update(read_at=timezone.now())
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return redirect(own_place(request.POST.get("next") or reverse("notice_list")))


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request):
    """Show and change which notices one wants."""
    form = WishesForm(posted(request), person=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("notice_settings")
    context = {
        "title": _("What I want to be told"),
        "form": form,
        "cancel_url": reverse("notice_list"),
    }
    status = 422 if form.errors else 200
    return render(request, "generic/page_form.html", context, status=status)


def _id(text):
    """Return the id that a text is, or None."""
    number = text.isascii() and text.isdigit() and len(text) < 20
    return int(text) if number and int(text) <= LARGEST_ID else None


def _moment(text):
    """Return the moment that a text is, or None."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is None or timezone.is_aware(moment) else None
