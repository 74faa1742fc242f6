"""Ending one's own sessions, and the page for a forgotten password."""

from allauth.account import views as account
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.accounts import open_sessions
from crm.addresses import only_sent_to
from crm.models import HistoryEntry


@only_sent_to
def end(request, pk):
    """End one session, on whatever device; ended here, it is a sign-out."""
    sessions = request.user.open_sessions.filter(pk=pk)
    if not sessions.exists():
        raise Http404
    return _ended(request, sessions)


@only_sent_to
def end_others(request):
    """End every session but this one."""
    key = request.session.session_key
    return _ended(request, request.user.open_sessions.exclude(session_key=key))


def _ended(request, sessions):
    ended = {"session": [len(sessions), 0]}
    person = request.user
    HistoryEntry.record(
        person, "session_ended", subject=person, changes=ended, request=request
    )
    here = sessions.filter(session_key=request.session.session_key).exists()
    open_sessions.end(sessions)
    if here:
        request.session.flush()
    else:
        messages.success(request, _("The session is ended."))
    return redirect("profile")


@login_not_required
def password_reset(request):
    """Send a link by mail; without a mail server there is nobody to send it."""
    if settings.EMAIL_HOST:
        return account.password_reset(request)
    return render(request, "account/ask_administrator.html")
