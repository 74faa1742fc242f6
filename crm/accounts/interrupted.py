"""A form that was sent for nothing comes back as it was filled in.

It was sent after the session had ended, or its verb was refused. Its fields wait in
the session of the visitor, for the same person and for a while; that person finds them
in the form, to look at and to send. Passwords and files are never kept.
"""

import json
import time

from django.conf import settings
from django.utils.functional import SimpleLazyObject
from django.views.generic.edit import FormMixin

from crm.addresses import own_place, page_to_open

KEY = "interrupted"
SALT = "crm.interrupted"
#: Characters of all fields together; more was never typed in one go.
LARGEST = 200_000
SECONDS = 3600
#: A cookie outlives the session, so that the next visitor is not taken for this one.
COOKIE_AGE = 30 * 24 * 3600
NEVER = ("csrfmiddlewaretoken", "form_token")


class InterruptedMiddleware:
    """Note in a signed cookie whose browser this is, until they sign out."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer, and note or forget the person."""
        response = self.get_response(request)
        if not request.session.accessed:
            return response
        name, known = settings.PERSON_COOKIE_NAME, _person(request)
        if request.user.is_authenticated and known != str(request.user.pk):
            response.set_signed_cookie(
                name,
                request.user.pk,
                salt=SALT,
                max_age=COOKIE_AGE,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        elif known and request.path == "/logout/" and response.status_code == 302:
            response.delete_cookie(name, samesite="Lax")
        return response


def keep(request, view):
    """Keep the fields of a form that nobody is signed in for.

    Args:
        request: the POST.
        view: what it was sent to.

    Returns:
        The page to go on to after signing in: the form's own, or where it stood if it
        has none; None if there is nothing to keep.
    """
    person, place = _person(request), request.get_full_path()
    return _keep(request, person, place, at_home=shows_form(view))


def shows_form(view):
    """Say whether a view shows the form that is sent to it, to whoever opens it."""
    kind = getattr(view, "view_class", None)
    if kind is None or not issubclass(kind, FormMixin):
        return False
    return "get" in kind.http_method_names and hasattr(kind, "get")


def keep_refused(request, page, typed):
    """Keep the fields of a form whose verb was refused, or overtaken.

    But for the version: whoever comes back has looked at the record anew.

    Args:
        request: the POST.
        page: where the form may have stood, if the browser does not say.
        typed: the texts that the person has written: what buttons send is none.

    Returns:
        The page that the form stood on; None if there is nothing to keep.
    """
    person = str(request.user.pk)
    return _keep(request, person, page, without=("version",), refused=True, typed=typed)


def forget(request):
    """Drop what was kept of the form that was sent now: what it asked for is done."""
    kept = request.session.get(KEY)
    own = kept and kept["person"] == str(request.user.pk)
    if own and kept["action"].partition("?")[0] == request.path:
        del request.session[KEY]


def _keep(
    request, person, page, without=(), *, at_home=False, refused=False, typed=None
):
    posted = request.POST.lists()
    fields = {n: v for n, v in posted if _is_kept(n) and n not in without}
    said = sum(len(text) for values in fields.values() for text in values)
    if not person or not fields or said > LARGEST:
        return None
    came_from = own_place(request.headers.get("Referer", "")[:2000])
    # One that was filled in where it was wanted, on another's page, is not there now.
    stood_here = came_from.partition("?")[0] == request.path
    # And what answered there that a verb was refused is no page one can open.
    if came_from != "/" and not (stood_here if refused else at_home and not stood_here):
        page = came_from
    page = page_to_open(page)
    request.session[KEY] = {
        "person": person,
        "at": int(time.time()),
        "page": page,
        "action": request.get_full_path(),
        "fields": fields,
        "refused": refused,
        "typed": typed,
    }
    return page


def fields_for(request):
    """Return {name: value or values} that wait for this page; empty if none do."""
    kept = taken(request)
    if not kept or kept["action"].partition("?")[0] != request.path:
        return {}
    request.is_refilled = True
    return {n: v[0] if len(v) == 1 else v for n, v in kept["fields"].items()}


def taken(request):
    """Return what waits for this page and take it out of the session, once."""
    if not hasattr(request, "interrupted"):
        request.interrupted = _take(request)
    return request.interrupted


def _take(request):
    kept = request.session.get(KEY)
    if not kept or request.method != "GET" or not request.user.is_authenticated:
        return None
    if "HX-Request" in request.headers:
        return None
    fresh = time.time() - kept["at"] < SECONDS
    own = kept["person"] == str(request.user.pk)
    here = kept["page"].partition("?")[0] == request.path
    if here or not own or not fresh:
        del request.session[KEY]
    return kept if here and own and fresh else None


def interrupted(request):
    """Context processor: what the scripts of the page put back, as one text.

    Where the page has not filled it in itself (`is_filled`), whoever has no scripts
    reads what was `typed`.
    """

    def said():
        kept = taken(request) if hasattr(request, "session") else None
        if kept is None:
            return None
        data = {"action": kept["action"], "fields": kept["fields"]}
        typed = kept.get("typed")
        if typed is None:
            named = (values for n, values in kept["fields"].items() if n != "version")
            typed = [value for values in named for value in values]
        return {
            "data": json.dumps(data, ensure_ascii=False),
            "refused": kept.get("refused", False),
            "is_filled": getattr(request, "is_refilled", False),
            "typed": "\n".join(filter(None, typed)),
        }

    return {"interrupted": SimpleLazyObject(said)}


def _person(request):
    name = settings.PERSON_COOKIE_NAME
    return request.get_signed_cookie(name, default=None, salt=SALT, max_age=COOKIE_AGE)


def _is_kept(name):
    return name not in NEVER and "password" not in name
