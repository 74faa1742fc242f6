"""The pages of a kind that says all about itself on its model."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.forms.records import RecordForm
from crm.lists.filters import RecordFilter
from crm.lists.tables import RecordTable
from crm.views.lists import RecordList
from crm.views.records import RecordDetail

#: What all kinds have: the last group of a form, the last columns of a list.
PEOPLE = ("owner", "reporter")
STAMPS = ("registration", "created_at", "changed_at")
RESPONSIBLE = (_("Who is responsible"), PEOPLE)
#: So many conditions stand open above a list.
OPEN = 4


def plain_pages(kind):
    """Return the list, the page and the form of a kind, as its `groups` say.

    Columns and conditions are the fields in that order; long texts are columns only
    when chosen. A kind of which one of the three is to be more writes it as a class
    of its own.

    Args:
        kind: a model with `groups`.
    """
    names = [name for _heading, group in kind.groups for name in group]
    texts = [name for name in names if _is(kind, name, models.TextField)]
    form, table = _form(kind, names), _table(kind, names, texts)
    conditions = _conditions(kind, names)

    class Page(RecordDetail):
        model = kind
        groups = form.groups
        wide = texts

    class Listing(RecordList):
        model = kind
        table_class = table
        filterset_class = conditions
        names = {name: f"{name}__name" for name in PEOPLE}

    return Listing, Page, form


def _form(kind, names):
    class Form(RecordForm):
        groups = (*kind.groups, RESPONSIBLE)

        class Meta(RecordForm.Meta):
            model = kind
            fields = (*names, *PEOPLE)

    return Form


def _table(kind, names, texts):
    class Table(RecordTable):
        usual = (*(name for name in names if name not in texts), "owner")

        class Meta:
            model = kind
            fields = (*names, *PEOPLE, *STAMPS)

    return Table


def _conditions(kind, names):
    class Conditions(RecordFilter):
        conditions = names
        usual = [name for name in names if _is_picked(kind, name)][:OPEN]

        class Meta:
            model = kind
            fields = ()

    return Conditions


def _is(kind, name, column):
    return isinstance(kind._meta.get_field(name), column)


def _is_picked(kind, name):
    field = kind._meta.get_field(name)
    return field.is_relation or bool(field.choices)
