"""The conditions on the recycle bin, over all kinds of records at once."""

from crm.queries.days import on_days
from system.recycle_bin.forms import RecycleBinForm
from system.recycle_bin.kinds import bin_rows, deleted, restorable_kinds


class RecycleBinFilter:
    """What a FilterSet is to one kind of record, for several."""

    usual = ("kind", "deleted_by", "deleted_at_after", "deleted_at_before")

    base_filters = RecycleBinForm.base_fields

    def __init__(self, data, *, queryset, request):
        """Take what a FilterSet takes; the rows come from the person's kinds."""
        self.form = RecycleBinForm(data, user=request.user)
        self.user = request.user

    @property
    def qs(self):
        """The rows of all kinds that the conditions select."""
        return bin_rows(self.selected())

    def selected(self):
        """Return a queryset for each kind that is looked through."""
        chosen = self.form.cleaned_data["kind"]
        return [
            self._narrow(deleted(model, self.user))
            for model in restorable_kinds(self.user)
            if not chosen or model._meta.label_lower in chosen
        ]

    def _narrow(self, rows):
        values = self.form.cleaned_data
        if values["q"].strip():
            rows = rows.search(values["q"].strip(), self.user)
        if values["deleted_by"]:
            rows = rows.filter(deleted_by__in=values["deleted_by"])
        days = values["deleted_at_after"], values["deleted_at_before"]
        return rows.filter(on_days("deleted_at", *days))
