"""The conditions on dictionary items."""

from crm.lists.filters import ModelFilter
from crm.models import DictionaryItem


class DictionaryItemFilter(ModelFilter):
    """Conditions on dictionary items."""

    conditions = ("kind", "code", "active")
    usual = ("kind", "active")
    searched = ("label", "label_en", "code")

    class Meta:
        model = DictionaryItem
        fields = ()
