"""By which rule records are shared out: by province, by option, in turn."""

from django.utils.translation import gettext as _

from crm.dictionaries import labels
from crm.models import Region

#: Rules by what a record is: the people are named for each part of the records.
BY_PART = ("region", "level")
#: The rule by which each gets as many as the others.
IN_TURN = "round"
#: Digits of a region that say which province it is.
PROVINCE = 2
#: The part of records that have none.
NONE = "none"


def share_of(rule, record, place):
    """Return the id of who gets a record.

    Args:
        rule: {"split": how, "parts": the ids by part, or of those who take turns,
            "to": who gets what none of them does}.
        record: the record.
        place: how many have gone before: those who take turns get as many each.
    """
    split, parts = rule["split"], rule["parts"]
    if split == IN_TURN:
        return parts[place % len(parts)]
    if split in record.shared_by:
        return parts.get(part_of(record, split), rule["to"])
    return rule["to"]


def part_of(record, split):
    """Return the part of the records that one belongs to: a province, an option."""
    text = str(getattr(record, f"{split}_id") or "")
    return (text[:PROVINCE] if split == "region" else text) or NONE


def named_parts(keys, split):
    """Return [(key, label)] of some parts, in one query."""
    if split == "region":
        codes = {key.ljust(6, "0"): key for key in keys if key != NONE}
        names = {codes[r.pk]: str(r) for r in Region.objects.filter(pk__in=codes)}
    else:
        known = labels()
        names = {key: known.get(int(key), key) for key in keys if key != NONE}
    return [(key, names.get(key, _("without"))) for key in sorted(keys)]
