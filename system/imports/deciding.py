"""What becomes of each row of a file; nothing is written here."""

from types import MappingProxyType

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from crm.imports.cells import address_of
from crm.rights.permissions import permission
from system.imports import above, companions, foreign, lines, reading
from system.imports.constraints import Taken
from system.imports.existing import NAMED, Existing
from system.imports.importer import is_unknown
from system.imports.importers import importer_of
from system.imports.outcomes import Outcome
from system.imports.owners import Owners
from system.imports.record_rows import is_record
from system.imports.related import Related
from system.imports.said import Said
from system.imports.ways import ways_of
from system.models import ImportRun, TakenRow

#: Signs in a batch that make it one, however few its rows are.
HEAVY = 2_000_000
#: Words of a field that a person is asked about.
HEARD = 30
#: What becomes of rows, and the columns of an import that count it.
COUNTED = ("created", "updated", "skipped", "refused", "totals")


class Pass:
    """One way through the rows of a file, a batch at a time."""

    def __init__(self, run, seen, names=MappingProxyType({}), said=None):
        """Take the import, as its mapping and choices stand now.

        Args:
            run: the import.
            seen: a `Seen` with the rows of this file so far.
            names: what the rows of the file are called, and their parents (`above`).
            said: a `Said` with what these rows say of records.
        """
        self.run = run
        self.importer = importer_of(run.kind)(run.user, ways_of(run))
        self.mapping = {int(column): name for column, name in run.mapping.items()}
        self.existing = Existing(self.importer, seen)
        self.said = said or Said()
        self.related, self.circles = Related(self.importer, names), above.circles(names)
        self.companions = None
        if companions.wanted(self.importer, self.mapping):
            self.companions = companions.Companions(self.importer)
        self.lines, self.is_through = None, False
        self.unheard: dict = {}  # {field: {word: how often}} of what is no option
        if lines.wanted(self.importer, self.mapping):
            self.lines = lines.LinesOfRecords(self.importer)
        self.owners = Owners(self.importer)
        self.may_add = run.user.has_perm(permission("add", self.importer.model))

    def outcomes(self, rows):
        """Return the outcomes of a batch of (number, cells); nothing is written."""
        importer, headers = self.importer, self.run.columns
        other = [row for row in rows if not is_record(row[1], headers)]
        if other:
            known = {number for number, _cells in other}
            rows = [row for row in rows if row[0] not in known]
        texts = [importer.texts(cells, self.mapping) for _number, cells in rows]
        related = self.related.load(texts)
        groups = self.lines.gather(texts, related) if self.lines else []
        after = {place for group in groups for place in group.places[1:]}
        read = [
            importer.read(row, related) if place not in after else ({}, {})
            for place, row in enumerate(texts)
        ]
        self._check_lines(groups, read, [number for number, _cells in rows])
        good = [
            cleaned
            for place, (cleaned, errors) in enumerate(read)
            if not errors and place not in after
        ]
        foreign.settle(good, importer)
        self.existing.load(good)
        asked = Taken(importer, good), self._changeable(good)
        self.said.load(self._repeated(good))
        found = []
        for place, (row, text, (cleaned, errors)) in enumerate(
            zip(rows, texts, read, strict=True)
        ):
            number, cells = row
            outcome = Outcome(number, cells, cleaned=cleaned)
            if place not in after:
                self._settle(outcome, text, errors, *asked)
            found.append(outcome)
        self._let_follow(groups, found)
        totals = [Outcome(number, cells, verdict="totals") for number, cells in other]
        return found + totals

    def _settle(self, outcome, text, errors, taken, changeable):
        """Say of a row by itself what becomes of it, or why it is refused."""
        if self.companions is not None:
            outcome.companion, wrong = self.companions.read(text)
            errors = {**errors, **wrong}
        if not errors:
            errors = self._decide(outcome, outcome.cleaned, taken, changeable)
        self._hear(errors, outcome.left)
        if errors:
            outcome.verdict = "refused"
            outcome.reasons = self._reasons(errors)
        else:
            self._note(outcome, text, outcome.cleaned)

    def _check_lines(self, groups, read, numbers):
        """Add what stands against whole records to what was read of them."""
        for group in groups:
            place = group.places[0]
            cleaned, errors = read[place]
            lines.fit(group, cleaned, errors, self.importer)
            total = self.importer.lines.total
            if group.errors:  # what they add up to is not known before
                errors = {n: e for n, e in errors.items() if n != total}
            wrong = lines.wrong(group, cleaned, numbers, self.importer)
            read[place] = cleaned, {**errors, **wrong}

    def _let_follow(self, groups, found):
        """Let the rows of a record become what its first row becomes."""
        for group in groups:
            head = found[group.places[0]]
            for place in group.places:
                outcome = found[place]
                outcome.line = group.lines.get(place, {})
                if outcome is not head:
                    errors = group.errors.get(place, {})
                    errors = lines.follow(outcome, head, errors, self.importer)
                    outcome.reasons = self._reasons(errors)

    def batches(self, after, most):
        """Yield the rows that follow one, about so many in all, batch by batch.

        The rows of one record stay together. `is_through` says afterwards whether
        none is left.
        """
        batch: list = []
        weight = 0
        for row in reading.rows(self.run, after):
            is_full = len(batch) >= min(reading.BATCH, most) or weight > HEAVY
            if is_full and not self._go_together(batch[-1], row):
                yield batch
                most -= len(batch)
                batch, weight = [], 0
                if most <= 0:
                    return
            batch.append(row)
            weight += sum(len(cell) for cell in row[1] if isinstance(cell, str))
        self.is_through = True
        if batch:
            yield batch

    def _go_together(self, *rows):
        if self.lines is None:
            return False
        texts = (self.importer.texts(cells, self.mapping) for _number, cells in rows)
        return self.lines.belong_together(*texts)

    def _changeable(self, good):
        """Return the ids of the known records that the person may change."""
        if self.run.known == ImportRun.Known.SKIP:
            return set()
        records = filter(
            None, (self.existing.match(cleaned).record for cleaned in good)
        )
        ids = (
            self.importer.changeable()
            .filter(pk__in={record.pk for record in records})
            .order_by()
        )
        return set(ids.values_list("pk", flat=True))

    def _repeated(self, good):
        """Yield (record, values) of the rows that are there already, to be updated."""
        if self.run.known == ImportRun.Known.SKIP:
            return
        for cleaned in good:
            match = self.existing.match(cleaned)
            if match.record is not None:
                yield match.record, self._given(match, cleaned)

    def _given(self, match, cleaned):
        """Return the values that a row gives to its record, beside the key."""
        values = self.importer.stored(cleaned).items()
        apart = {*match.key.fields, *self.importer.linked}
        return {n: value for n, value in values if n not in apart}

    def _decide(self, outcome, cleaned, taken, changeable):
        """Say what becomes of a row that is well formed; return its errors."""
        match = self.existing.match(cleaned)
        if len(match.records) > 1:
            outcome.named = [record.pk for record in match.records[:NAMED]]
            return _of_whole(
                _("This row fits several records: %s. Write the number of the one.")
                % match.numbers
            )
        outcome.record, outcome.twin = match.record, match.row
        circle = above.refusal(self.circles.get(outcome.number, ()))
        if match.record is None and match.row is None:
            return circle or self._new(outcome, cleaned, taken)
        outcome.verdict, reasons = "skipped", TakenRow.Reason
        outcome.reason = reasons.KNOWN if match.row is None else reasons.TWICE
        if match.row is not None or self.run.known == ImportRun.Known.SKIP:
            return {}
        return circle or self._change(outcome, match, cleaned, taken, changeable)

    def _change(self, outcome, match, cleaned, taken, changeable):
        """Say what a row changes of its record; return what stands against it."""
        changes = self.importer.differences(match.record, cleaned, match.key)
        if changes and match.record.pk not in changeable:
            return _of_whole(self.importer.not_changeable)
        errors = self.importer.against(match.record, changes)
        if errors := errors or taken.errors(changes, match.record):
            return errors
        outcome.twin = self._contradicted(outcome.number, match, cleaned)
        reasons = TakenRow.Reason
        if outcome.twin is not None:
            outcome.reason = reasons.TWICE
            return {}
        outcome.changes, outcome.reason = changes, reasons.SAME
        if changes:
            outcome.verdict, outcome.reason = "updated", reasons.UPDATED
        return {}

    def _contradicted(self, number, match, cleaned):
        """Return the earlier row that says something else of the record, or None."""
        values = self._given(match, cleaned)
        row = self.said.against(match.record, values)
        if row is None:
            self.said.note(match.record, values, number)
        return row

    def _new(self, outcome, cleaned, taken):
        """Make the record of a new row; return what stands against it."""
        if self.run.fresh != ImportRun.Fresh.ADD:
            return self._not_wanted(outcome)
        if not self.may_add:
            return _of_whole(_("You may not add records of this kind."))
        if errors := taken.errors(cleaned):
            return errors
        try:
            outcome.record = self.importer.build(cleaned)
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                return {n: ValidationError(e) for n, e in error.error_dict.items()}
            return {NON_FIELD_ERRORS: error}
        outcome.verdict = "created"
        self.existing.add(cleaned, outcome.number)
        return {}

    def _hear(self, errors, left):
        """Count the words of a row that are none of the options of their fields."""
        words = [
            (name, error.params["value"])
            for name, error in errors.items()
            if is_unknown(error)
        ]
        for name, word in (*words, *left.items()):
            if self.importer.options_of(name):
                counted = self.unheard.setdefault(name, {})
                if word in counted or len(counted) < HEARD:
                    counted[word] = counted.get(word, 0) + 1

    def _not_wanted(self, outcome):
        """Leave a new row out, where only what is there is to be changed."""
        if self.run.fresh == ImportRun.Fresh.REFUSE:
            return _of_whole(_("There is no such record yet."))
        outcome.verdict, outcome.reason = "skipped", TakenRow.Reason.FRESH
        return {}

    def _note(self, outcome, texts, cleaned):
        """Note what a row says that is not taken."""
        if outcome.verdict == "skipped":
            return
        for name, parts in texts.items():
            if name in self.importer.linked:
                continue
            if name in self.importer.relations:
                outcome.later |= cleaned.get(name) is None
            elif name in cleaned and cleaned[name] is None:
                outcome.left[name] = " ".join(map(str, parts))[:50]
        outcome.renumbered = foreign.is_taken(texts, cleaned)
        region, address = cleaned.get("region"), address_of(texts)
        if region and address and "region" in texts:
            outcome.differs = self.importer.regions.differs(region, address)

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


def _of_whole(text):
    return {NON_FIELD_ERRORS: ValidationError(text)}
