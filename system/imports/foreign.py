"""Numbers of a file that we have not given: those of another system, or of paper."""

from crm.chinese.folding import code

OURS, THEIRS = "number", "external_number"


def settle(rows, importer):
    """Take numbers that no record of ours has for what they are: another system's.

    A number that has no place there, as the row names that system's too, is None
    afterwards: it is counted with what is left empty.

    Args:
        rows: the cleaned values of a batch; they are changed.
        importer: of the rows.
    """
    if OURS not in importer.given:
        return
    asked = {code(row[OURS]) for row in rows if row.get(OURS)}
    seen = importer.model.objects.visible_to(importer.user).order_by()
    found = seen.filter(number__in=asked).values_list("number", flat=True)
    ours = set(map(code, found)) if asked else set()
    longest = importer.model._meta.get_field(THEIRS).max_length
    for row in rows:
        number = row.get(OURS)
        if not number or code(number) in ours:
            continue
        row[OURS] = None
        if not row.get(THEIRS) and len(number) <= longest:
            del row[OURS]
            row[THEIRS] = number
        elif code(row.get(THEIRS, "")) == code(number):
            del row[OURS]


def is_taken(texts, cleaned):
    """Say whether a row's number became one of another system.

    Args:
        texts: {field: [texts]} of the row.
        cleaned: its values.
    """
    return THEIRS not in texts and bool(cleaned.get(THEIRS))
