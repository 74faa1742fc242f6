"""Rights change only by somebody whose password was typed a few minutes ago."""

from urllib.parse import urlencode

from allauth.account import views as account
from allauth.account.internal.flows.reauthentication import suspend_request
from django.shortcuts import redirect
from django.urls import reverse

from crm.accounts import open_sessions
from crm.accounts.sign_in import is_fresh


class FreshPassword:
    """A page whose POST asks for the password first, then goes on where it was.

    What was typed is kept meanwhile, but never a password: such a form is filled in
    once more.
    """

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
    """Ask for the password; the session goes on under a new id."""

    def form_valid(self, form):
        """Go on with what was interrupted."""
        open_sessions.renew(self.request)
        return super().form_valid(form)
