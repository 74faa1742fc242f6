"""Saving an existing row by the columns that changed, never the row as it was read.

Whoever writes a whole row writes back what others changed since it was read: a person
who is dismissed while saving a telephone number would let themselves in again.
"""

from copy import copy

from django import forms

from crm.fields import DerivedTextField


def values_of(row):
    """Return {column: value} of a row as it is in memory."""
    return {
        field.attname: copy(row.__dict__[field.attname])
        for field in row._meta.concrete_fields
        if field.attname in row.__dict__
    }


def save_changed(row, before):
    """Write the columns of a row that differ from `before`, and what follows from them.

    Args:
        row: a row that is stored already, locked by whoever changes it.
        before: `values_of` the row as it was read.
    """
    fields = row._meta.concrete_fields
    now = values_of(row)
    changed = [
        field.name
        for field in fields
        if now.get(field.attname) != before.get(field.attname)
    ]
    if changed:
        derived = [
            field.name for field in fields if isinstance(field, DerivedTextField)
        ]
        row.save(update_fields={*changed, *derived})


def version_field(row):
    """Return the hidden field that says which version of a row a form shows."""
    return forms.IntegerField(widget=forms.HiddenInput, initial=row.shown_version)


class ColumnsForm:
    """A ModelForm that writes only the columns it changes (mix in before Django's).

    It carries the version of the row that it shows.
    """

    def __init__(self, *args, **options):
        """Remember the row as it was read."""
        super().__init__(*args, **options)
        self._before = values_of(self.instance)
        if self.instance.pk and hasattr(self.instance, "version"):
            self.fields["version"] = version_field(self.instance)

    def save(self, commit=True):
        """Save and return the row; a new one is inserted as Django does it."""
        if not commit or self.instance._state.adding:
            return super().save(commit)
        if self.errors:
            raise ValueError("A form with errors cannot be saved.")
        save_changed(self.instance, self._before)
        self._save_m2m()
        return self.instance
