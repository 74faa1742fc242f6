"""The records that the rows of a file name, found for a whole batch at once."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.folding import folded


def variants(text):
    """Return the ways to write a name that people take for the same: （） and ()."""
    return {
        text,
        text.replace("(", "（").replace(")", "）"),
        text.replace("（", "(").replace("）", ")"),
    }


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
