"""By which provinces a chart tells rows apart: their own, or those of other records."""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Substr
from django.utils.translation import gettext as _

from crm.charts.dimensions import Group, not_given
from crm.forms.inputs import NOT_GIVEN
from crm.models import Region

#: What rows are called whose group the reader may not know.
HIDDEN = "hidden"


@dataclass(frozen=True)
class Provinces:
    """The provinces in which something is, wherever within them."""

    column: str
    is_whole = True

    def expression(self, _model, _asked):
        """Tell them by what the codes of their districts begin with."""
        return province_of(self.column)

    def groups(self, model, _asked, _found):
        """Return all provinces by their codes."""
        groups = _provinces(self.column)
        return [*groups, *not_given(model._meta.get_field(self.column))]


@dataclass(frozen=True)
class ProvincesOf:
    """The provinces of records to which the rows belong, as far as there are rows.

    Nothing is told of a record that the reader does not see: its rows are in no group.

    Attributes:
        relation: to the records, which have a `region`.
        key: what the condition of the list is called.
    """

    relation: str
    key: str
    is_whole = True

    @property
    def column(self):
        """What the reader is told of."""
        return f"{self.relation}__region"

    def expression(self, model, asked):
        """Tell them as Provinces does, what is not given and what is hidden beside."""
        records = model._meta.get_field(self.relation).related_model.objects
        if records.visibility(asked.user).is_everything:
            return Coalesce(province_of(self.column), Value(NOT_GIVEN))
        seen = records.visible_to(asked.user).filter(pk=OuterRef(self.relation))
        said = seen.order_by().values(
            said=Coalesce(province_of("region"), Value(NOT_GIVEN))
        )
        return Coalesce(Subquery(said), Value(HIDDEN))

    def groups(self, _model, _asked, found):
        """Return the provinces by their codes, and last what is not given."""
        groups = [
            *_provinces(self.key),
            Group(NOT_GIVEN, _("not given"), {self.key: NOT_GIVEN}),
        ]
        return [group for group in groups if group.value in found]


def province_of(column):
    """Return the expression of what the code of a region's province begins with."""
    return Substr(f"{column}_id", 1, 2)


def _provinces(key):
    rows = Region.objects.filter(level=1).values_list("code", "name")
    return [Group(code[:2], name, {key: code}) for code, name in rows]
