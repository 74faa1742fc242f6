"""The five generic pages of a record, and the pages that belong to no kind."""

from crm.views.deletion import RecordDelete
from crm.views.entry import RecordCreate, RecordUpdate
from crm.views.lists import ModelList, RecordList
from crm.views.plain import plain_pages
from crm.views.records import PageMixin, RecordDetail, RecordMixin
from crm.views.routes import record_urls
from crm.views.verbs import RecordVerb

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
    "plain_pages",
    "record_urls",
]
