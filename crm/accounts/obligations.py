"""What one owes before anything else: a password of one's own, a second factor."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

#: What one may do before that: leave, speak another language, prove who one is.
ALWAYS = frozenset(("account_logout", "language", "account_reauthenticate"))
PASSWORD = "account_change_password"  # noqa: S105 - an address
FACTOR = "mfa_activate_totp"


class ObligationMiddleware:
    """Lead whoever owes something to the form of it.

    A password that somebody else chose is good for choosing one's own only; who holds
    a role that asks for a second factor sets one up.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Pass the request on; where it leads is known in `process_view`."""
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Answer with the way to the form, or with nothing."""
        if not getattr(view, "login_required", True):
            return None
        owed = _owed(request.user)
        if owed is None or request.resolver_match.url_name in ALWAYS | {owed}:
            return None
        url = reverse(owed)
        if "HX-Request" not in request.headers:
            return redirect(url)
        answer = HttpResponse(status=401)
        answer.headers["HX-Redirect"] = url
        return answer


def _owed(user):
    """Return the name of the page that a person has to fill in first, or None."""
    if not user.is_authenticated:
        return None
    if user.password_until is not None:
        return PASSWORD
    return FACTOR if getattr(user, "lacks_second_factor", False) else None
