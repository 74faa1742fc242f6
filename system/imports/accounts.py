"""What an import says of the rows it took: by row, and by column."""

from crm.display import text
from system.imports.foreign import THEIRS
from system.models import TakenRow

#: Values that a column names of those it leaves empty.
EXAMPLES = 5
LONGEST = 200


def shown(record, name):
    """Return the value of a field as a reader sees it."""
    field = record._meta.get_field(name)
    value = (
        getattr(record, f"get_{name}_display")()
        if field.choices
        else text(getattr(record, name))
    )
    return str(value)[:LONGEST]


def changes_of(outcome, importer):
    """Return [[field, before, after]] in words; the record is as it was before."""
    found = []
    for name, value in outcome.changes.items():
        if name in importer.linked:
            found.append([importer.label(name), "", f"+ {text(value)}"[:LONGEST]])
            continue
        before = shown(outcome.record, name)
        kept = getattr(outcome.record, name)
        setattr(outcome.record, name, value)
        found.append([importer.label(name), before, shown(outcome.record, name)])
        setattr(outcome.record, name, kept)
    return found


def taken_row(run, outcome, importer):
    """Return the row of the report for a row that was skipped or has changed one."""
    record = outcome.record
    return TakenRow(
        run=run,
        number=outcome.number,
        reason=outcome.reason,
        title=str(record)[:LONGEST] if record is not None else "",
        record_id=record.pk if record is not None else None,
        twin=outcome.twin,
        changes=changes_of(outcome, importer),
        alike=outcome.alike,
        whom=outcome.whom,
    )


def count_columns(counted, outcome, importer):
    """Count by field what a row changes, leaves empty, or contradicts by its address.

    Args:
        counted: {field: {"label", "added", "left", "changed", "differs", "examples"}},
            added to.
        outcome: of one row.
        importer: knows what the fields are called.
    """
    for name in outcome.changes:
        count_of(counted, name, importer)["changed"] += 1
    for name, value in outcome.left.items():
        column = count_of(counted, name, importer)
        column["left"] += 1
        if value not in column["examples"] and len(column["examples"]) < EXAMPLES:
            column["examples"].append(value)
    if outcome.renumbered and outcome.verdict == "created":
        count_of(counted, THEIRS, importer)["added"] += 1
    if outcome.differs:
        count_of(counted, "region", importer)["differs"] += 1


def count_companions(counted, number, importer):
    """Count the new records that rows name beside their own.

    Args:
        counted: as `count_columns` takes it.
        number: of those that are not there yet.
        importer: knows what the fields are called.
    """
    if number:
        part = f"{importer.companion.prefix}{importer.companion.named}"
        count_of(counted, part, importer)["added"] += number


def by_column(counted, importer):
    """Return the numbers of each field, called as its reader calls it.

    Args:
        counted: from `count_columns`, perhaps by somebody of another language.
        importer: knows what the fields are called.
    """
    return [
        {**numbers, "label": importer.label(name)} for name, numbers in counted.items()
    ]


def count_of(counted, name, importer):
    """Return the numbers of one field, to be added to."""
    numbers = {"added": 0, "left": 0, "changed": 0, "differs": 0, "examples": []}
    return counted.setdefault(name, {"label": importer.label(name), **numbers})
