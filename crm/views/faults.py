"""The page for an error: of the machine, with what was typed, or of our own."""

import sys

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template import loader
from django.utils import translation
from django.utils.translation import gettext as _

from crm.middleware import SAFE
from crm.running.faults import fault_of

#: Pages whose fields are secrets.
_SIGNING = ("account_", "mfa_")


def server_error(request):
    """Answer an exception that nobody caught; `handler500` of every door.

    Runs while the exception is being handled. The answer carries `fault`, from which
    `crm.middleware.FaultMiddleware` knows whether to try once more.
    """
    fault = fault_of(sys.exc_info()[1])
    language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    with translation.override(language):
        response = _page(request, fault)
    response.fault = fault
    if fault is not None and fault.wait:
        response.headers["Retry-After"] = str(fault.wait)
    return response


def words(fault):
    """Return heading and text for a Fault, or for None."""
    if fault is None:
        return _("Something went wrong"), _(
            "Your last change was not saved. The error has been recorded; please try "
            "again."
        )
    return {
        "busy": (
            _("Busy at the moment"),
            _("Somebody else is changing the same thing. Please try again shortly."),
        ),
        "too_long": (
            _("This takes too long"),
            _("There is too much to look through: narrow the conditions."),
        ),
        "away": (
            _("The database cannot be reached"),
            _("Please try again shortly. If it lasts, tell the system administrator."),
        ),
        "full": (
            _("No space left on the disk"),
            _("Nothing more can be stored. Please tell the system administrator."),
        ),
        "missing": (
            _("A stored file is missing"),
            _("Its content is no longer there. Please tell the system administrator."),
        ),
        "unstorable": (
            _("A sign that cannot be stored"),
            _("The text contains an invisible sign that cannot be stored."),
        ),
    }[fault.name]


def _page(request, fault):
    heading, text = words(fault)
    status = fault.status if fault else 500
    context = {
        "status": status,
        "heading": heading,
        "text": text,
        "request_id": getattr(request, "id", ""),
    }
    if "HX-Request" in request.headers and "HX-Boosted" not in request.headers:
        body = loader.render_to_string("parts/fault.html", context)
        return HttpResponse(body, status=status)
    if fault is not None:
        context |= _again(request)
    return HttpResponse(loader.render_to_string("fault.html", context), status=status)


def _again(request):
    """Return what the page needs to send the same request once more."""
    address = request.get_full_path()
    if request.method in SAFE:
        return {"address": address}
    fields = _posted(request)
    if not fields:
        return {"address": request.path}
    return {
        "address": address,
        "fields": fields,
        "csrf_token": get_token(request),
        "files_lost": bool(request.FILES),
    }


def _posted(request):
    """Return [(name, value)] of a form; nothing if it is secret or was not read."""
    match = request.resolver_match
    if match is None or (match.url_name or "").startswith(_SIGNING):
        return []
    try:
        posted = request.POST
    except (BadRequest, OSError, SuspiciousOperation):  # it was this that failed
        return []
    if any("password" in name for name in posted):
        return []
    return [
        (name, value)
        for name, values in posted.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
