"""What a person says of the rows of a file: columns, words, whose they become."""

from django import forms
from django.utils.translation import gettext as _

from crm.forms.columns import ColumnsForm
from system.imports.forms import ONLY_HEADER, unsure
from system.imports.headers import covered
from system.models import ImportRun


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
        owner = importer.form.fields.get("owner")
        if owner is None:
            del self.fields["owned_by"], self.fields["assigned_to"]
            return
        self.fields["assigned_to"].queryset = owner.queryset
        if importer.model.team_path in (None, "pk"):
            ways = self.fields["owned_by"].choices
            above = ImportRun.OwnedBy.ABOVE
            self.fields["owned_by"].choices = [way for way in ways if way[0] != above]

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
        return [self[name] for name in self._meta.fields if name in self.fields]

    def clean(self):
        """Refuse a field filled by two columns, and one that is missing."""
        values = super().clean()
        if unsure(self.instance):
            self.add_error(None, _("Say first how the file is to be read."))
        if not self.instance.total:
            self.add_error(None, ONLY_HEADER)
        if values.get("owned_by") == "person" and not values.get("assigned_to"):
            self.add_error("assigned_to", _("Say who."))
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
        return super().save(commit)
