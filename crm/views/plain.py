"""The pages of a kind that says all about itself on its model."""

from django.db import models

from crm.forms.records import RecordForm
from crm.lists.filters import RecordFilter
from crm.lists.tables import RecordTable
from crm.models.groups import PEOPLE, STAMPS, asked, own
from crm.views.lists import RecordList
from crm.views.records import RecordDetail

#: So many conditions stand open above a list.
OPEN = 4


def plain_pages(kind):
    """Return the list, the page and the form of a kind, as its `groups` say.

    Long texts are columns only when chosen. A kind of which one of the three is to be
    more writes it as a class of its own, and takes the fields from `groups` as well.

    Args:
        kind: a model with `groups`.
    """
    form, table, conditions = _form(kind), _table(kind), _conditions(kind)

    class Page(RecordDetail):
        model = kind
        groups = kind.groups

    class Listing(RecordList):
        model = kind
        table_class = table
        filterset_class = conditions

    return Listing, Page, form


def _form(kind):
    class Form(RecordForm):
        groups = kind.groups

        class Meta(RecordForm.Meta):
            model = kind
            fields = asked(kind)

    return Form


def _table(kind):
    names = own(kind, *kind.named[:1])

    class Table(RecordTable):
        usual = (*(name for name in names if not _is_long(kind, name)), "owner")

        class Meta:
            model = kind
            fields = (*names, *PEOPLE, *STAMPS)

    return Table


def _conditions(kind):
    class Conditions(RecordFilter):
        usual = [name for name in own(kind) if _is_picked(kind, name)][:OPEN]

        class Meta(RecordFilter.Meta):
            model = kind

    return Conditions


def _is_long(kind, name):
    return isinstance(kind._meta.get_field(name), models.TextField)


def _is_picked(kind, name):
    field = kind._meta.get_field(name)
    return field.is_relation or bool(field.choices)
