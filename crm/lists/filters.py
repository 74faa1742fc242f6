"""Combined search: one condition per field of a record, all of them together.

A FilterSet names the fields; the kind of each field decides the kind of its
condition and its keys in the query string (DESIGN: `amount_min`, `signed_on_after`).
"""

import django_filters as filters
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.chinese.folding import Keyword
from crm.forms.ranges import ConditionsForm
from crm.lists.filter_fields import (
    DepartmentFilter,
    TextFilter,
    conditions_of,
    holding,
)
from crm.models.groups import PEOPLE, STAMPS, own
from crm.models.searching import Searched


def validate_sought(text):
    """Refuse a keyword in which there is nothing that one could look for."""
    if text.strip() and not Keyword(text):
        raise ValidationError(_("There is nothing in it to look for."))


#: Conditions that every record has.
COMMON = (*PEOPLE, *STAMPS)


class ModelFilter(filters.FilterSet):
    """The conditions of one list.

    `conditions` names model fields, `usual` those that stand open on the page,
    `common` those that a family of lists shares; declared filters come on top. The
    text is looked for in what the kind keeps for it, or in the `searched` fields of a
    short table.
    """

    conditions: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()
    common: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    base_filters: dict

    q = TextFilter(
        method="search",
        label=_("Keyword"),
        max_length=100,
        validators=[validate_sought],
    )

    class Meta:
        model = None

    def __init__(self, data=None, *args, **options):
        """Keep only the filters that the query string names: forms are costly."""
        if data is not None:
            known = self.base_filters.items()
            self.base_filters = {name: made for name, made in known if name in data}
        super().__init__(data, *args, **options)

    def get_form_class(self):
        """Return the form of the filters, which knows what a range is."""
        fields = {name: made.field for name, made in self.filters.items()}
        return type("Conditions", (ConditionsForm,), fields)

    @classmethod
    def get_filters(cls):
        """Return the declared filters and those made for `conditions`."""
        made = super().get_filters()
        model = cls._meta.model
        if model is not None:
            for name in (*cls.sought(), *cls.common):
                if name not in made:
                    made.update(conditions_of(model._meta.get_field(name)))
        return made

    @classmethod
    def sought(cls):
        """Return the fields that conditions are made for."""
        return cls.conditions

    def search(self, queryset, _name, value):
        """Narrow the rows to those that hold the text."""
        if issubclass(queryset.model, Searched):
            return queryset.filter(queryset.model.matching(value))
        return holding(queryset, self.searched, value)


class RecordFilter(ModelFilter):
    """The conditions of a list of business records: on all fields in their groups."""

    common = COMMON

    owner_department = DepartmentFilter(field_name="owner")

    class Meta:
        model = None
        fields = ()

    @classmethod
    def sought(cls):
        """Return the fields that conditions are made for: all, unless it names some."""
        return cls.conditions or own(cls._meta.model)

    def search(self, queryset, _name, value):
        """Narrow the rows to those that the record's own search finds."""
        return queryset.search(value.strip(), self.request.user)
