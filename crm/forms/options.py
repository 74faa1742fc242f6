"""Options of dictionaries in forms: those in use, and in use until it is saved."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.models import DictionaryItem
from crm.models.dictionaries import held


class OptionField(forms.ModelChoiceField):
    """An option of a dictionary that is in use, in a form that no model makes."""

    def __init__(self, kind, **options):
        """Take the dictionary."""
        offered = DictionaryItem.objects.filter(kind=kind, active=True)
        super().__init__(offered, **options)


class OptionsHeld:
    """A form whose new options of dictionaries are not replaced while it is saved.

    One that was replaced since the form read its choices is refused in words. What a
    row has already may be retired: it stays. Mix in before Django's form.
    """

    def _post_clean(self):
        super()._post_clean()
        chosen = {name: set(self._items(name)) for name in self.changed_data}
        ids = set().union(*chosen.values())
        gone = ids - held(ids) if ids else ids
        for name, items in chosen.items():
            if items & gone:
                words = _("This option is no longer in use. Choose another one.")
                self.add_error(name, words)

    def _items(self, name):
        """Return the ids of the items that are newly chosen in a field."""
        value, before = self.cleaned_data.get(name), self.get_initial_for_field
        if isinstance(value, DictionaryItem):
            return [value.pk]
        if isinstance(value, QuerySet) and value.model is DictionaryItem:
            old = before(self.fields[name], name) or ()
            return {item.pk for item in value} - {getattr(o, "pk", o) for o in old}
        return []
