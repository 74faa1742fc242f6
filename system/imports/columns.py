"""What the columns of a file can fill, of one kind of record, by which names."""

from functools import cached_property

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

from crm import dictionaries
from crm.forms.records import RecordForm
from crm.imports import options
from crm.imports.cells import unpacked
from crm.imports.declared import Import
from crm.imports.headers import Target
from crm.models import DictionaryField, Record
from system.imports import values
from system.imports.ways import Ways

#: Fields of a form that no column fills.
NOT_FROM_FILES = frozenset(("version", "form_token"))
COMMON_NAMES = {
    "owner": "负责人 客户负责人 业务员 销售 所属人 归属人 跟进人",
    "reporter": "报送人 提供人",
    "remarks": "备注 说明 描述 remark notes description comment",
}


class Columns(Import):
    """The fields of one kind of record as columns of a file.

    An app declares the rest of it (`crm.imports.declared.Import`).
    """

    form_class: type[RecordForm]

    def __init__(self, user, ways=None):
        """Take the person who imports, and how they say that a file is to be read."""
        self.user, self.ways = user, ways or Ways()
        self.form = self.form_class(user=user, data={})
        self.model = self.form_class._meta.model
        if self.ways.match_by:
            by = self.ways.match_by
            self.keys = tuple(key for key in self.keys if key.name == by)

    @cached_property
    def targets(self):
        """What columns can fill, in the order of the form."""
        offered = [n for n in self.form.fields if n not in NOT_FROM_FILES]
        if "owner" not in offered and "owner" in self.form_class.base_fields:
            offered.append("owner")
        fields = self.model._meta.fields
        many = self.model._meta.many_to_many
        unlinked = {field.name for field in many} - {*self.linked}
        known = {field.name: field for field in (*fields, *many)}
        own = [
            self._target(name, known.get(name))
            for name in (*offered, *self.given)
            if name not in unlinked
        ]
        return own + [self._part(name) for name in self.parts]

    def _part(self, name):
        label, names, fills = self.parts[name]
        every = (*options.in_both_languages(label), *names.split())
        return Target(name, str(label), every, fills=fills)

    def refined(self, found, headers):
        """Return {column: target} as the columns beside it let one understand it."""
        return found

    def _target(self, name, model_field):
        form_field = self.form.fields.get(name)
        label = model_field.verbose_name if model_field is not None else name
        given = (self.names.get(name, "") + " " + COMMON_NAMES.get(name, "")).split()
        return Target(
            name,
            str(label),
            names=(*options.in_both_languages(label), *given, name),
            required=form_field is not None and form_field.required,
            several=name in self.joined,
            number=isinstance(form_field, forms.DecimalField),
        )

    @cached_property
    def readers(self):
        """{field: function from text to value}; relations to records apart."""
        return {
            target.name: values.reader_of(
                target.name,
                self.form.fields.get(target.name),
                self.model._meta.get_field(target.name),
                self,
            )
            for target in self.targets
            if target.name not in self.relations and target.name not in self.parts
        }

    @cached_property
    def relations(self):
        """{field: model} of the fields that name other business records."""
        found = {}
        links = map(self.model._meta.get_field, self.linked)
        for field in (*self.model._meta.fields, *links):
            if field.is_relation and issubclass(field.related_model, Record):
                found[field.name] = field.related_model
        return found

    def texts(self, cells, mapping):
        """Return {field: [texts]} of a row, what says nothing left out.

        Args:
            cells: texts; numbers where Excel has rounded one, errors as they are.
            mapping: {column: field}.
        """
        found = {}
        for column, name in mapping.items():
            cell = unpacked(cells[column]) if column < len(cells) else ""
            if not isinstance(cell, str) or not values.is_nothing(cell):
                found.setdefault(name, []).append(cell)
        return found

    def values_of(self, record):
        """Return what the keys ask of a record; of one it belongs to, the id."""
        names = {name for key in self.keys for name in (*key.fields, *key.only)}
        field_of = self.model._meta.get_field
        return {name: getattr(record, field_of(name).attname) for name in names}

    def key_of(self, name, value):
        """Return what the database compares of a field that stands once."""
        if not value or name not in self.model.once:
            return value
        setattr(self._blank, name, value)
        return self._blank.value_once(name)

    @cached_property
    def _blank(self):
        """A record in which one value at a time is folded: to make one takes long."""
        return self.model()

    def options_of(self, name):
        """Return [(code, label)] of the options of a field, nothing if it has none."""
        if name in self.parts or name in self.linked:
            return []
        field = self.model._meta.get_field(name)
        if isinstance(field, DictionaryField):
            return dictionaries.options_of(field.kind, by="code")
        return [(value, str(label)) for value, label in field.flatchoices]

    def label(self, name):
        """Return what a field is called on screen."""
        if name == NON_FIELD_ERRORS:
            return ""
        if name in self.parts:
            return str(self.parts[name][0])
        return str(self.model._meta.get_field(name).verbose_name)
