"""The conditions in force, in words, each with the address without it."""

from collections.abc import Iterable

from crm.display import text
from crm.forms.spans import words_of
from crm.lists.list_query import OF_A_PAGE
from crm.queries.spans import Span


def chips(conditions):
    """Return [{label, value, remove_url}] of the Conditions of a list."""
    if not conditions.are_given:
        return []
    found, query, form = [], conditions.request.GET, conditions.filterset.form
    for name, field in form.fields.items():
        for raw in filter(None, query.getlist(name)):
            rest = query.copy()
            rest.setlist(name, [v for v in rest.getlist(name) if v != raw])
            for key in OF_A_PAGE:
                rest.pop(key, None)
            found.append(
                {
                    "label": field.label,
                    "value": _in_words(form, name, raw),
                    "remove_url": f"?{rest.urlencode()}",
                }
            )
    return found


def _in_words(form, name, raw):
    """Return a condition's value in words."""
    value = form.cleaned_data.get(name) if form.is_valid() else None
    if isinstance(value, Iterable) and not isinstance(value, str):
        for one in value:
            if str(getattr(one, "pk", one)) == raw and hasattr(one, "pk"):
                return str(one)
    if isinstance(value, Span):
        return words_of(value)
    choices = getattr(form.fields[name], "choices", None)
    if choices is not None and not hasattr(form.fields[name], "show"):
        return next((str(v) for k, v in choices if str(k) == raw), raw)
    return text(value) if value not in (None, "") and not choices else raw
