"""A browser that sends what the forms of our pages hold: the version of their row.

Tests of stale forms name a version themselves; `version=None` sends none at all.
"""

import time

from django.apps import apps
from django.test import Client
from django.urls import Resolver404, resolve

from contracts.models import Amendment
from crm.models import User
from crm.views.profile import profile
from customers.models import Customer, FileEntry
from customers.views import parts


def type_password(browser, user):
    """Note in the session of a browser that its person has just typed the password."""
    session = browser.session
    session["account_authentication_methods_user"] = str(user.pk)
    typed = {"method": "password", "at": time.time()}
    session["account_authentication_methods"] = [typed]
    session.save()


class Browser(Client):
    """Django's test browser, sending with every form the version of its row."""

    def force_login(self, user, backend=None):
        """Sign somebody in whose password was typed just now."""
        super().force_login(user, backend)
        type_password(self, user)

    def post(self, path, data=None, *args, **options):
        """Send a form; one that names no version was drawn just now."""
        sent = {} if data is None else data
        if isinstance(sent, dict):
            if "version" not in sent:
                sent = {**sent, "version": self._version_now(path)}
            sent = {name: value for name, value in sent.items() if value is not None}
        return super().post(path, sent, *args, **options)

    def _version_now(self, path):
        """Return the version of the row that an address is about, or None."""
        try:
            match = resolve(path.partition("?")[0])
        except Resolver404:
            return None
        if match.func is profile:
            return self._row(User, self.session.get("_auth_user_id"))
        if match.func is parts.file_entry:
            named = {"customer": match.kwargs["pk"], "subject": match.kwargs["subject"]}
            entries = FileEntry.objects.filter(**named)
            return entries.values_list("version", flat=True).first() or 0
        return self._row(_model(match), match.kwargs.get("pk"))

    def _row(self, model, pk):
        if model is None or pk is None or not hasattr(model, "shown_version"):
            return None
        rows = getattr(model, "everything", model._default_manager).filter(pk=pk)
        counted = "contract__version" if model is Amendment else "version"
        return rows.values_list(counted, flat=True).first()


def _model(match):
    """Return the model whose row an address names by its number."""
    if match.func.__module__ == parts.__name__:
        return Customer
    if label := match.kwargs.get("label"):
        try:
            return apps.get_model(label)
        except (LookupError, ValueError):
            return None
    view = getattr(match.func, "view_class", None)
    given = getattr(match.func, "view_initkwargs", {})
    return given.get("model", getattr(view, "model", None)) if view else None
