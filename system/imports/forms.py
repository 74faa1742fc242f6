"""What a person says during an import: the file, the columns, the choices."""

from pathlib import PurePath

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.forms.columns import ColumnsForm
from crm.text import single_line
from system.imports.headers import covered
from system.imports.reading import ENCODINGS, EXTENSIONS, SEPARATORS
from system.models import ImportRun

LONGEST_NAME = 200
#: What quotation marks may be that go over several lines.
QUOTES = {
    "enclosing": gettext_lazy("they enclose one cell of several lines"),
    "plain": gettext_lazy("they are signs like others: each line is a row"),
}
ONLY_HEADER = gettext_lazy("There is only a header, no row of data below it.")


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV or Excel (.xlsx, .xls), with the names in one row; of contacts also "
            "an address book (.vcf)."
        ),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{e}" for e in EXTENSIONS)}),
        error_messages={"empty": gettext_lazy("The file is empty.")},
    )

    def clean_file(self):
        """Refuse at once what is too large or by its name no table."""
        file = self.cleaned_data["file"]
        if PurePath(file.name).suffix.lower().removeprefix(".") not in EXTENSIONS:
            raise ValidationError(
                _("Only these files are read: %(kinds)s."),
                params={"kinds": " ".join(f".{kind}" for kind in EXTENSIONS)},
            )
        if file.size > settings.CRM_MAX_UPLOAD_BYTES:
            raise ValidationError(
                _("The file is larger than %(limit)s."),
                params={"limit": filesizeformat(settings.CRM_MAX_UPLOAD_BYTES)},
            )
        return file

    @property
    def file_name(self):
        """What the person called the file."""
        name = single_line(self.cleaned_data["file"].name)
        return PurePath(name.replace("\\", "/")).name[-LONGEST_NAME:]


class ReadingForm(forms.Form):
    """How a file is read: what was recognised, to be put right."""

    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)
    encoding = forms.ChoiceField(
        label=gettext_lazy("Encoding: where do you read the names as they are?"),
        widget=forms.RadioSelect,
        required=False,
    )
    delimiter = forms.ChoiceField(
        label=gettext_lazy("Columns are separated by"), required=False
    )
    quotes = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    header_row = forms.IntegerField(
        label=gettext_lazy("Row with the names of the columns"),
        help_text=gettext_lazy("0: there is none, the first row is a record already."),
        min_value=0,
    )

    def __init__(self, *args, run, numbers, **options):
        """Take the import and the numbers of the rows in which a header may stand."""
        self.said, self.numbers = run.said, numbers
        chosen = {n: self.said.get(n, "") for n in ("sheet", "encoding", "delimiter")}
        chosen["quotes"] = self.said["choices"].get("quotes")
        if "encoding" in unsure(run):
            del chosen["encoding"]
        options["initial"] = {**chosen, "header_row": run.header_row}
        super().__init__(*args, **options)
        self.fields["quotes"].label = _quoted(self.said)
        for name, choices in self._choices().items():
            if len(choices) > 1:
                self.fields[name].choices = choices
            else:
                del self.fields[name]

    def _choices(self):
        """Return {field: what can be chosen for this file}."""
        said = self.said
        samples = said.get("encodings", {})
        encodings = samples or {"gb18030": (), "cp950": (), "cp1252": ()}
        if said.get("encoding") not in encodings:
            encodings = {}
        return {
            "sheet": [(name, name) for name in said.get("sheets", ())],
            "encoding": [
                (code, "  ".join((ENCODINGS[code], *samples.get(code, ()))))
                for code in encodings
            ],
            "delimiter": list(SEPARATORS.items()) if "delimiter" in said else [],
            "quotes": list(QUOTES.items())
            if "quotes" in said or "quotes" in said["choices"]
            else [],
        }

    def clean_header_row(self):
        """Refuse a row in which nothing stands."""
        number = self.cleaned_data["header_row"]
        if number and number not in self.numbers:
            raise ValidationError(_("There is no such row at the beginning."))
        return number

    @property
    def choices(self):
        """What the parser is to be told."""
        names = ("sheet", "encoding", "delimiter", "quotes")
        return {n: v for n in names if (v := self.cleaned_data.get(n))}

    @property
    def header(self):
        """The header row; None where other columns come and it is to be found anew."""
        changed = set(self.changed_data)
        if "header_row" in changed or not changed:
            return self.cleaned_data["header_row"]
        return None


def unsure(run):
    """Return what only a person can tell of how a file is to be read: its fields."""
    said = run.said
    asked = {"encoding": not said.get("certain", True), "quotes": "quotes" in said}
    return [name for name in asked if asked[name] and name not in said["choices"]]


def _quoted(said):
    """Return the question about quotation marks, with the first place of them."""
    if "quotes" not in said:
        return _("Quotation marks")
    place = {"line": said["quotes"]["line"], "text": said["quotes"]["text"]}
    place["text"] = " ⏎ ".join(place["text"].splitlines())
    return _("Quotation marks go over several lines, from line %(line)s: %(text)s") % (
        place
    )


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
        for field in {**run.preview.get("words", {}), **run.values}:
            said = run.values.get(field, {})
            known = importer.options_of(field)
            for word in {**run.preview["words"].get(field, {}), **said}:
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
