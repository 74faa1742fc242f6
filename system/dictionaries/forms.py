"""The forms of dictionary items."""

from django import forms
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from crm.forms.records import ModelForm
from crm.models import DictionaryItem
from crm.models.dictionaries import dictionaries

STEP = 10


class DictionaryItemForm(ModelForm):
    """An item; its dictionary and its code stay what they are once it is used."""

    class Meta(ModelForm.Meta):
        model = DictionaryItem
        fields = ("kind", "code", "label", "label_en", "order", "active")

    def __init__(self, *args, **options):
        """Leave out what no longer changes; offer the last place."""
        super().__init__(*args, **options)
        self.fields["order"].required = False
        self.fields["order"].help_text = _("Left empty: at the end.")
        if self.instance.pk:
            for name in ("kind", "code"):
                self.fields[name].disabled = True
            self.fields["label"].help_text = self._hint(self.instance.kind)
        else:
            self.initial.setdefault("order", "")
            self.fields["order"].initial = ""
            self.fields["label"].help_text = self._hint(self.initial.get("kind"))

    @staticmethod
    def _hint(kind):
        """Return what else a label of a dictionary may say."""
        known = dictionaries().get(kind)
        return known.hint if known else ""

    def clean(self):
        """Put an item without a place at the end of its dictionary."""
        values = super().clean()
        if values.get("order") is None and "order" not in self.errors:
            same = DictionaryItem.objects.filter(kind=values.get("kind", ""))
            last = same.order_by().aggregate(last=Max("order"))["last"] or 0
            values["order"] = last + STEP
        return values


class ReplacementForm(forms.Form):
    """The item that takes the place of another."""

    target = forms.ModelChoiceField(
        DictionaryItem.objects.none(), label=_("Use instead")
    )

    def __init__(self, *args, item, **options):
        """Offer the other items of the same dictionary that are in use."""
        super().__init__(*args, **options)
        others = DictionaryItem.objects.filter(kind=item.kind, active=True)
        self.fields["target"].queryset = others.exclude(pk=item.pk)
