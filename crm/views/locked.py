"""Rows that a page is about to change: locked, and all of them in one order.

What a row is part of or filed under comes first, as its own verbs and triggers have
it: a customer that changes hands tells that to all rows below. Two that lock the two
in different orders would wait for each other.
"""


def lock_above(model, *pks):
    """Lock what rows are part of, or the customers they are filed under."""
    above = getattr(model, "history_part_of", None) or getattr(model, "team_path", None)
    if above in (None, "pk"):
        return
    kind = model._meta.get_field(above).related_model
    parts = model._base_manager.filter(pk__in=pks).order_by()
    rows = kind._base_manager.filter(pk__in=parts.values(above)).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))


class LockedMixin:
    """Lock the row of the page while it is changed: what was seen must hold till then.

    Left of whatever says which rows there are.
    """

    #: Whether others may come to refer to the row meanwhile. Not to one that goes:
    #: they are waited for, and whoever comes later waits and finds nothing.
    may_be_referred_to = True

    def locked(self, rows):
        """Return the rows, locked while they are changed."""
        if self.request.method != "POST":
            return rows
        return rows.select_for_update(of=("self",), no_key=self.may_be_referred_to)

    def get_queryset(self):
        """Return the rows on which the person may do this, locked."""
        return self.locked(super().get_queryset())

    def get_object(self, queryset=None):
        """Return the row; what it belongs to is locked first."""
        if self.request.method == "POST":
            lock_above(self.model, self.kwargs["pk"])
        return super().get_object(queryset)
