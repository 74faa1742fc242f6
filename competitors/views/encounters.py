"""The pages of encounters."""

from django.utils.translation import gettext_lazy as _

from competitors.filters import EncounterFilter
from competitors.models import Encounter
from competitors.tables import EncounterTable
from crm.views import RecordDetail, RecordList
from crm.views.in_place import InPlaceCreate


class EncounterList(RecordList):
    """The encounters one may see."""

    model = Encounter
    table_class = EncounterTable
    filterset_class = EncounterFilter
    empty_hint = _("Note whom you met at which customer, and how it ended.")


class EncounterDetail(RecordDetail):
    """One meeting with a competitor."""

    model = Encounter
    groups = Encounter.groups


class EncounterMet(InPlaceCreate):
    """A short form at the deal over which one met a competitor.

    `?contract=7` or `?opportunity=7` names it; its customer and its amount are filled
    in.
    """

    title = _("Note an encounter")
