"""Rights change only by somebody whose password was typed a few minutes ago."""

from urllib.parse import urlencode

from allauth.account import views as account
from allauth.account.internal.flows.reauthentication import (
    STATE_SESSION_KEY,
    suspend_request,
)
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse

from crm.accounts import open_sessions
from crm.accounts.sign_in import is_fresh


class FreshPassword:
    """A page whose POST asks for the password first, then goes on where it was.

    What was typed is kept meanwhile, but never a password: such a form is filled in
    once more. `sends_file` says that the answer is no page.
    """

    sends_file = False

    def post(self, request, *args, **options):
        """Do it, or ask who is there."""
        if is_fresh(request) or not self.changes_rights(request):
            return super().post(request, *args, **options)
        url = reverse("account_reauthenticate")
        if request.POST.get("password"):
            return redirect(f"{url}?{urlencode({'next': request.path})}")
        return suspend_request(request, url)

    def changes_rights(self, request):
        """Say whether what was sent changes anybody's rights."""
        return True


class Confirmation(account.ReauthenticateView):
    """Ask for the password; the session goes on under a new id.

    What was interrupted goes on by itself, once. Where that sends a file this page
    stays, with a way back.
    """

    def get_context_data(self, **context):
        """Add what it is asked for, and from where that began."""
        view = _view_of(self.get_next_url())
        fresh = {
            "sends_file": getattr(view, "sends_file", False),
            "back": self._back(view),
        }
        return super().get_context_data(**context) | fresh

    def form_valid(self, form):
        """Go on with what was interrupted."""
        open_sessions.renew(self.request)
        is_interrupted = STATE_SESSION_KEY in self.request.session
        answer = super().form_valid(form)
        if is_interrupted:
            return answer
        return redirect(self._back(_view_of(self.get_next_url())))

    def _back(self, view):
        """Return where one was; an address that is only posted to stands below it."""
        came_from = self.get_next_url() or reverse("home")
        if view is None or (hasattr(view, "get") and "get" in view.http_method_names):
            return came_from
        return came_from.rstrip("/").rpartition("/")[0] + "/"


def _view_of(address):
    """Return the class of the page at an address, if it is one of ours."""
    try:
        match = resolve((address or "").partition("?")[0])
    except Resolver404:
        return None
    return getattr(match.func, "view_class", None)
