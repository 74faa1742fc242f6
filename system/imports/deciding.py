"""What becomes of each row of a file; nothing is written here."""

from dataclasses import dataclass, field
from itertools import islice

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from crm.folding import folded
from system.imports.headers import unit_of
from system.imports.importer import Ways
from system.imports.kinds import importer_of
from system.imports.known import Known, Related, claimed, taken_error
from system.models import ImportRun

BATCH = 1000
#: What becomes of rows, and the columns of an import that count it.
COUNTED = ("created", "updated", "skipped", "refused", "totals")


#: A row that begins so holds the sums of the others.
SUMS = frozenset(("合计", "总计", "小计", "共计", "total", "grandtotal", "subtotal"))


@dataclass
class Outcome:
    """What becomes of one row: created, updated, skipped, refused, or it holds sums."""

    number: int
    cells: list
    verdict: str = ""
    record: object = None
    changes: dict = field(default_factory=dict)
    reasons: list = field(default_factory=list)


def ways_of(run):
    """Return how a person says that the cells of a file are to be read."""
    named = ((name, run.columns[int(place)]) for place, name in run.mapping.items())
    return Ways(
        unknown=run.unknown,
        day_order=run.day_order,
        comma=run.decimal_sign == ImportRun.Decimal.COMMA,
        units=tuple((name, unit_of(header)) for name, header in named),
    )


class Pass:
    """One way through the rows of a file, a batch at a time."""

    def __init__(self, run, seen):
        """Take the import, as its mapping and choices stand now.

        Args:
            run: the import.
            seen: a `Seen` with the rows of this file so far.
        """
        self.run = run
        self.importer = importer_of(run.kind)(run.user, ways_of(run))
        self.mapping = {int(column): name for column, name in run.mapping.items()}
        self.known, self.related = Known(self.importer, seen), Related(self.importer)

    def outcomes(self, rows):
        """Return the outcomes of a batch of (number, cells); nothing is written."""
        importer, sums = self.importer, [row for row in rows if holds_sums(row[1])]
        if sums:
            known = {number for number, _cells in sums}
            rows = [row for row in rows if row[0] not in known]
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
        return found + [Outcome(*row, verdict="totals") for row in sums]

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


def holds_sums(cells):
    """Say whether a row is the line of sums below a table."""
    first = next((cell for cell in cells if cell != ""), "")
    return isinstance(first, str) and folded(first) in SUMS


def batches(rows):
    """Yield lists of so many rows as are looked up together."""
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch
