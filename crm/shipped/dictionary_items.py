"""The options that ship, with the dictionaries that fields take."""

from crm.models.dictionaries import dictionaries

#: Of the places of two options that follow each other: room for a company's own.
APART = 10


def shipped_items():
    """Return [(kind, code, label, English label, order)] of all dictionaries."""
    return [
        (one.kind, code, label, english, APART * position)
        for one in dictionaries().values()
        for position, (code, label, english) in enumerate(one.options, start=1)
    ]
