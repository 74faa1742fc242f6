"""The records of the ground floor: people, dictionaries, history, Record."""

from crm.models.access import FailedSignIn, OpenSession
from crm.models.attachment import Attachment
from crm.models.bookmarks import Bookmark
from crm.models.department_stays import DepartmentStay
from crm.models.departments import Department
from crm.models.deputies import Deputy
from crm.models.dictionaries import (
    DictionaryField,
    DictionaryItem,
    Region,
    region_field,
)
from crm.models.history import HistoryEntry
from crm.models.intake import Intake
from crm.models.list_settings import ListSettings
from crm.models.milestones import Milestones
from crm.models.people import User
from crm.models.record import Record, RecordQuerySet
from crm.models.roles import Role
from crm.models.saved_views import Pin, SavedView
from crm.models.seal import HistorySeal
from crm.models.shipment import Shipment
from crm.models.submission import Submission
from crm.models.tally import Tally
from crm.models.watermark import Watermark

__all__ = [
    "Attachment",
    "Bookmark",
    "Department",
    "DepartmentStay",
    "Deputy",
    "DictionaryField",
    "DictionaryItem",
    "FailedSignIn",
    "HistoryEntry",
    "HistorySeal",
    "Intake",
    "ListSettings",
    "Milestones",
    "OpenSession",
    "Pin",
    "Record",
    "RecordQuerySet",
    "Region",
    "Role",
    "SavedView",
    "Shipment",
    "Submission",
    "Tally",
    "User",
    "Watermark",
    "region_field",
]
