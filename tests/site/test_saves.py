"""No code writes back a whole row: others may have changed it since it was read."""

import ast

from django import forms
from django.conf import settings
from django.urls import get_resolver

from crm.forms.columns import ColumnsForm
from tests.site.test_names import APPS

#: Forms save by the columns they changed; formsets save such forms.
FORMS = {"form", "formset", "super()", "self.formset"}
NAMED = {"update_fields", "force_insert"}


def saves():
    """Yield (place, call) of every call of a `save` in the product."""
    for app in APPS:
        for path in sorted((settings.ROOT / app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and called(node) == "save":
                    yield f"{path.relative_to(settings.ROOT)}:{node.lineno}", node


def called(call):
    """Return the name of the method that is called; None for a function."""
    return getattr(call.func, "attr", None)


def is_safe(call):
    """Say whether a call inserts, names its columns, or leaves both to a form."""
    if {word.arg for word in call.keywords} & NAMED:
        return True
    of_view = [ast.unparse(argument) for argument in call.args] == ["form"]
    return of_view or ast.unparse(call.func.value) in FORMS


def test_every_save_names_its_columns_or_inserts():
    calls = list(saves())
    assert len(calls) > 20
    assert [place for place, call in calls if not is_safe(call)] == []


def every_form(kind=forms.ModelForm):
    """Return the ModelForms of the product that are about a model."""
    found = set()
    for form in kind.__subclasses__():
        ours = form.__module__.partition(".")[0] in APPS
        if ours and getattr(form, "_meta", None) and form._meta.model:
            found.add(form)
        found |= every_form(form)
    return found


def test_every_form_saves_only_the_columns_it_changed():
    assert get_resolver().url_patterns  # loads every page, and so every form
    forms_ = every_form()
    assert len(forms_) > 20
    assert [form for form in forms_ if not issubclass(form, ColumnsForm)] == []
