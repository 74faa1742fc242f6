"""The search form of a list. What no condition fills reads the same for everybody, so
it is drawn once: forty fields cost more than all the rows."""

from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.translation import get_language

from crm import dictionaries
from crm.forms.lookups import LookupMultipleField
from crm.forms.spans import OFFERED, words_of

_blank = {}
#: More than all lists in all languages; dictionary changes make new ones.
KEPT = 200


def condition_form(view):
    """Return the search form of a list page as HTML.

    Args:
        view: the list view.
    """
    form, fields = _blank_form(view)
    if not view.conditions.are_given:
        return form
    given = view.request.GET
    return _drawn(view, {**fields, **_draw(view.conditions.filterset.form)}, given)


def _blank_form(view):
    """Return the form without a value in it, and {name: HTML} of its fields."""
    look = (get_language(), view.kept.is_unfolded)
    key = (view.request.path, *look, dictionaries.fingerprint())
    if key not in _blank:
        rows = view.model._default_manager.none()
        form = view.filterset_class(None, queryset=rows, request=view.request).form
        fields = _draw(form)
        for name, made in view.filterset_class.base_filters.items():
            if getattr(made, "is_quiet", False):
                del fields[name]
        # Kept for everybody: what this one asks for opens nothing to the next.
        drawn = _drawn(view, fields, {}), fields
        if _personal(form):
            return drawn
        if len(_blank) >= KEPT:
            _blank.clear()
        _blank[key] = drawn
    return _blank[key]


def _drawn(view, fields, given):
    """Return the form of these fields; it is open where a folded one is given."""
    usual = ("q", *view.filterset_class.usual)
    folded = [name for name in fields if name not in usual]
    return render_to_string(
        "parts/condition_form.html",
        {
            "open_fields": [fields[name] for name in usual],
            "folded_fields": [fields[name] for name in folded],
            "folded_active": view.kept.is_unfolded
            or any(given.get(name) for name in folded),
            "path": view.request.path,
            "spans": format_html_join(
                "", "<option>{}", [[words_of(one)] for one in OFFERED]
            ),
        },
    )


def _personal(form):
    """Say whether any choices depend on who is asking."""
    return any(
        hasattr(field, "queryset") and not isinstance(field, LookupMultipleField)
        for field in form.fields.values()
    )


def _draw(form):
    """Return {name: HTML} of the fields of a form."""
    for name, field in form.fields.items():
        if hasattr(field, "show"):
            field.show(form[name].value())
    return {
        name: render_to_string("parts/condition.html", {"field": form[name]})
        for name in form.fields
    }
