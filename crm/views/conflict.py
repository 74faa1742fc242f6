"""What was changed after somebody looked at it: both texts, and nothing is lost.

Every form and every verb carries the `version` of the row that was seen.
"""

from django import forms
from django.shortcuts import render
from django.utils.translation import gettext as _

from crm.display import label_of, reader, text
from crm.history.entries import readable
from crm.models import HistoryEntry
from crm.views.merging import items_of, merged

#: Keys of a posted form that are not the person's own input.
TECHNICAL = frozenset(("csrfmiddlewaretoken", "version", "form_token"))
#: Changes that are listed; who was away longer reads the history.
LISTED = 50


def is_stale(request, row):
    """Say whether a POST was made for another version of a row, or names none."""
    return seen_version(request) != str(row.shown_version)


def seen_version(request):
    """Return the version a POST was made for, as it was sent.

    A form that is saved and registered at once is sent on by a 307: the address then
    names the version that saving has made.
    """
    return request.GET.get("version") or request.POST.get("version", "")


def conflict_page(request, now, form, why_not=""):
    """Return the 409 page: what you wrote beside what stands there now.

    Args:
        request: the POST that came too late.
        now: the row, read anew, since the form has written into its own.
        form: the bound form.
        why_not: why nothing of it can be saved any more, if it cannot.
    """
    form.is_valid()
    newer = changes_since(now, seen_version(request))
    hidden = {name for name, field in form.fields.items() if _secret(field)}
    names = [name for name in form.fields if name not in TECHNICAL | hidden]
    rows = filter(None, (_compared(form, name, now, newer) for name in names))
    rows = [merged(row, form, now, newer) for row in rows]
    if why_not:
        rows = [row | {"is_asked": False} for row in rows]
    context = {
        "why_not": why_not,
        "title": _("Changed by somebody else: %s") % now,
        "rows": rows,
        "asked": {row["name"] for row in rows if row["is_asked"]},
        "posted_items": items_of(rows, _sent(request, TECHNICAL | hidden)),
        "errors": [e for errors in form.errors.values() for e in errors],
        "stored_url": _page_of(now),
        **_what_happened(request, now, newer),
    }
    return render(request, "generic/record_conflict.html", context, status=409)


class UnlessOvertaken:
    """An edit form that saves only where the row is still the one that was seen."""

    def post(self, request, *args, **kwargs):
        """Save, unless somebody else was quicker."""
        self.object = self.get_object()
        if is_stale(request, self.object):
            now = self.get_queryset().get(pk=self.object.pk)
            return conflict_page(request, now, self.get_form())
        return super().post(request, *args, **kwargs)


def stale_page(request, now, back_url="", *, repeatable=True):
    """Return the 409 page of a verb: what has changed since, and the way to go on.

    Args:
        request: the POST that came too late.
        now: the row as it stands.
        back_url: where to look at it, if not at the row's own page.
        repeatable: whether one button may send the same once more.
    """
    newer = changes_since(now, seen_version(request))
    context = {
        "title": _("Changed by somebody else: %s") % now,
        "posted_items": _sent(request, TECHNICAL),
        "has_files": bool(request.FILES),
        "repeatable": repeatable and not request.FILES,
        "back_url": back_url or _page_of(now),
        **_what_happened(request, now, newer),
    }
    return render(request, "generic/stale.html", context, status=409)


def _what_happened(request, now, newer):
    return {
        "object": now,
        "changed_by": now.changed_by,
        "changed_at": now.changed_at,
        "entries": readable(newer, request.user),
    }


def _page_of(row):
    """Return the address of a row's own page, if it has one."""
    return row.get_absolute_url() if hasattr(row, "get_absolute_url") else ""


def _sent(request, left_out):
    """Return (name, value) of what was typed, to be sent again."""
    return [
        (key, value)
        for key, values in request.POST.lists()
        for value in values
        if key not in left_out
    ]


def _secret(field):
    """Say whether a field holds a password: never written into a page."""
    return isinstance(field.widget, forms.PasswordInput)


def _compared(form, name, now, newer):
    """Return a field's two texts and whose change it is; None if they are the same."""
    if name not in form.cleaned_data:
        return None
    field = _column(now, name)
    if field is None:
        stored = form.get_initial_for_field(form.fields[name], name)
        label = form[name].label
        yours, theirs = (
            _chosen(form.fields[name], value)
            for value in (form.cleaned_data[name], stored)
        )
    else:
        label = label_of(type(now), name)
        yours, theirs = (
            _words(field, form.cleaned_data[name]),
            reader(type(now), name)(now),
        )
    if yours == theirs:
        return None
    own = (now._meta.label_lower, now.pk)
    entries = [entry for entry in newer if (entry.label, entry.object_id) == own]
    columns = {column for entry in entries for column in entry.changes}
    changed = field is not None and field.column in columns
    row = {"name": name, "label": label, "yours": yours, "theirs": theirs}
    return row | {"changed_by_them": changed}


def _column(row, name):
    """Return the column behind a form's field; None for choices beside the row."""
    columns = {field.name: field for field in row._meta.concrete_fields}
    return columns.get(name)


def _words(field, value):
    """Return a posted value as a list would write it."""
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return text(value)


def _chosen(field, value):
    """Return the names of what is chosen in a field that is no column."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return "、".join(sorted(field.label_from_instance(row) for row in value or ()))
    if isinstance(field, forms.ChoiceField) and not isinstance(
        field, forms.ModelChoiceField
    ):
        return str(dict(field.choices).get(value, value) or "")
    return text(value)


def changes_since(row, version):
    """Return the newest history entries of what changed after a version was read."""
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        return []
    newer = min(max(row.shown_version - int(version), 0), LISTED)
    whole = getattr(row, row.history_part_of) if row.history_part_of else row
    entries = HistoryEntry.objects.filter(
        subject_label=whole._meta.label_lower, subject_id=whole.pk
    )
    if whole is not row:
        entries = entries.filter(label=row._meta.label_lower, object_id=row.pk)
    changes = entries.exclude(verb="created").exclude(changes={})
    return list(changes.order_by("-id")[:newer])
