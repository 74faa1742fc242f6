"""The five generic pages of a record, and the pages of the house itself."""

from crm.views.lists import ModelList, RecordList
from crm.views.records import (
    PageMixin,
    RecordCreate,
    RecordDelete,
    RecordDetail,
    RecordMixin,
    RecordUpdate,
    RecordVerb,
)

__all__ = [
    "ModelList",
    "PageMixin",
    "RecordCreate",
    "RecordDelete",
    "RecordDetail",
    "RecordList",
    "RecordMixin",
    "RecordUpdate",
    "RecordVerb",
]
