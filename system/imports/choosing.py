"""What a person says of the rows of a file: columns, words, whose they become."""

from django import forms
from django.utils.translation import gettext as _

from crm.forms.columns import ColumnsForm
from crm.forms.lookups import LookupField, LookupMultipleField, ReadTogether
from crm.imports.headers import covered
from system.imports.forms import ONLY_HEADER, unsure
from system.imports.owners import may_choose, rules_for
from system.models import ImportRun
from system.shares import BY_PART, IN_TURN, named_parts


class DoublesForm(ColumnsForm, forms.ModelForm):
    """What is to become of new rows that are probably there already."""

    class Meta:
        model = ImportRun
        fields = ("doubles",)


class WordsForm(forms.Form):
    """What words of a file mean that are no options of their fields."""

    def __init__(self, *args, run, importer, **options):
        """Ask about each word that was met, and about those explained before."""
        super().__init__(*args, **options)
        self.run, self.asked = run, {}
        heard = run.preview.get("words", {})
        for field in {**heard, **run.values}:
            said = run.values.get(field, {})
            known = importer.options_of(field)
            for word in {**heard.get(field, {}), **said}:
                name = f"word_{len(self.asked)}"
                self.asked[name] = field, word
                self.fields[name] = forms.ChoiceField(
                    label=f"{importer.label(field)}: {word}",
                    choices=[("", _("(none of them)")), *known],
                    required=False,
                    initial=said.get(word, ""),
                )

    def keep(self):
        """Note on the import what was said."""
        values: dict = {}
        for name, (field, word) in self.asked.items():
            if code := self.cleaned_data[name]:
                values.setdefault(field, {})[word] = code
        self.run.values = values


class SharesForm(forms.Form):
    """Whose the new rows of each province, or of each level, become."""

    def __init__(self, *args, run, importer, **options):
        """Ask about each part that was met, and about those explained before."""
        super().__init__(*args, **options)
        self.run, self.asked, together = run, {}, ReadTogether()
        met = run.preview.get("parts", {})
        people = importer.form.fields["owner"].queryset
        for key, label in named_parts({*met, *run.shares}, run.owned_by):
            name = self.asked[key] = f"part_{key}"
            field = LookupField(
                people.none(),
                label=f"{label} ({met.get(key, 0)})",
                required=False,
                initial=run.shares.get(key),
            )
            self.fields[name] = field
            field.offer(people, importer.user)
            together.add(field)
            field.show(self[name].value())

    def keep(self):
        """Note on the import what was said."""
        values = self.cleaned_data
        chosen = {k: values[name] for k, name in self.asked.items() if values[name]}
        self.run.shares = {key: person.pk for key, person in chosen.items()}


def shares_form(run, importer, data=None):
    """Return the form of a rule that names people by part; None for other rules."""
    if run.owned_by not in BY_PART or not may_choose(importer):
        return None
    return SharesForm(data, run=run, importer=importer)


