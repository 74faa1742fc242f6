"""Addresses that come from a browser and that somebody is to be sent to."""

from urllib.parse import urlsplit

from django.utils.http import url_has_allowed_host_and_scheme


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
