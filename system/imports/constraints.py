"""What the database would refuse, in the words of its constraints."""

from django.core.exceptions import ValidationError

from crm.disclosures import ENOUGH, Disclosures
from crm.guards.refusals import words_of


class Taken:
    """What live records hold of the values that stand once, seen or not.

    The database would refuse them, so the preview says it in the constraint's own
    words, as the form does; of rows that the person cannot see only as often.
    """

    def __init__(self, importer, rows):
        """Find the holders of what a batch of cleaned values wants."""
        self.importer, self.disclosures = importer, None
        objects, self.seen = importer.model.objects, set()
        self.holders = {name: self._holders(name, rows) for name in importer.unique}
        held = {row.pk for found in self.holders.values() for row in found.values()}
        if not objects.visibility(importer.user).is_everything:
            self.disclosures = Disclosures(importer.user)
            seen = objects.visible_to(importer.user).filter(pk__in=held).order_by()
            self.seen = set(seen.values_list("pk", flat=True)) if held else set()

    def _holders(self, name, rows):
        key_of, model = self.importer.key_of, self.importer.model
        column = model.once.get(name, name)
        wanted = {key_of(name, row[name]) for row in rows if row.get(name)}
        live = model.objects.filter(**{f"{column}__in": wanted}).exclude(**{column: ""})
        return {getattr(row, column): row for row in live.order_by()} if wanted else {}

    def errors(self, values, record=None):
        """Return {field: why it cannot be} of new values.

        Args:
            values: cleaned ones; of a record that is there, those that change.
            record: the one that is there.
        """
        found = {}
        for name in self.importer.unique:
            key = self.importer.key_of(name, values.get(name))
            holder = self.holders[name].get(key) if key else None
            if key and (holder is None or holder != record):
                error = self._error(name, holder, key)
                found.update({name: error} if error is not None else {})
        return found

    def _error(self, name, holder, key):
        model, disclosures = self.importer.model, self.disclosures
        if holder is None:
            is_silent = (
                disclosures is not None and name in model.once and disclosures.is_full
            )
            return ValidationError(ENOUGH) if is_silent else None
        hiding = disclosures if holder.pk not in self.seen else None
        if hiding is not None and not hiding.allow(holder, str(key)):
            return ValidationError(ENOUGH)
        return ValidationError(words_of(self.importer.unique[name], model))
