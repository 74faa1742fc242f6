"""The dictionary items: asked in each request whether any of them has changed, and
only then read anew. For people who are signed in, the query that reads who they are
brings the answer along."""

from asgiref.local import Local
from django.core.signals import request_started
from django.db import connections, router
from django.db.models import Func, TextField
from django.utils.translation import get_language

from crm.models import DictionaryItem

#: One value for all that stands in the dictionaries, a tenth of the work of reading.
STATE = "SELECT md5(string_agg(i::text, ',' ORDER BY i.id)) FROM crm_dictionaryitem i"


class State(Func):
    """`STATE` as a column of another query."""

    template = f"({STATE})"
    output_field = TextField()


class Reading:
    """What the dictionaries hold in one state: {id: item}, in their order."""

    def __init__(self, state=None):
        self.state = state
        self.items = {item.pk: item for item in DictionaryItem.objects.all()}
        self._labels = {}

    @property
    def labels(self):
        """Return {id: label} in the reader's language."""
        language = get_language()
        if language not in self._labels:
            items = self.items.values()
            self._labels[language] = {item.pk: item.local_label for item in items}
        return self._labels[language]


_held, _kept = Local(), {}


def items():
    """Return {id: item} of every dictionary, in their order."""
    return _reading().items


def labels():
    """Return {id: label} of every dictionary in the reader's language."""
    return _reading().labels


def fingerprint():
    """Return a value that changes whenever any item reads or sorts differently."""
    return _reading().state


def forget(**_signal):
    """Ask for the state anew next time; called as each request starts."""
    for name in ("reading", "state"):
        if hasattr(_held, name):
            delattr(_held, name)


def learn(state):
    """Take the state that another query of this request has brought."""
    _held.state = state


def items_of(kind, *, retired=False):
    """Return the items of one dictionary; retired ones only if asked for."""
    return [
        item
        for item in items().values()
        if item.kind == kind and (item.active or retired)
    ]


def options_of(kind, by="pk"):
    """Return (value, label) pairs of a dictionary to choose from, none of them retired.

    Args:
        kind: the dictionary.
        by: the attribute that is the value.
    """
    return [(getattr(item, by), item.local_label) for item in items_of(kind)]


def choices(kind):
    """Return (id, label) pairs of a dictionary for a filter, retired ones too."""
    return [(item.pk, item.local_label) for item in items_of(kind, retired=True)]


def _reading():
    if not hasattr(_held, "reading"):
        state = getattr(_held, "state", None) or _state()
        _held.reading = _kept.get("latest")
        if _held.reading is None or _held.reading.state != state:
            _held.reading = Reading(state)
            if _state() == state:  # nobody has changed an item while it was read
                _kept["latest"] = _held.reading
    return _held.reading


def _state():
    with connections[router.db_for_read(DictionaryItem)].cursor() as cursor:
        cursor.execute(STATE)
        return cursor.fetchone()[0]


request_started.connect(forget, dispatch_uid="crm.dictionaries.forget")
