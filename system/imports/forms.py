"""What a person says during an import: the file, the columns, the choices."""

from pathlib import PurePath

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.forms.typed_fields import WholeNumberField
from crm.text import single_line
from system.imports.reading import ENCODINGS, EXTENSIONS, SEPARATORS

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
    header_row = WholeNumberField(
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
