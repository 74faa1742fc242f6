"""The pages of encounters."""

from django.utils.translation import gettext_lazy as _

from competitors.filters import EncounterFilter
from competitors.forms import EncounterForm
from competitors.models import Encounter
from competitors.tables import EncounterTable
from crm.views import (
    RecordCreate,
    RecordDelete,
    RecordDetail,
    RecordList,
    RecordUpdate,
)


class EncounterList(RecordList):
    """The encounters one may see."""

    model = Encounter
    table_class = EncounterTable
    filterset_class = EncounterFilter
    empty_hint = _("Note whom you met at which customer, and how it ended.")
    names = {"owner": "owner__name", "reporter": "reporter__name"}

    judged = frozenset(("contract",))

    def drawn(self, rows):
        """Name only contracts one may know."""
        rows = super().drawn(rows)
        named = self.judged & self.shown
        return rows.naming_contracts_for(self.request.user) if named else rows


class EncounterDetail(RecordDetail):
    """One meeting with a competitor."""

    model = Encounter
    queryset = Encounter.objects.select_related(
        "competitor", "customer", "contract", "owner", "reporter"
    )
    groups = (
        (
            _("Who met whom"),
            ("competitor", "customer", "told_contract", "happened_on"),
        ),
        (_("What they offered"), ("offered_product", "price")),
        (_("How it went"), ("position", "outcome", "reason", "remarks")),
        (_("Who is responsible"), ("owner", "reporter")),
    )
    wide = ("remarks",)

    def get_object(self, queryset=None):
        """Name only a contract that the reader may know."""
        encounter = super().get_object(queryset)
        encounter.names_contract = self.may_name(encounter.contract)
        return encounter


class EncounterCreate(RecordCreate):
    """Report or register an encounter."""

    model = Encounter
    form_class = EncounterForm


class EncounterUpdate(RecordUpdate):
    """Edit an encounter."""

    model = Encounter
    form_class = EncounterForm


class EncounterDelete(RecordDelete):
    """Put an encounter into the recycle bin."""

    model = Encounter
