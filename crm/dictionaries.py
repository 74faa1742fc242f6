"""The dictionary items of the running request, read once for all its lists."""

from asgiref.local import Local
from django.core.signals import request_started

from crm.models import DictionaryItem

_held = Local()


def items():
    """Return {id: item} of every dictionary, in their order."""
    if not hasattr(_held, "items"):
        _held.items = {item.pk: item for item in DictionaryItem.objects.all()}
    return _held.items


def forget(**_signal):
    """Read the items anew next time; called as each request starts."""
    if hasattr(_held, "items"):
        del _held.items


def of(kind, *, retired=False):
    """Return the items of one dictionary; retired ones only if asked for."""
    return [
        item
        for item in items().values()
        if item.kind == kind and (item.active or retired)
    ]


def choices(kind):
    """Return (id, label) pairs of a dictionary for a filter, retired ones too."""
    return [(item.pk, item.local_label) for item in of(kind, retired=True)]


def label(pk):
    """Return the label of an item, or an empty text."""
    item = items().get(pk)
    return item.local_label if item else ""


def fingerprint():
    """Return a value that changes whenever any item reads or sorts differently."""
    return hash(
        tuple((i.pk, i.kind, i.label, i.label_en, i.active) for i in items().values())
    )


request_started.connect(forget, dispatch_uid="crm.dictionaries.forget")
