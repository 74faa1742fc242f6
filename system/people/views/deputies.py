"""The pages of deputies: who decides for whom, from one day to another."""

from django.urls import reverse

from crm.models import Deputy
from system.pages import (
    AdministeredList,
    ModelCreate,
    ModelDelete,
    ModelUpdate,
    RowsMixin,
)
from system.people.filters import DeputyFilter
from system.people.forms import DeputyForm
from system.people.tables import DeputyTable


class DeputyList(AdministeredList):
    """The absences one may see: one's own, or all."""

    model = Deputy
    queryset = Deputy.objects.select_related("person", "deputy")
    table_class = DeputyTable
    filterset_class = DeputyFilter

    def rows(self):
        """Return the absences within reach."""
        return super().rows().visible_to(self.request.user, self.action)


class DeputiesMixin(RowsMixin):
    """Offer the absences that this person arranges."""

    model = Deputy

    def rows(self):
        """Return the absences within reach."""
        rows = Deputy.objects.select_related("person", "deputy")
        return rows.visible_to(self.request.user, self.action)


class DeputyCreate(DeputiesMixin, ModelCreate):
    """Name a deputy."""

    form_class = DeputyForm
    repeats = ("person",)


class DeputyUpdate(DeputiesMixin, ModelUpdate):
    """Change a deputy or the days."""

    form_class = DeputyForm
    template_name = "system/deletable_form.html"

    def get_context_data(self, **context):
        """Offer to delete."""
        may_delete = self.request.user.has_perm("crm.delete_deputy")
        url = reverse("deputy_delete", args=[self.object.pk]) if may_delete else None
        return super().get_context_data(delete_url=url, **context)


class DeputyDelete(DeputiesMixin, ModelDelete):
    """End a deputyship, or take back one that was planned."""
