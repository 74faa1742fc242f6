"""What happens to each row of a file: first only said, then done."""

from dataclasses import dataclass, field
from itertools import islice

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from crm.display import text
from crm.fields import DerivedTextField
from crm.history import acting
from system.imports import reading, storing
from system.imports.kinds import importer_of
from system.imports.known import (
    Known,
    Related,
    claimed,
    constraint_error,
    taken_error,
)
from system.models import ImportRun, RefusedRow

BATCH = 1000
#: Rows of one request; the page asks for the next ones by itself.
SLICE = 3000
#: What a preview shows of them.
SHOWN_REASONS, SHOWN_ROWS = 50, 5
LOCK = 7_390_211


@dataclass
class Outcome:
    """What becomes of one row: created, updated, skipped or refused."""

    number: int
    cells: list
    verdict: str = ""
    record: object = None
    changes: dict = field(default_factory=dict)
    reasons: list = field(default_factory=list)


class Pass:
    """One way through the rows of a file, a batch at a time."""

    def __init__(self, run):
        """Take the import, as its mapping and choices stand now."""
        self.run = run
        self.importer = importer_of(run.kind)(run.user, unknown=run.unknown)
        self.mapping = {int(column): name for column, name in run.mapping.items()}
        self.known, self.related = Known(self.importer), Related(self.importer)

    def outcomes(self, rows):
        """Return the outcomes of a batch of (number, cells); nothing is written."""
        importer = self.importer
        texts = [importer.texts(cells, self.mapping) for _number, cells in rows]
        related = self.related.load(texts)
        read = [importer.read(row, related) for row in texts]
        good = [cleaned for cleaned, errors in read if not errors]
        self.known.load(good)
        taken, changeable = claimed(importer, good), self._changeable(good)
        found = []
        for (number, cells), (cleaned, errors) in zip(rows, read, strict=True):
            outcome = Outcome(number, cells)
            if not errors:
                errors = self._decide(outcome, cleaned, taken, changeable)
            if errors:
                outcome.verdict = "refused"
                outcome.reasons = self._reasons(errors)
            found.append(outcome)
        return found

    def _changeable(self, good):
        """Return the ids of the known records that the person may change."""
        if self.run.known == ImportRun.Known.SKIP:
            return set()
        records = [r for r in map(self.known.of, good) if r not in (None, True)]
        rows = self.importer.model.objects.visible_to(self.run.user, "change")
        ids = rows.filter(pk__in=[record.pk for record in records]).order_by()
        return set(ids.values_list("pk", flat=True))

    def _decide(self, outcome, cleaned, taken, changeable):
        """Say what becomes of a row that is well formed; return its errors."""
        record = self.known.of(cleaned)
        if record is None:
            return self._new(outcome, cleaned, taken)
        outcome.verdict = "skipped"
        if record is True or self.run.known == ImportRun.Known.SKIP:
            return {}
        outcome.record, outcome.changes = record, self._differences(record, cleaned)
        if outcome.changes and record.pk not in changeable:
            return {NON_FIELD_ERRORS: ValidationError(self.importer.not_changeable)}
        if outcome.changes:
            outcome.verdict = "updated"
        return {}

    def _new(self, outcome, cleaned, taken):
        """Make the record of a new row; return what stands against it."""
        for name, values in taken.items():
            if cleaned.get(name) in values:
                return {name: taken_error(self.importer, name)}
        try:
            outcome.record = self.importer.build(cleaned)
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                return {n: ValidationError(e) for n, e in error.error_dict.items()}
            return {NON_FIELD_ERRORS: error}
        outcome.verdict = "created"
        self.known.add(cleaned)
        return {}

    def _differences(self, record, cleaned):
        """Return the values of a row that its record does not have yet."""
        found = {}
        for name, value in self.importer.stored(cleaned).items():
            attname = record._meta.get_field(name).attname
            if getattr(record, attname) != getattr(value, "pk", value):
                found[name] = value
        return found

    def _reasons(self, errors):
        """Return [[column, reason]] in words."""
        return [
            [self._column(name), " ".join(error.messages)]
            for name, error in errors.items()
        ]

    def _column(self, name):
        """Return the header of the columns that fill a field, or the field's name."""
        headers = self.run.columns
        used = [headers[c] for c, n in self.mapping.items() if n == name]
        return " + ".join(used) or self.importer.label(name)


