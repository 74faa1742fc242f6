"""Rows below each other that tell of one record: its lines, as its kind declares them.

The first row names the record, each of them one line. They come in together or not at
all.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from crm.display import number_text
from crm.forms.model_fields import formfield
from system.imports import storing, values


@dataclass
class Group:
    """The rows of one record, by their places in a batch.

    `lines` are {place: values}, `errors` {place: {name: error}} of the lines;
    `amount_of` is the function from the values of a line to what it adds, if it does.
    """

    places: list
    amount_of: Callable | None
    lines: dict = field(default_factory=dict)
    errors: dict = field(default_factory=dict)

    @property
    def total(self):
        """What the lines add up to; None without one, or if one is wrong."""
        if self.errors or not self.lines or self.amount_of is None:
            return None
        return sum(self.amount_of(line) for line in self.lines.values())


class LinesOfRecords:
    """Reads the lines of a file of records, and stores them with these."""

    def __init__(self, importer):
        """Take the import of records whose rows name lines."""
        self.importer, self.said = importer, importer.lines
        fields = self.said.model._meta
        self.relations = {
            name for name in self.said.fields if fields.get_field(name).is_relation
        }
        self.readers = {
            name: values.reader_of(
                name,
                formfield(fields.get_field(name), required=name in self.said.needed),
                fields.get_field(name),
                importer,
            )
            for name in self.said.fields
            if name not in self.relations
        }
        #: The key of the record that a line has.
        (self.above,) = (
            field.name
            for field in fields.concrete_fields
            if field.related_model is importer.model
        )

    def belong_together(self, first, second):
        """Say whether the texts of two rows, one below the other, are of one record.

        The lower one may leave out all that the upper one said.
        """
        if all(name.startswith(self.said.prefix) for name in second):
            return True
        for names in self.said.recognised_by:
            values = [[texts.get(name) for name in names] for texts in (first, second)]
            if all(values[0]):
                return values[0] == values[1]
        return False

    def gather(self, texts, related):
        """Return the `Group`s of a batch; the texts of lines are taken out of `texts`.

        Args:
            texts: {field: [texts]} of each row.
            related: {name: function from text to record}.
        """
        found = []
        for place, row in enumerate(texts):
            prefix = self.said.prefix
            named = {n: row.pop(n) for n in list(row) if n.startswith(prefix)}
            if found and self.belong_together(texts[found[-1].places[0]], row):
                found[-1].places.append(place)
            else:
                found.append(Group([place], self.said.amount_of))
            if named:
                self._read(found[-1], place, named, related)
        for group in found:
            head = texts[group.places[0]]
            if group.total is not None and self.said.total not in head:
                head[self.said.total] = [str(group.total)]
        return found

    def _read(self, group, place, named, related):
        line, errors = dict(self.said.usual), {}
        for name in self.said.fields:
            part = f"{self.said.prefix}{name}"
            if part not in named:
                continue
            try:
                values.refuse_errors(named[part])
                reader = related[part] if name in self.relations else self.readers[name]
                line[name] = reader(str(named[part][0]))
                self.said.model._meta.get_field(name).run_validators(line[name])
            except ValidationError as error:
                errors[part] = error
        try:
            self.said.complete(line)
        except ValidationError as wrong:
            found = wrong.error_dict.items()
            errors |= {f"{self.said.prefix}{name}": e[0] for name, e in found}
        for name in self.said.needed:
            part = f"{self.said.prefix}{name}"
            if line.get(name) is None and part not in errors:
                errors[part] = ValidationError(_("This field is required."))
        group.lines[place] = line
        if errors:
            group.errors[place] = errors

    def store(self, outcomes):
        """Store the lines of some rows whose records are stored."""
        lines = [
            self.said.model(**{self.above: (o.head or o).record}, **o.line)
            for o in outcomes
            if o.line and o.verdict == "created"
        ]
        if lines:
            storing.store(lines)
        if lines and self.said.stored is not None:
            records = {getattr(line, self.above) for line in lines}
            self.said.stored(sorted(records, key=lambda record: record.pk))


def fit(group, cleaned, errors, importer):
    """Note the lines that do not fit their record, as far as both are well formed.

    Args:
        group: its rows.
        cleaned: its values.
        errors: {name: error} of them.
        importer: of them.
    """
    fits, prefix = importer.lines.fits, importer.lines.prefix
    if fits is None or errors:
        return
    for place in sorted(group.lines.keys() - group.errors.keys()):
        try:
            fits(cleaned, group.lines[place])
        except ValidationError as error:
            found = error.error_dict.items()
            group.errors[place] = {f"{prefix}{name}": e[0] for name, e in found}


def wrong(group, cleaned, numbers, importer):
    """Return {name: error} of what stands against a whole record.

    Args:
        group: its rows.
        cleaned: its values.
        numbers: the rows' numbers in the file, by place.
        importer: of them.
    """
    total = importer.lines.total
    if group.errors:
        place = next(iter(group.errors))
        if place == group.places[0]:
            return group.errors[place]
        return {NON_FIELD_ERRORS: refused_with(numbers[place], importer)}
    added, given = group.total, cleaned.get(total)
    if added is not None and given is not None and given != added:
        text = _("The sum of the lines is %s.") % number_text(added)
        return {total: ValidationError(text)}
    return {}


def follow(outcome, head, errors, importer):
    """Let a row become what became of the first row of its record.

    Args:
        outcome: of the row.
        head: the outcome of the first one.
        errors: {name: error} of its own line.
        importer: of them.
    """
    outcome.head, outcome.record = head, head.record
    outcome.verdict, outcome.reason = head.verdict, head.reason
    if head.verdict == "updated":
        outcome.verdict, outcome.reason = "skipped", "known"
    if head.verdict == "refused" and not errors:
        return {NON_FIELD_ERRORS: refused_with(head.number, importer)}
    return errors


def refused_with(number, importer):
    """Return why a row does not come in whose record does not."""
    return ValidationError(importer.lines.refused, params={"row": number})


def wanted(importer, mapping):
    """Say whether a file names lines, of a kind that has some."""
    if importer.lines is None:
        return False
    first = f"{importer.lines.prefix}{importer.lines.fields[0]}"
    return first in importer.parts and first in mapping.values()
