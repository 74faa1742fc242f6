"""What an import of one kind of record does with a row: values, checks, a record."""

from functools import cached_property, partial

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.imports.cells import address_of
from crm.models import Region
from system.imports import links, places, values
from system.imports.columns import Columns


class Importer(Columns):
    """Turns the rows of a file into values of one kind of record."""

    not_changeable = _("You may not change this record.")

    def read(self, texts, related):
        """Return (cleaned values, {field: error}) of a row.

        Args:
            texts: from `texts`.
            related: {field: function from text to record}.
        """
        cleaned, errors = {}, {}
        names = (name for name in texts if name not in self.parts)
        for name in sorted(names, key=lambda name: name in self.within):
            if name in self.within:
                above = cleaned.get(self.within[name])
                related = {**related, name: partial(related[name], above=above)}
            try:
                cleaned[name] = self.value(name, texts[name], texts, related)
            except ValidationError as error:
                errors[name] = error
        errors.update(self._missing(texts))
        given = {name: cleaned.pop(name) for name in self.given if name in cleaned}
        if not errors:
            cleaned, errors = self._check(cleaned)
        return {**cleaned, **given}, errors

    def _missing(self, texts):
        """Yield (field, error) of what a row must name and does not."""
        required = [target.name for target in self.targets if target.required]
        for name in required:
            has_default = self.model._meta.get_field(name).has_default()
            if name not in texts and not has_default:
                yield name, ValidationError(_("This field is required."))

    def value(self, name, parts, texts, related):
        """Return the value of one field, checked as the model checks it."""
        field = self.model._meta.get_field(name)
        values.refuse_errors(parts)
        if name in self.linked:
            return self._linked(parts, related.get(name) or self.readers[name])
        if field.related_model is Region:
            return self._region(list(map(str, parts)), address_of(texts))
        text = parts[0] if len(parts) == 1 else self.joined[name].join(map(str, parts))
        if name in related:
            return related[name](values.whole(text))
        try:
            value = self.readers[name](text)
        except ValidationError as error:
            if self.ways.unknown == "empty" and is_unknown(error):
                return None
            raise
        if not field.is_relation and value not in field.empty_values:
            field.run_validators(value)
        return value

    def _linked(self, parts, reader):
        """Return the records that some cells name, the whole of one or its parts."""
        found: dict = {}
        for part in parts:
            whole, *names = links.names_in(values.whole(part))
            try:
                found[reader(whole)] = True
            except ValidationError:
                if not names:
                    raise
                found |= {reader(name): True for name in names}
        return list(found)

    def _region(self, named, address):
        """Find a region by all columns that speak of it, and by the address."""
        try:
            return self.regions.find(named, address)
        except places.Contradiction as error:
            if self.ways.unknown == "empty":
                return error.kept
            raise
        except ValidationError as error:
            if self.ways.unknown == "empty" and is_unknown(error):
                return None
            raise

    @cached_property
    def regions(self):
        """The regions, read once for all rows."""
        return places.Regions()

    def _check(self, cleaned):
        """Ask the form what it asks of typed values, field by field and as a whole."""
        form = self.form.unchecked()
        form.cleaned_data = cleaned
        for name in list(cleaned):
            own = getattr(form, f"clean_{name}", None)
            if own is not None:
                try:
                    form.cleaned_data[name] = own()
                except ValidationError as error:
                    form.add_error(name, error)
        try:
            form.clean()
        except ValidationError as error:
            form.add_error(None, error)
        found = form.errors.as_data()
        return form.cleaned_data, {n: ValidationError(e) for n, e in found.items()}

    def build(self, cleaned):
        """Return a new record, neither signed nor saved yet.

        Raises:
            ValidationError: the record as a whole is not as it must be.
        """
        stored = self.stored(cleaned).items()
        record = self.model(**{n: v for n, v in stored if n not in self.linked})
        record.clean()
        return record

    def stored(self, cleaned):
        """Return the values that a column gave; empty ones are the model's own."""
        return {
            name: value
            for name, value in cleaned.items()
            if name not in self.given
            and value is not None
            and value != ""
            and value != []
        }

    def similar(self, records, **how):
        """Return what seems to be the same as new records, one answer for each."""
        return []

    def changeable(self):
        """Return the records that the person may change."""
        return self.model.objects.visible_to(self.user, "change")

    def against(self, record, changes):
        """Return {field: error} of what may not be written into a record."""
        return {}

    def differences(self, record, cleaned, key):
        """Return the values of a row that its record does not have yet.

        What the record was known by is never written, and a region gives way to a
        smaller one within it only.
        """
        found = {}
        for name, value in self.stored(cleaned).items():
            if name in self.linked:
                if more := links.added(record, name, value):
                    found[name] = more
                continue
            old = getattr(record, record._meta.get_field(name).attname)
            if name in key.fields or old == getattr(value, "pk", value):
                continue
            finer = self.regions.by_code.get(old) if name == "region" else None
            if finer is not None and places.within(finer, value):
                continue
            found[name] = value
        return found


def is_unknown(error):
    """Say whether an error is that an option is unknown; one of several has no code."""
    return getattr(error, "code", "") == "unknown_option"