def preview(run):
    """Say what an import would do, in `run.preview`; nothing else is written."""
    through = Pass(run)
    counts = dict.fromkeys(("created", "updated", "skipped", "refused"), 0)
    reasons, shown = [], []
    names = [t.name for t in through.importer.targets if t.name in run.mapping.values()]
    for rows in _batches(reading.rows(run.sha256, run.header_row)):
        for outcome in through.outcomes(rows):
            counts[outcome.verdict] += 1
            if len(reasons) < SHOWN_REASONS:
                reasons += [[outcome.number, *reason] for reason in outcome.reasons]
            if outcome.verdict == "created" and len(shown) < SHOWN_ROWS:
                values = [_shown(outcome.record, name) for name in names]
                shown.append([outcome.number, values])
    labels = [through.importer.label(name) for name in names]
    run.preview = {
        **counts,
        "read": sum(counts.values()),
        "reasons": reasons[:SHOWN_REASONS],
        "labels": labels,
        "rows": shown,
    }
    run.state = ImportRun.State.PREVIEWED
    run.save()


def _batches(rows):
    """Yield lists of so many rows as are looked up together."""
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _shown(record, name):
    field_ = record._meta.get_field(name)
    return str(
        getattr(record, f"get_{name}_display")()
        if field_.choices
        else text(getattr(record, name))
    )[:200]


def advance(pk):
    """Do the next slice of an import, in one transaction.

    Two clicks wait for each other, and so do two imports of one kind: otherwise
    each would miss the rows that the other one is adding.

    Raises:
        OperationalError: another import keeps us waiting too long.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', '60s', true),"
            " set_config('lock_timeout', '20s', true)"
        )
        run = ImportRun.objects.select_for_update().get(pk=pk)
        if run.state == ImportRun.State.FINISHED:
            return
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, run.kind]
        )
        with acting(run.user, verb="imported"):
            _advance(run)


def _advance(run):
    through = Pass(run)
    after = max(run.position, run.header_row)
    rows = islice(reading.rows(run.sha256, after), SLICE)
    number = 0
    for batch in _batches(rows):
        outcomes = through.outcomes(batch)
        _create(through, [o for o in outcomes if o.verdict == "created"])
        for outcome in outcomes:
            if outcome.verdict == "updated":
                _update(outcome, through)
        _note(run, outcomes)
        run.position = batch[-1][0]
        number += len(batch)
    run.state = ImportRun.State.RUNNING
    if number < SLICE:
        run.state, run.finished_at = ImportRun.State.FINISHED, timezone.now()
    run.save()


def _create(through, outcomes):
    """Store new records at once; one by one if the database refuses one of them."""
    if not outcomes:
        return
    try:
        with transaction.atomic():
            storing.store([outcome.record for outcome in outcomes])
    except (IntegrityError, DataError):
        for outcome in outcomes:
            _attempt(outcome, through, lambda o: o.record.save(force_insert=True))


def _update(outcome, through):
    """Write what has changed, and the columns derived from it."""
    record = outcome.record
    for name, value in outcome.changes.items():
        setattr(record, name, value)
    derived = [f.name for f in record._meta.fields if isinstance(f, DerivedTextField)]
    fields = [*outcome.changes, *derived]
    _attempt(outcome, through, lambda o: o.record.save(update_fields=fields))


def _attempt(outcome, through, save):
    """Save one record; a refusal of the database becomes the row's reason."""
    try:
        with transaction.atomic():
            outcome.record.clean()
            save(outcome)
    except ValidationError as error:
        reasons = [["", message] for message in error.messages]
        outcome.verdict, outcome.reasons = "refused", reasons
    except (IntegrityError, DataError) as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        refusal = constraint_error(through.importer.model, name)
        outcome.verdict, outcome.reasons = "refused", [["", refusal.messages[0]]]


def _note(run, outcomes):
    """Count the rows and keep the refused ones."""
    for outcome in outcomes:
        setattr(run, outcome.verdict, getattr(run, outcome.verdict) + 1)
    RefusedRow.objects.bulk_create(
        RefusedRow(run=run, number=o.number, cells=o.cells, reasons=o.reasons)
        for o in outcomes
        if o.verdict == "refused"
    )
