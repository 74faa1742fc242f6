"""Short forms do not ask for what is known where one is."""

from django import forms


class KnownFields:
    """A form of a record that shows what its address names, instead of asking for it.

    Attributes:
        about: the records that are named.
    """

    about = ()

    def hide_known(self, *names):
        """Hide those fields in which the address names a record one may choose."""
        named = map(self._given, names)
        self.about = [row for row in named if row is not None]

    def _given(self, name):
        """Return the record that the address names in a field, and hide the field."""
        field = self.fields[name]
        keys = field.keys(self.initial.get(name))
        row = field.queryset.filter(pk__in=keys).first() if keys else None
        if row is not None:
            field.widget = forms.HiddenInput()
        return row
