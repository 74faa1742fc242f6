"""Two people's texts of one row, merged field by field.

What only one of the two has changed is as that one left it; only what both have
changed, in different ways, is asked.
"""

from django import forms


def merged(row, form, now, newer):
    """Return what becomes of one field that reads otherwise in form and row.

    Args:
        row: {name, …} of the field.
        form: the bound form that came too late.
        now: the row as it is stored.
        newer: the history entries since the form was made, the newest first.

    Returns:
        The row with `changed_by_you`, `is_asked`, and what a browser sends for either
        text: `sent` and `stored`.
    """
    name = row["name"]
    sent = form.data.getlist(form.add_prefix(name))
    if not row["changed_by_them"]:
        return row | {"changed_by_you": True, "is_asked": False, "sent": sent}
    field = now._meta.get_field(name)
    before = _before(now, field, newer)
    by_you = not _is_same(field, form.cleaned_data[name], before)
    stored = _as_posted(form.fields[name], field.value_from_object(now))
    return row | {
        "changed_by_you": by_you,
        "is_asked": by_you and len(sent) == len(stored) == 1,
        "sent": sent,
        "stored": stored,
    }


def items_of(rows, sent):
    """Return (name, value) to be sent again: theirs where only they changed a field.

    Args:
        rows: the fields as `merged` has them.
        sent: (name, value) as it was typed.
    """
    theirs = {row["name"]: row["stored"] for row in rows if not row["changed_by_you"]}
    kept = [(name, value) for name, value in sent if name not in theirs]
    return kept + [(name, value) for name in theirs for value in theirs[name]]


def _before(now, field, newer):
    """Return what a column held in the version that the form was made for."""
    for entry in reversed(newer):
        own = (entry.label, entry.object_id) == (now._meta.label_lower, now.pk)
        if own and field.column in entry.changes:
            return entry.changes[field.column][0]
    return None


def _is_same(field, value, stored):
    """Say whether a value of a form is what the history kept of a column."""
    value, empty = getattr(value, "pk", value), (None, "", [])
    if value in empty or stored in empty:
        return value in empty and stored in empty
    return value == field.to_python(stored)


def _as_posted(field, value):
    """Return the values that a browser would send for a stored one."""
    if isinstance(field.widget, forms.CheckboxInput):
        return ["on"] if value else []
    drawn = field.widget.format_value(field.prepare_value(value))
    values = drawn if isinstance(drawn, list) else [drawn]
    return ["" if one is None else str(one) for one in values]
