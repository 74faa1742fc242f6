"""What every request goes through: its language, one transaction if it changes
something, and an answer that nobody else gets to keep."""

import contextlib
import ipaddress
import time

from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import (
    BadRequest,
    MiddlewareNotUsed,
    SuspiciousOperation,
)
from django.db import connections
from django.http import HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.middleware.gzip import GZipMiddleware
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from crm.accounts.interrupted import keep, shows_form
from crm.accounts.languages import spoken
from crm.addresses import own_place, page_to_open
from crm.guards.actor import acting_for
from crm.running.faults import AWAY

SAFE = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
#: What is compressed on its way.
WORDS = frozenset(("text/html", "application/json"))
SECONDS_TO_RETRY = 2  # whoever has waited longer is told, and asked


class ActingMiddleware:
    """Run every changing request whole or not at all, and note who sent it.

    Must stand last: it calls the view itself, after every other middleware has
    had its say. An error response written by a view is a normal answer; only an
    exception undoes the work.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Pass the request on; the work is done in `process_view`."""
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Call a changing view inside `acting`.

        A view that `commits_itself` waits long between its transactions, which must
        hold nobody up meanwhile.
        """
        if request.method in SAFE:
            return None
        request.has_begun = True
        if getattr(getattr(view, "view_class", None), "commits_itself", False):
            return None
        try:
            with acting_for(request):
                return view(request, *args, **kwargs)
        except ReauthenticationRequired:
            return suspend_request(request, reverse("account_reauthenticate"))


class FaultMiddleware:
    """Try a request once more that the machine broke off, if that cannot count twice.

    It cannot where nothing was begun, where the request only looks, and where
    PostgreSQL has rolled back everything to let somebody else go first.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer; at the second try with whatever it brings."""
        began = time.monotonic()
        response = self.get_response(request)
        fault = getattr(response, "fault", None)
        if fault is None:
            return response
        for connection in connections.all(initialized_only=True):
            connection.close_if_unusable_or_obsolete()
        if time.monotonic() - began > SECONDS_TO_RETRY or not self._may(request, fault):
            return response
        request.has_begun = False
        return self.get_response(request)

    def _may(self, request, fault):
        only_looked = request.method in SAFE or not getattr(request, "has_begun", False)
        return fault.undone or (fault is AWAY and only_looked)


class ReadableMiddleware:
    """Refuse a form that cannot be read once, before any door or error page tries.

    Django remembers only of some such forms that they are broken: of the others each
    look at `request.POST` fails anew, in the page that says so too.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Pass on what can be read; the rest ends in the page for bad requests."""
        if request.method == "POST":
            try:
                request.POST  # noqa: B018 - reading it is all that is wanted
            except UnreadablePostError as error:
                request._mark_post_parse_error()
                raise BadRequest("The sender hung up.") from error
            except (BadRequest, MultiPartParserError, SuspiciousOperation):
                request._mark_post_parse_error()
                raise
        return self.get_response(request)


class LanguageMiddleware:
    """Speak Chinese unless the person has switched, whatever the browser prefers."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer in the language of the cookie."""
        request.LANGUAGE_CODE = spoken(request) or settings.LANGUAGE_CODE
        with translation.override(request.LANGUAGE_CODE):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


class PrivateMiddleware:
    """Let no cache and no back button keep what only this person may see."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer with `no-store` unless the view has said something itself."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class SmallMiddleware(GZipMiddleware):
    """Compress pages and what scripts ask for; files go as they are, in their length.

    What a page must not tell by its length is safe: the token of forms is masked anew
    in every answer, each answer is lengthened by chance (Heal the Breach), and no
    foreign site's page can make a browser ask with its session (SameSite).
    """

    def process_response(self, request, response):
        """Compress an answer if it is one of words and whole."""
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.streaming or kind not in WORDS:
            return response
        return super().process_response(request, response)


class ProxyMiddleware:
    """Take a visitor's address from the proxy in front; believe nobody else's word.

    Limits on sign-in count by address and the history names it: without this
    everybody would come from the proxy.
    """

    def __init__(self, get_response):
        if not settings.CRM_PROXIES:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        """Answer, knowing from where the request really came."""
        if request.META.get("REMOTE_ADDR") in settings.CRM_PROXIES:
            # The last one is what our proxy saw; those before are what it was told.
            said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2]
            with contextlib.suppress(ValueError):
                request.META["REMOTE_ADDR"] = str(ipaddress.ip_address(said.strip()))
        return self.get_response(request)


class SignInMiddleware(LoginRequiredMiddleware):
    """Close every door by default; send htmx to the sign-in page as a whole.

    A redirect would be followed in the background, and the list would vanish from
    under somebody whose session has ended.
    """

    def handle_no_permission(self, request, view_func):
        """Answer 401 with where to go to a fragment's request, 302 to a page's.

        A form that was sent waits for its person (`crm.accounts.interrupted`); of what
        a script sends, that which somebody filled in: it has a page of its own.
        """
        is_script = "HX-Request" in request.headers
        is_filled = request.method == "POST" and (
            not is_script or shows_form(view_func)
        )
        page = keep(request, view_func) if is_filled else None
        if not is_script:
            return redirect_to_login(page or page_to_open(request.get_full_path()))
        place = own_place(request.headers.get("HX-Current-URL", "")[:2000])
        place = page or page_to_open(place)
        answer = HttpResponse(status=401)
        query = urlencode({"next": place})
        answer.headers["HX-Redirect"] = f"{settings.LOGIN_URL}?{query}"
        return answer
