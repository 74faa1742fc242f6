"""Which rows of a file are there already, asked for a whole batch at once."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.folding import folded
from system.imports.seen import mark


def variants(text):
    """Return the ways to write a name that people take for the same: （） and ()."""
    return {
        text,
        text.replace("(", "（").replace(")", "）"),
        text.replace("（", "(").replace("）", ")"),
    }


def part(value):
    """Return a value as keys compare it."""
    return getattr(value, "pk", None) or folded(str(value))


class Known:
    """The records that rows may be the same as: those one sees, those of this file.

    A row is known by the first of `keys` that it holds wholly. A later key counts
    only where one of the two lacks the surer one: two firms of one name with two
    credit codes are two.
    """

    def __init__(self, importer, seen):
        """Take the importer, whose model and keys count, and the rows so far."""
        self.importer, self.keys = importer, importer.keys
        self.seen = seen
        self.found = {}

    def load(self, rows):
        """Find what a batch of cleaned values may be the same as."""
        self.seen.load(found for row in rows for found, _bit in self._marks(row))
        self.found = {key: {} for key in self.keys}
        for key in self.keys:
            condition = self._condition(key, [r for r in rows if _whole(r, key)])
            if condition is None:
                continue
            model, user = self.importer.model, self.importer.user
            for record in model.objects.visible_to(user).filter(condition):
                self._note(record)

    def of(self, cleaned):
        """Return the record that a row is the same as; True if a row before it is."""
        mine = self._held(cleaned)
        for found, bit in self._marks(cleaned):
            surer = mine & (bit - 1)
            if any(not held & surer for held in self.seen.of(found)):
                return True
            key = self.keys[bit.bit_length() - 1]
            for record, held in self.found[key].get(_key(cleaned, key), ()):
                if not held & surer:
                    return record
        return None

    def add(self, cleaned):
        """Remember a row of this file."""
        mine = self._held(cleaned)
        for found, _bit in self._marks(cleaned):
            self.seen.add(found, mine)

    def _marks(self, row):
        """Yield (mark, bit of the key) for each key that a row holds wholly."""
        for place, key in enumerate(self.keys):
            if _whole(row, key):
                yield mark(place, _key(row, key)), 1 << place

    def _held(self, row):
        """Return which keys a row holds wholly, as bits."""
        held = 0
        for place, key in enumerate(self.keys):
            if _whole(row, key):
                held |= 1 << place
        return held

    def _note(self, record):
        values = _values(record, self.keys)
        held = self._held(values)
        for key in self.keys:
            if _whole(values, key):
                same = self.found[key].setdefault(_key(values, key), [])
                if all(record != other for other, _held in same):
                    same.append((record, held))

    def _condition(self, key, rows):
        """Return the condition that finds the records of some rows by one key."""
        if not rows:
            return None
        condition = Q()
        for name in key:
            wanted = set()
            for row in rows:
                value = row[name]
                wanted |= variants(value) if isinstance(value, str) else {value.pk}
            condition &= Q(**{f"{name}__in": wanted})
            if name in self.importer.unique:
                condition &= ~Q(**{name: ""})  # lets PostgreSQL use the partial index
        return condition


def _whole(values, key):
    return all(map(values.get, key))


def _key(values, key):
    return tuple(part(values[name]) for name in key)


def _values(record, keys):
    return {name: getattr(record, name) for key in keys for name in key}


def claimed(importer, rows):
    """Return {field: values} that live records hold which the person may not see.

    The database would refuse them, so the preview says it in the constraint's
    own words, as the form does.
    """
    found = {}
    for name in importer.unique:
        wanted = {row[name] for row in rows if row.get(name)}
        live = importer.model.objects.filter(**{f"{name}__in": wanted})
        taken = live.exclude(**{name: ""}).order_by().values_list(name, flat=True)
        found[name] = set(taken) if wanted else set()
    return found


def taken_error(importer, name):
    """Return what the constraint of a field says to whoever breaks it."""
    return constraint_error(importer.model, importer.unique[name])


def constraint_error(model, name):
    """Return the words of a constraint, by its name in the database."""
    for constraint in model._meta.constraints:
        if constraint.name == name:
            return ValidationError(constraint.get_violation_error_message())
    return ValidationError(_("The database refuses this row."))


class Related:
    """The records that a batch of rows names, found in one query per field."""

    def __init__(self, importer):
        """Take the importer, which says by which fields a record is named."""
        self.importer = importer

    def load(self, rows):
        """Return {field: function from text to record} for a batch of texts."""
        return {
            name: self._reader(name, {str(row[name][0]) for row in rows if name in row})
            for name in self.importer.relations
        }

    def _reader(self, name, texts):
        model = self.importer.relations[name]
        by = self.importer.lookups.get(name, ("name",))
        wanted = set().union(*map(variants, texts)) if texts else set()
        condition = Q()
        for field in by:
            condition |= Q(**{f"{field}__in": wanted})
        found = defaultdict(set)
        for record in model.objects.visible_to(self.importer.user).filter(
            condition if wanted else Q(pk__in=())
        ):
            for field in by:
                if getattr(record, field):
                    found[folded(getattr(record, field))].add(record)
        return lambda text: _one(found.get(folded(str(text)), ()), text)


def _one(records, text):
    """Return the only record; what one may not see is as if it were not there."""
    if len(records) == 1:
        return next(iter(records))
    raise ValidationError(
        _("Several records are called “%(value)s”: write the number.")
        if records
        else _("There is no record “%(value)s” that you may see."),
        params={"value": str(text)[:50]},
    )
