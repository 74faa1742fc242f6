"""A second pass: rows that name a record which stands further down in their file."""

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction

from system.imports import foreign, reading, written
from system.imports.above import FIELD
from system.imports.accounts import EXAMPLES, count_of
from system.imports.deciding import Pass
from system.imports.existing import Existing
from system.imports.seen import Seen


def link(run):
    """Let the rows that were put off name their records, now that all are stored.

    Those whose record did not come in are counted as left empty.
    """
    numbers = set(run.said.get("later", ()))
    if not numbers:
        return
    through = Pass(run, Seen())
    rows = (row for row in reading.rows(run, run.header_row) if row[0] in numbers)
    for batch in reading.batches(rows):
        importer = through.importer
        texts = [importer.texts(cells, through.mapping) for _number, cells in batch]
        related = through.related.load(texts)
        read = [importer.read(row, related) for row in texts]
        existing = Existing(importer, Seen())
        values = [cleaned for cleaned, _errors in read]
        foreign.settle(values, importer)
        existing.load(values)
        found = [existing.match(cleaned).record for cleaned in values]
        held = _held(importer.model, [record.pk for record in found if record])
        linked = []
        for (number, _cells), row, (cleaned, errors), same in zip(
            batch, texts, read, found, strict=True
        ):
            record, target = held.get(same and same.pk), cleaned.get(FIELD)
            kept = written.before(record, {FIELD: target}) if record else None
            if not errors and _linked(record, target):
                linked.append((number, record.pk, kept))
            else:
                _count_left(run, importer, row)
        written.note(run, importer.model, linked)


def _held(model, ids):
    """Return {id: record} of some records, locked and as they are now."""
    rows = model.objects.filter(pk__in=ids).order_by("pk")
    return {r.pk: r for r in rows.select_for_update(of=("self",), no_key=True)}


def _linked(record, target):
    """Write whom a record names; say whether it could be done."""
    if record is None or target is None:
        return False
    setattr(record, FIELD, target)
    try:
        with transaction.atomic():
            record.clean()
            record.save(update_fields=[FIELD])
    except (ValidationError, IntegrityError, DataError):
        return False
    return True


def _count_left(run, importer, texts):
    column = count_of(run.by_column, FIELD, importer)
    column["left"] += 1
    column["examples"] = [*column["examples"], *map(str, texts[FIELD])][:EXAMPLES]
