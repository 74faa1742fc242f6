"""The columns of dictionary items."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy

from crm.lists.ordering import Sorted
from crm.lists.tables import RecordTable
from crm.models import DictionaryItem


class DictionaryItemTable(RecordTable):
    """Columns of the items of a dictionary.

    `uses` is {item id: number of rows}, put in by the list for the rows it shows.
    """

    default_sort = "order"
    numeric = ("order", "uses_column")
    linked = True
    uses = {}

    uses_column = tables.Column(
        verbose_name=gettext_lazy("Uses"), orderable=False, empty_values=()
    )

    class Meta:
        model = DictionaryItem
        fields = ("label", "label_en", "code", "kind", "order", "uses_column", "active")

    def leads_to(self, record):
        """Lead to the form."""
        if not self.linked:
            return None
        return reverse("dictionaryitem_update", args=[record.pk])

    def render_label(self, record):
        """Show the Chinese label; the English one has a column of its own."""
        return record.label

    def render_uses_column(self, record):
        """Show how many rows use the item."""
        return self.uses.get(record.pk, 0)

    def ordering(self, sort):
        """Keep the items of one dictionary together."""
        order = super().ordering(sort)
        return Sorted("kind", *order.keys) if sort == self.default_sort else order