class MappingForm(ColumnsForm, forms.ModelForm):
    """Which column is which field, and what to do with rows that are known."""

    class Meta:
        model = ImportRun
        fields = (
            "match_by",
            "known",
            "fresh",
            "owned_by",
            "assigned_to",
            "unknown",
            "day_order",
            "decimal_sign",
        )
        widgets = dict.fromkeys(
            ("match_by", "owned_by", "day_order", "decimal_sign"), forms.Select
        )

    def __init__(self, *args, importer, samples, **options):
        """Take the importer, which knows the fields there are, and some values."""
        super().__init__(*args, **options)
        targets, hints = importer.targets, importer.hints
        self._offer(importer)
        self.targets, self.samples, self.hints = targets, samples, hints
        choices = [("", _("(not imported)"))]
        choices += [
            (t.name, f"{t.label} *" if t.required else t.label) for t in targets
        ]
        for column, header in enumerate(self.instance.columns):
            self.fields[f"column_{column}"] = forms.ChoiceField(
                label=header or _("Column %d") % (column + 1),
                choices=choices,
                required=False,
                initial=self.instance.mapping.get(str(column), ""),
            )

    def _offer(self, importer):
        """Offer the keys of this kind, and the people who may own its records."""
        named = [
            (key.name, " + ".join(map(importer.label, key.fields)))
            for key in type(importer).keys
        ]
        named = [("", _("what tells it most surely")), *named]
        self.fields["match_by"].widget.choices = named
        if not may_choose(importer):
            del self.fields["owned_by"], self.fields["assigned_to"]
            return
        people = importer.form.fields["owner"].queryset
        self.fields["assigned_to"].queryset = people
        self.fields["owned_by"].choices = rules_for(importer)
        takers = self.instance.shares if isinstance(self.instance.shares, list) else []
        self.fields["turns"] = LookupMultipleField(
            people.none(), label=_("those who take turns"), required=False
        )
        self.initial["turns"] = takers
        self.fields["turns"].offer(people, importer.user)
        self.fields["turns"].show(self["turns"].value())

    @property
    def columns(self):
        """[{field, samples}] of the columns that hold anything."""
        return [
            {"field": self[f"column_{column}"], "samples": self.samples[column]}
            for column in range(len(self.instance.columns))
            if self.instance.columns[column] or self.samples[column]
        ]

    @property
    def choices(self):
        """The fields that are no columns."""
        names = [name for name in self._meta.fields if name in self.fields]
        if "turns" in self.fields:
            names.insert(names.index("assigned_to") + 1, "turns")
        return [self[name] for name in names]

    def clean(self):
        """Refuse a field filled by two columns, and one that is missing."""
        values = super().clean()
        if unsure(self.instance):
            self.add_error(None, _("Say first how the file is to be read."))
        if not self.instance.total:
            self.add_error(None, ONLY_HEADER)
        if values.get("owned_by") == "person" and not values.get("assigned_to"):
            self.add_error("assigned_to", _("Say who."))
        if values.get("owned_by") == IN_TURN and not values.get("turns"):
            self.add_error("turns", _("Name who takes turns."))
        used = self._used(values)
        for target in self.targets:
            self._check(target, used)
        for name in filter(None, values.get("match_by", "").split("+")):
            if name not in used:
                self.add_error("match_by", self._missing(self._target(name)))
        self.mapping = {
            str(column): name for name, columns in used.items() for column in columns
        }
        return values

    def _used(self, values):
        """Return {field: the columns that fill it}."""
        used: dict = {}
        for column in range(len(self.instance.columns)):
            if name := values.get(f"column_{column}"):
                used.setdefault(name, []).append(column)
        return used

    def _check(self, target, used):
        """Say what is wrong with the columns of one field."""
        columns = used.get(target.name, [])
        if len(columns) > 1 and not target.several:
            self.add_error(
                f"column_{columns[1]}",
                _("Another column is “%s” already.") % target.label,
            )
        missing = target.required and target.name not in covered(used, self.targets)
        if missing and not self._has_default(target):
            self.add_error(None, self._missing(target))

    def _target(self, name):
        return next(target for target in self.targets if target.name == name)

    def _missing(self, target):
        text = _("Say which column is “%s”.") % target.label
        return f"{text} {self.hints.get(target.name, '')}".strip()

    def _has_default(self, target):
        return self.instance.model._meta.get_field(target.name).has_default()

    def save(self, commit=True):
        """Keep the mapping in the order of the columns."""
        ordered = sorted(self.mapping.items(), key=lambda pair: int(pair[0]))
        self.instance.mapping = dict(ordered)
        self.instance.shares = self._shares()
        return super().save(commit)

    def _shares(self):
        """Return whose new rows become: what was said by part stays for that rule."""
        rule, run = self.cleaned_data.get("owned_by"), self.instance
        if rule == IN_TURN:
            return [person.pk for person in self.cleaned_data["turns"]]
        is_same = rule in BY_PART and rule == self.initial.get("owned_by")
        return run.shares if is_same else {}
