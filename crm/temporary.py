"""A password that somebody else chose is good for one thing: choosing one's own."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

#: What one may do before that.
ALLOWED = frozenset(("account_change_password", "account_logout", "language"))


class TemporaryMiddleware:
    """Lead whoever signed in on a temporary password to choosing another."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Pass the request on; where it leads is known in `process_view`."""
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Answer with the way to the form, or with nothing."""
        if not getattr(view, "login_required", True) or not _is_temporary(request.user):
            return None
        if request.resolver_match.url_name in ALLOWED:
            return None
        url = reverse("account_change_password")
        if "HX-Request" not in request.headers:
            return redirect(url)
        answer = HttpResponse(status=401)
        answer.headers["HX-Redirect"] = url
        return answer


def _is_temporary(user):
    return user.is_authenticated and user.password_until is not None
