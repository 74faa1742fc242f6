"""The five generic pages of a record, and the pages of the house itself."""

from crm.views.lists import RecordList
from crm.views.records import (
    RecordCreate,
    RecordDelete,
    RecordDetail,
    RecordMixin,
    RecordUpdate,
    RecordVerb,
)

__all__ = [
    "RecordCreate",
    "RecordDelete",
    "RecordDetail",
    "RecordList",
    "RecordMixin",
    "RecordUpdate",
    "RecordVerb",
]
