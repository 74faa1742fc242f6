"""Forms of business records: only rows one may see, clean text, one look."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from crm import dictionaries
from crm.disclosures import refusal_of, with_holder
from crm.forms.columns import ColumnsForm
from crm.forms.lookups import LookupField, ReadTogether
from crm.forms.model_fields import formfield
from crm.forms.options import OptionsHeld
from crm.guards.refusals import fields_at_fault
from crm.models import DictionaryItem, Record, User
from crm.related import is_looked_up
from crm.rights.permissions import permission
from crm.text import clean, single_line


def posted(request):
    """Return what a form was sent with; None if the page was only opened.

    An empty POST is one: a form without data would never be checked.
    """
    return request.POST if request.method == "POST" else None


class GroupedForm:
    """Fields of a form under headings: `groups` names heading and fields.

    `groups_below` are those that stand beneath the lines of the record.
    """

    groups = groups_below = ()

    @property
    def grouped(self):
        """[(heading, bound fields)]; what no group names comes last."""
        left = {field.name: field for field in self.visible_fields()}
        _taken(self.groups_below, left)
        found = _taken(self.groups, left)
        if left:
            found.append((_("Other") if found else "", list(left.values())))
        return found

    @property
    def grouped_below(self):
        """[(heading, bound fields)] beneath the lines."""
        fields = {field.name: field for field in self.visible_fields()}
        return _taken(self.groups_below, fields)


def _select(field):
    """Return the select that takes the place of a search box."""
    return forms.ModelChoiceField(
        field.queryset,
        label=field.label,
        required=field.required,
        help_text=field.help_text,
        initial=field.initial,
    )


def _taken(groups, left):
    """Take the fields of some groups out of what is left, and return them grouped."""
    found = []
    for heading, names in groups:
        fields = [left.pop(name) for name in names if name in left]
        if fields:
            found.append((heading, fields))
    return found


class CleanTexts:
    """A form whose texts are clean; one of which nothing is left counts as empty."""

    def unchecked(self):
        """Return the form as it was sent, without a word on what is wrong with it."""
        self._errors, self.cleaned_data = ErrorDict(), {}
        return self

    def clean(self):
        """Clean every text; a line break within a field of one line is a blank."""
        values = super().clean()
        for name, value in list(values.items() if values else ()):
            if isinstance(value, str) and isinstance(
                self.fields[name], forms.CharField
            ):
                lines = isinstance(self.fields[name].widget, forms.Textarea)
                values[name] = clean(value) if lines else single_line(value)
                if value and not values[name] and self.fields[name].required:
                    self.add_error(name, self.fields[name].error_messages["required"])
        return values


class ModelForm(CleanTexts, OptionsHeld, ColumnsForm, GroupedForm, forms.ModelForm):
    """A form of the house: search boxes for relations, clean texts."""

    class Meta:
        formfield_callback = formfield

    def __init__(self, *args, user, **options):
        """Take the person who fills it in."""
        super().__init__(*args, **options)
        self.user = user


class RecordForm(ModelForm):
    """The form of a business record.

    Choices of records hold the rows that `user` may see; the owner may be anybody
    within the reach of the right to change; only who may register says who
    reported. `repeats` names the fields whose values the next form of a serial
    entry starts with. `within` is {field: the field it depends on}: the contact
    is one of the chosen customer's.
    """

    repeats = ("reporter",)
    within = {}

    def __init__(self, *args, user, **options):
        """Take the person who fills it in."""
        super().__init__(*args, user=user, **options)
        self.by_registrar = user.rights.registers(self._meta.model) is not None
        if isinstance(self.instance, Record):
            for name in self.instance.left_to_others(user):
                self.fields.pop(name, None)
        self._fill_partners()
        self._people = ReadTogether()
        for name in list(self.fields):
            self._limit(name)
        for name, partner in self.within.items():
            if name in self.fields:
                self._narrow(name, partner)
        if not self.instance.pk:
            self.fields["form_token"] = forms.UUIDField(widget=forms.HiddenInput)

    def _limit(self, name):
        """Offer only what this person may choose; of settings, in a select."""
        field = self.fields[name]
        if isinstance(field, LookupField) and not is_looked_up(field.queryset.model):
            field = self.fields[name] = _select(field)
        if name in ("owner", "reporter"):
            self._limit_people(name, field)
        elif isinstance(field, forms.ModelChoiceField):
            self._limit_rows(name, field, field.queryset.model)
        if name in self.fields and isinstance(field, LookupField):
            if field.queryset.model is User:
                field.let_stay(getattr(self.instance, f"{name}_id", None))
                self._people.add(field)
            field.show(self[name].value())

    def _limit_rows(self, name, field, model):
        if model is DictionaryItem:
            self._limit_items(name, field)
        elif issubclass(model, Record):
            along = name in self._meta.model.names_along
            self._limit_records(field, "file" if along else "view")
            field.fit(name)
            if self._withheld(name, field):
                del self.fields[name]
        elif model is User:
            field.queryset = User.objects.active()

    def _limit_records(self, field, action):
        """Offer the rows that the person may see, or file others under."""
        objects = field.queryset.model.objects
        field.offer(objects.visible_to(self.user, action), self.user)
        field.first = objects.visibility(self.user, action).newest

    def _withheld(self, name, field):
        """Say whether the record names one that this person may not see: it stays."""
        current = getattr(self.instance, f"{name}_id", None)
        if current is None:
            return False
        row = getattr(self.instance, name)
        if not row.allowed(self.user, "view"):
            return True
        field.present = {current: row}
        field.queryset = field.queryset | type(row).objects.filter(pk=current)
        return False

    def _fill_partners(self):
        """Let a row that the address names bring its partner along.

        `?contract=5` fills in the customer too.
        """
        for name, partner in self.within.items():
            given = self.initial.get(name)
            if given and name in self.fields and not self.initial.get(partner):
                field = self.fields[name]
                rows = field.queryset.model.objects.visible_to(self.user)
                row = rows.filter(pk__in=field.keys(given)).first()
                self.initial[partner] = getattr(row, f"{partner}_id", None)

    def _narrow(self, name, partner):
        """Offer only rows that belong to what `partner` names."""
        field = self.fields[name]
        chosen = getattr(self.instance, f"{partner}_id", None)
        if partner in self.fields:
            chosen = self[partner].value()
        for key in field.keys(chosen):
            field.queryset, field.first = field.queryset.filter(**{partner: key}), None
        field.widget.attrs["data-lookup-with"] = partner
        field.show(self[name].value())

    def _limit_items(self, name, field):
        kind = self._meta.model._meta.get_field(name).kind
        current = getattr(self.instance, f"{name}_id", None)
        offered = dictionaries.items_of(kind)
        if current and all(item.pk != current for item in offered):
            offered.append(dictionaries.items()[current])
        field.offered = offered
        field.queryset = DictionaryItem.objects.filter(pk__in=[i.pk for i in offered])
        field.widget.choices = [
            ("", field.empty_label or "---------"),
            *((item.pk, item.local_label) for item in offered),
        ]

    def _limit_people(self, name, field):
        if name == "reporter":
            if not self.by_registrar:
                del self.fields[name]
                return
            field.queryset = User.objects.seeing(self._meta.model)
            field.required = False
        else:
            action = "change" if self.instance.pk else "add"
            reach = self.user.rights.reach(permission(action, self._meta.model))
            people = self.user.rights.people(reach)
            if people is not None and people <= {self.user.pk}:
                del self.fields[name]
                return
            field.queryset = User.objects.seeing(self._meta.model)
            if people is not None:
                field.queryset = field.queryset.filter(pk__in=people)
            field.required = False
            field.help_text = _("Left empty: whoever reports it.")

    def _get_validation_exclusions(self):
        """Let the constraints on rows outside the recycle bin be checked."""
        keys = set(self.instance.once.values()) - set(self.instance.once)
        return super()._get_validation_exclusions() - {"deleted_at", *keys}

    def _post_clean(self):
        """Answer for what rows of others hold only so often a day, then as ever."""
        for name in set(self.instance.once).intersection(self.changed_data):
            if value := self.cleaned_data.get(name):
                error = refusal_of(self._typed(**{name: value}), name, self.user)
                if error is not None:
                    self.add_error(name, error)
        super()._post_clean()

    def _typed(self, **typed):
        """Return the record with nothing but what was typed into some fields."""
        return type(self.instance)(pk=self.instance.pk, **typed)

    def _update_errors(self, errors):
        """Tell beside its field that a value is taken which stands once."""
        found = getattr(errors, "error_dict", {})
        at_fault = fields_at_fault(type(self._typed()))
        for error in found.pop(NON_FIELD_ERRORS, ()):
            name = at_fault.get(str(error.message))
            place = name if name in self.fields else NON_FIELD_ERRORS
            if name in self.instance.once:
                typed = self._typed(**{name: self.cleaned_data.get(name, "")})
                error = with_holder(typed, name, self.user, error)
            found.setdefault(place, []).append(error)
        super()._update_errors(errors)

    def clean_owner(self):
        """Keep the present owner when none is chosen."""
        chosen = self.cleaned_data["owner"]
        return chosen or (self.instance.owner if self.instance.pk else None)

    def clean_reporter(self):
        """Keep the present reporter when none is chosen."""
        chosen = self.cleaned_data["reporter"]
        return chosen or (self.instance.reporter if self.instance.pk else None)

    def enter(self):
        """Save a new record in the name of `user` and return it."""
        record = super().save(commit=False)
        record.enter(self.user)
        self._save_m2m()
        return record

    def again(self):
        """Return the values that the next form of a serial entry starts with."""
        data = self.cleaned_data
        pairs = ((name, data.get(name)) for name in self.repeats)
        return {name: getattr(v, "pk", v) for name, v in pairs if v not in (None, "")}
