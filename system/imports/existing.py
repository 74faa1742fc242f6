"""Which rows of a file are there already, asked for a whole batch at once."""

from dataclasses import dataclass, replace

from system.imports.seen import mark

#: Numbers of records that a refusal names.
NAMED = 5


@dataclass(frozen=True)
class Match:
    """What a row is the same as: one record, several, or an earlier row of its file.

    `key` is what says so.
    """

    records: tuple = ()
    key: object = None
    row: int | None = None

    @property
    def record(self):
        """The only record, or None."""
        return self.records[0] if len(self.records) == 1 else None

    @property
    def numbers(self):
        """What the records are distinguished from each other by."""
        names = (_number(record) for record in self.records[:NAMED])
        more = "…" if len(self.records) > NAMED else ""
        return "、".join(names) + more


NONE = Match()


class Existing:
    """The records that rows may be the same as: those one sees, those of this file.

    Numbers, codes, telephones and addresses decide before names; what one of them
    tells, names cannot change. A later key counts only where one of the two lacks the
    surer one: two firms of one name with two credit codes are two.
    """

    def __init__(self, importer, seen):
        """Take the importer, whose model and keys count, and the rows so far."""
        self.importer, self.keys = importer, importer.keys
        self.seen = seen
        self.by_key = []

    def load(self, rows):
        """Find what a batch of cleaned values may be the same as."""
        keyed = map(self._key_values, rows)
        marks = [found for values in keyed for found, _bit in self._marks(values)]
        self.seen.load(marks)
        self.by_key = [{} for _key in self.keys]
        model, user = self.importer.model, self.importer.user
        known = model.objects.visible_to(user).prefetch_related(*self.importer.linked)
        for key in self.keys:
            wanted = {value for row in rows if (value := key.value_of(row)) is not None}
            if wanted:
                for record in known.filter(key.condition(wanted)):
                    self._note(record)

    def match(self, cleaned):
        """Return the `Match` of a row."""
        key_values = self._key_values(cleaned)
        held = self._bits(key_values)
        for found, bit in self._marks(key_values):
            for other, row in self.seen.rows_with(found):
                if not other & held & (bit - 1):
                    return Match(row=row)
        sure = NONE
        for place, (key, value) in enumerate(zip(self.keys, key_values, strict=True)):
            records = self._records(place, value, held)
            if key.weak and (sure is not NONE or not records):
                continue
            if len(records) > 1:
                records = _exact(records, key, cleaned) or records
            if records:
                several = dict.fromkeys((*sure.records, *records))
                sure = Match(tuple(several), sure.key or key)
        return self._wholly(sure, key_values)

    def add(self, cleaned, number):
        """Remember a row of this file."""
        key_values = self._key_values(cleaned)
        for found, _bit in self._marks(key_values):
            self.seen.add(found, self._bits(key_values), number)

    def _key_values(self, values):
        """Return what each key makes of a row."""
        return [key.value_of(values) for key in self.keys]

    def _marks(self, key_values):
        """Yield (mark, bit of the key) for each key that a row holds wholly."""
        for place, value in enumerate(key_values):
            if value is not None:
                yield mark(place, value), 1 << place

    def _records(self, place, value, held):
        """Return the records of a key which no surer key tells apart from the row."""
        surer = held & ((1 << place) - 1)
        same = self.by_key[place].get(value, ()) if value is not None else ()
        return [record for record, other in same if not other & surer]

    def _note(self, record):
        values = self.importer.values_of(record)
        key_values = self._key_values(values)
        for place, value in enumerate(key_values):
            if value is not None:
                same = self.by_key[place].setdefault(value, [])
                if all(record != other for other, _held in same):
                    same.append((record, self._bits(key_values)))

    def _wholly(self, match, key_values):
        """Return the one of several records that agrees in all that the row tells.

        Two people of a firm share its address; only one of them has this name too.
        """
        agree = list(match.records)
        for place, value in enumerate(key_values):
            if value is not None:
                same = [record for record, _held in self.by_key[place].get(value, ())]
                agree = [record for record in agree if record in same]
        return replace(match, records=tuple(agree)) if len(agree) == 1 else match

    def _bits(self, key_values):
        """Return which distinct keys a row holds wholly, as bits."""
        pairs = enumerate(zip(self.keys, key_values, strict=True))
        return sum(1 << n for n, (key, v) in pairs if key.distinct and v is not None)


def _exact(records, key, cleaned):
    """Return those that are written exactly as the row is."""
    wanted = [cleaned.get(name) for name in key.fields]
    return [r for r in records if [getattr(r, n) for n in key.fields] == wanted]


def _number(record):
    for name in ("number", "code"):
        if value := getattr(record, name, ""):
            return value
    return f"{record} ({record.pk})"
