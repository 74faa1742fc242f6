"""The kept reasons for which a report may be returned, filled in for it.

A company words them itself, as options of a dictionary; a reason may have places.
"""

import re

from crm.dictionaries import items_of
from crm.models.return_reasons import RETURN_REASON

#: What stands in braces: `duplicate`, the number of the likely duplicate, or
#: `customer`, the one that the report is filed under and that is in no books yet.
PLACE = re.compile(r"\{(\w+)\}")


def reasons_for(report):
    """Return the reasons in the reader's language of which all is known, as texts."""
    known = _known(report)
    texts = (item.local_label for item in items_of(RETURN_REASON.kind))
    return [
        PLACE.sub(lambda place: known[place[1]], text)
        for text in texts
        if all(known.get(name) for name in PLACE.findall(text))
    ]


def reasons_for_many():
    """Return the reasons that hold of several reports: those without a place."""
    texts = (item.local_label for item in items_of(RETURN_REASON.kind))
    return [text for text in texts if not PLACE.search(text)]


def _known(report):
    """Return {place: what stands there} of a report; empty where it is not known."""
    first = next(iter(report.duplicates), None)
    customer = report.customer
    waits = customer is not None and customer in report.awaited
    return {
        "duplicate": str(getattr(first.record, "number", first.record))
        if first
        else "",
        "customer": str(customer) if waits else "",
    }
