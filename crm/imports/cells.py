"""Cells that hold several values, where the field takes one or parts them otherwise."""

import json
import re

from django.utils.translation import gettext as _

_BETWEEN = re.compile(r"[;；,，、|\s]+")


def unpacked(cell):
    """Return the values of a list as other programs export one, joined by "; ".

    [{"label": "work", "value": "a@example.com"}] is a@example.com.
    """
    if not isinstance(cell, str) or not cell.startswith("[{"):
        return cell
    try:
        values = [entry["value"] for entry in json.loads(cell)]
    except (ValueError, KeyError, TypeError, RecursionError):
        return cell
    return "; ".join(map(str, values))


def listed_apart(found, name):
    """Return {field: [texts]} with the first value of a field, the others as remarks.

    Args:
        found: {field: [texts]} of a row.
        name: of a field that takes one address.
    """
    parts = found.get(name, [])
    if not all(isinstance(part, str) for part in parts):
        return found
    values = [value for part in parts for value in _BETWEEN.split(part) if value]
    if len(values) < 2:
        return found
    rest = _("Further addresses: %s") % "、".join(values[1:])
    return {**found, name: values[:1], "remarks": [*found.get("remarks", []), rest]}


def address_of(texts):
    """Return the address of a row, an empty text if it has none."""
    return str(texts.get("address", [""])[0])
