"""What a person says during an import: the file, the columns, the choices."""

from pathlib import PurePath

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.columns import ColumnsForm
from crm.text import single_line
from system.imports.reading import EXTENSIONS
from system.models import ImportRun

LONGEST_NAME = 200


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV or Excel (.xlsx, .xls), with the names in one row."
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


class MappingForm(ColumnsForm, forms.ModelForm):
    """Which column is which field, and what to do with rows that are known."""

    class Meta:
        model = ImportRun
        fields = ("known", "unknown")

    def __init__(self, *args, targets, samples, **options):
        """Take the fields there are and some values of each column."""
        super().__init__(*args, **options)
        self.targets, self.samples = targets, samples
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
        return [self["known"], self["unknown"]]

    def clean(self):
        """Refuse a field filled by two columns, and one that is missing."""
        values = super().clean()
        used = {}
        for column in range(len(self.instance.columns)):
            if name := values.get(f"column_{column}"):
                used.setdefault(name, []).append(column)
        for target in self.targets:
            columns = used.get(target.name, [])
            if len(columns) > 1 and not target.several:
                self.add_error(
                    f"column_{columns[1]}",
                    _("Another column is “%s” already.") % target.label,
                )
            if target.required and not columns and not self._has_default(target):
                self.add_error(None, _("Say which column is “%s”.") % target.label)
        self.mapping = {
            str(column): name for name, columns in used.items() for column in columns
        }
        return values

    def _has_default(self, target):
        return self.instance.model._meta.get_field(target.name).has_default()

    def save(self, commit=True):
        """Keep the mapping in the order of the columns."""
        ordered = sorted(self.mapping.items(), key=lambda pair: int(pair[0]))
        self.instance.mapping = dict(ordered)
        return super().save(commit)
