"""The page for a form that somebody else overtook: both texts, nothing lost."""

from django.shortcuts import render
from django.utils.translation import gettext as _

from crm.display import label_of, reader, text
from crm.models import HistoryEntry

#: Keys of a posted form that are not the person's own input.
TECHNICAL = frozenset(("csrfmiddlewaretoken", "version", "form_token"))


def conflict_page(request, model, pk, form):
    """Return the 409 page: what you wrote beside what stands there now.

    Args:
        request: the POST that came too late.
        model, pk: the record; read anew, since the form has written into it.
        form: the bound form.
    """
    form.is_valid()
    now = model.objects.visible_to(request.user, "change").get(pk=pk)
    theirs_changed = _changed_since(now, form.data.get("version"))
    rows = []
    for name in form.fields:
        if name in TECHNICAL or name not in form.cleaned_data or _many(model, name):
            continue
        yours, theirs = _words(model, name, form), reader(model, name)(now)
        if yours != theirs:
            rows.append(
                {
                    "name": name,
                    "label": label_of(model, name),
                    "yours": yours,
                    "theirs": theirs,
                    "changed_by_them": name in theirs_changed,
                }
            )
    context = {
        "object": now,
        "title": _("Changed by somebody else: %s") % now,
        "rows": rows,
        "changed_by": now.changed_by,
        "changed_at": now.changed_at,
        "posted_items": [
            (key, value)
            for key, values in request.POST.lists()
            for value in values
            if key not in TECHNICAL
        ],
        "errors": [e for errors in form.errors.values() for e in errors],
    }
    return render(request, "generic/record_conflict.html", context, status=409)


def _many(model, name):
    """Say whether a field is a list of records: sent again, but not compared."""
    return model._meta.get_field(name).many_to_many


def _words(model, name, form):
    """Return a posted value as a list would write it."""
    value = form.cleaned_data[name]
    field = model._meta.get_field(name)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return text(value)


def _changed_since(record, version):
    """Return the names of the fields that changed after a version was read."""
    known = (version or "").strip()
    if not (known.isascii() and known.isdigit() and len(known) < 10):
        return set()
    entries = HistoryEntry.objects.filter(
        label=record._meta.label_lower, object_id=record.pk
    ).exclude(verb="created")
    newer = entries.order_by("-id")[: max(record.version - int(known), 0)]
    columns = {column for entry in newer for column in entry.changes}
    return {
        field.name for field in record._meta.concrete_fields if field.column in columns
    }
