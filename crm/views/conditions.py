"""The search form of a list. A field that no condition fills reads the same for
everybody, so it is drawn once: forty fields cost more than all the rows."""

from django.template.loader import render_to_string
from django.utils.translation import get_language

from crm import dictionaries
from crm.lookups import LookupMultipleField

_blank = {}
#: More than all lists in all languages; dictionary changes make new ones.
KEPT = 200


def condition_form(view):
    """Return the search form of a list page as HTML.

    Args:
        view: the list view, with `filterset`, `filterset_class` and `request`.
    """
    fields = _blank_fields(view)
    if view.searched:
        live = _draw(view.filterset.form)
        fields = {name: live.get(name, blank) for name, blank in fields.items()}
    usual = ("q", *view.filterset_class.usual)
    folded = [name for name in fields if name not in usual]
    return render_to_string(
        "parts/condition_form.html",
        {
            "open_fields": [fields[name] for name in usual],
            "folded_fields": [fields[name] for name in folded],
            "folded_active": any(view.request.GET.get(name) for name in folded),
            "path": view.request.path,
        },
    )


def _blank_fields(view):
    """Return {name: HTML} of every condition without a value."""
    key = (view.filterset_class, get_language(), dictionaries.fingerprint())
    if key not in _blank:
        rows = view.model._default_manager.none()
        form = view.filterset_class(None, queryset=rows, request=view.request).form
        drawn = _draw(form)
        if _personal(form):
            return drawn
        if len(_blank) >= KEPT:
            _blank.clear()
        _blank[key] = drawn
    return _blank[key]


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
    return {name: form[name].as_field_group() for name in form.fields}
