"""The records that the rows of a file name, found for a whole batch at once."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.chinese.folding import code, folded
from system.imports.links import names_in

#: The columns that keep a field as two writings of it are compared.
KEPT = {"name": ("name_key", folded), "external_number": ("external_key", code)}


class Related:
    """The records that a batch of rows names, found in one query per field."""

    def __init__(self, importer, later=frozenset()):
        """Take the importer, which says by which fields a record is named.

        Args:
            importer: of the rows.
            later: what holds the folded names that stand in the same file: a record
                of the same kind that is not there yet is put off, None is read for it.
        """
        self.importer, self.later = importer, later
        self._models = {**importer.relations, **importer.part_relations}

    def load(self, rows):
        """Return {field: function from text to record} for a batch of texts."""
        return {
            name: self._reader(name, {t for row in rows for t in self._said(row, name)})
            for name in self._models
        }

    def _said(self, row, name):
        """Return what a row calls the records of a field."""
        parts = row.get(name, ())
        if name in self.importer.linked:
            return [one for part in parts for one in names_in(part)]
        return [str(parts[0])] if parts else []

    def _reader(self, name, texts):
        model = self._models[name]
        by = self.importer.lookups.get(name, ("name",))
        columns = {field.name for field in model._meta.fields}
        condition = Q(pk__in=())
        for field in by if texts else ():
            column, fold = KEPT.get(field, (field, str))
            column, fold = (column, fold) if column in columns else (field, str)
            condition |= Q(**{f"{column}__in": set(map(fold, texts))})
        found = defaultdict(dict)
        action = "file" if name in self.importer.model.names_along else "view"
        rows = model.objects.visible_to(self.importer.user, action)
        for record in rows.filter(condition):
            for field in by:
                if value := getattr(record, field):
                    found[folded(value)].setdefault(record, value)
        later = self.later if model is self.importer.model else frozenset()

        within = self.importer.within.get(name)

        def read(text, above=None):
            """Return the record; None for one that stands further down."""
            same = found.get(folded(str(text)), {})
            if within:
                column = model._meta.get_field(within).attname
                pk = getattr(above, "pk", None)
                same = {r: v for r, v in same.items() if getattr(r, column) == pk}
            if not same and folded(str(text)) in later:
                return None
            return _one(same, text)

        return read


def _one(records, text):
    """Return the only record; what one may not see is as if it were not there.

    Args:
        records: {record: how it is written}.
        text: what was written; of several, the one that is written so is meant.
    """
    exact = [record for record, value in records.items() if value == text]
    if len(exact) == 1 or len(records) == 1:
        return (exact or list(records))[0]
    raise ValidationError(
        _("Several records are called “%(value)s”: write the number.")
        if records
        else _("There is no record “%(value)s” that you may see."),
        params={"value": str(text)[:50]},
    )
