"""The search form of a list. Drawn once for everybody while nothing is searched for:
forty fields cost more than all the rows."""

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
        view: the list view, with `filterset`, `searched` and `request`.
    """
    if view.searched:
        return _draw(view)
    key = (
        view.filterset_class,
        view.request.path,
        get_language(),
        dictionaries.fingerprint(),
    )
    if key not in _blank:
        drawn = _draw(view)
        if _personal(view.filterset.form):
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


def _draw(view):
    """Split the conditions into the usual ones and the folded ones, and draw them."""
    form, usual = view.filterset.form, ("q", *view.filterset.usual)
    for name, field in form.fields.items():
        if hasattr(field, "show"):
            field.show(form[name].value())
    folded = [name for name in form.fields if name not in usual]
    return render_to_string(
        "parts/condition_form.html",
        {
            "open_fields": [form[name] for name in usual],
            "folded_fields": [form[name] for name in folded],
            "folded_active": any(view.request.GET.get(name) for name in folded),
            "path": view.request.path,
        },
    )
