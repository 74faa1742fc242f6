"""Addresses that come from a browser and that somebody is to be sent to."""

from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST


def own_place(address):
    """Return path and query of an address of ours, the workbench for any other.

    The host is dropped, so that nobody is ever led away from here.
    """
    try:
        back = urlsplit(address)
    except ValueError:
        return "/"
    target = back.path + (f"?{back.query}" if back.query else "")
    ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, None)
    return target if ours else "/"


def only_sent_to(view):
    """Let a function answer to POST alone, so that nobody is led there afterwards."""
    answers = require_POST(view)
    answers.http_method_names = ("post",)
    return answers


def page_to_open(address):
    """Return an address of ours, or the page above it where one can only send to it.

    What a verb answers stands at the address of the verb, below the page of what it is
    done to.
    """
    path = address.partition("?")[0]
    view = _view_at(path)
    if view is None or _answers_get(view):
        return address
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        view = _view_at(path)
        if view is not None and _answers_get(view) and getattr(view, "is_page", True):
            break
    return path


def _view_at(path):
    """Return what answers at a path: a function or a class; None if nothing does."""
    try:
        view = resolve(path).func
    except Resolver404:
        return None
    if hasattr(view, "http_method_names"):  # `only_sent_to` knows better than a class
        return view
    return getattr(view, "view_class", view)


def _answers_get(view):
    names = getattr(view, "http_method_names", ("get",))
    return "get" in names and (not isinstance(view, type) or hasattr(view, "get"))
