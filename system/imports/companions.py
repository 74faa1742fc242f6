"""What a row names beside its own record: the contact in a row of a customer.

An app declares it as the `Companion` of its `Import` (`crm.imports.declared`).
"""

from crm.rights.permissions import permission
from system.imports import storing
from system.imports.existing import Existing
from system.imports.importers import importer_of
from system.imports.owners import follow, may_choose
from system.imports.seen import Seen


class Companions:
    """Reads what the rows of a file name so, and stores it behind their records."""

    def __init__(self, importer):
        """Take the import of the kind whose rows name them."""
        self.user, self.declared = importer.user, importer.companion
        self.model = self.declared.model
        self.importer = importer_of(self.model._meta.label_lower)(
            importer.user, importer.ways
        )
        self.bearer = importer.model
        self.follow = bool(importer.ways.owned_by) and may_choose(importer)
        anybody = self.bearer(owner=self.user)
        self._anybody = lambda _text: anybody  # who it is, is known once it is stored
        prefix = self.declared.prefix
        self.names = [name for name in importer.parts if name.startswith(prefix)]

    def read(self, texts):
        """Return (cleaned values, {name: error}) of what a row names so.

        Nothing of both where it names none.
        """
        prefix, link = self.declared.prefix, self.declared.link
        named = {n.removeprefix(prefix): texts[n] for n in self.names if n in texts}
        if self.declared.named not in named:
            return {}, {}
        cleaned, errors = self.importer.read(
            {**named, link: [""]}, {link: self._anybody}
        )
        cleaned.pop(link, None)
        return cleaned, {f"{prefix}{name}": error for name, error in errors.items()}

    def store(self, outcomes, bearers):
        """Store what some rows name so, whose own records are stored.

        Args:
            outcomes: of rows that were not refused.
            bearers: the `Importer` of these.

        Returns:
            [(row, record)] of those that were not there yet.
        """
        rows = [outcome for outcome in outcomes if outcome.companion]
        existing = Existing(bearers, Seen())
        existing.load([outcome.cleaned for outcome in rows])
        found = []
        for outcome in rows:
            record = outcome.record if outcome.record and outcome.record.pk else None
            record = record or existing.match(outcome.cleaned).record
            if record is not None:
                row = {**outcome.companion, self.declared.link: record}
                found.append((outcome.number, row))
        fresh = self._fresh(found, Seen())
        if fresh:
            records = [self.importer.build(row) for _number, row in fresh]
            if self.follow:  # they go where a rule has let what bears them go
                follow(records, self.declared.link)
            for record in records:
                record.sign(self.user)
            storing.store(records)
            fresh = list(zip((n for n, _row in fresh), records, strict=True))
        return fresh

    def coming(self, outcomes, seen):
        """Return how many would come in with some rows of a preview.

        Args:
            outcomes: of rows that nobody has stored yet.
            seen: a `Seen` with those of the file so far.
        """
        rows = [
            (outcome.number, {**outcome.companion, self.declared.link: record})
            for outcome in outcomes
            if outcome.companion and (record := self._bearer_of(outcome))
        ]
        return len(self._fresh(rows, seen))

    def _fresh(self, rows, seen):
        """Return those of some (row, values) that are not there yet."""
        existing, fresh = Existing(self.importer, seen), []
        existing.load([row for _number, row in rows])
        for number, row in rows:
            match = existing.match(row)
            if not match.records and match.row is None:
                fresh.append((number, row))
                existing.add(row, number)
        return fresh

    def _bearer_of(self, outcome):
        """Return the record of a row; of one that would be new, a stand-in.

        Its id is one that no record has: that of the row which would bring it in.
        """
        if outcome.verdict in ("refused", "totals"):
            return None
        if outcome.record is not None and outcome.record.pk:
            return outcome.record
        row = outcome.number if outcome.verdict == "created" else outcome.twin
        return self.bearer(pk=-row) if row else None


def wanted(importer, mapping):
    """Say whether a file names beside its records what the person may add."""
    declared = importer.companion
    if declared is None:
        return False
    named = f"{declared.prefix}{declared.named}"
    may_add = importer.user.has_perm(permission("add", declared.model))
    return named in importer.parts and named in mapping.values() and may_add
