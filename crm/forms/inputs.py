"""Inputs of days, moments and files: written the same in every browser and language.

A browser's own fields follow its language (11/26/2026), whatever the page says. These
are texts; `static/js/dates.js` adds a calendar, and puts what is typed otherwise so.
"""

from django import forms
from django.utils.translation import gettext_lazy as _


class DayInput(forms.DateInput):
    """A day as 2026-11-26."""

    def __init__(self, attrs=None):
        """Take further attributes."""
        said = {"data-date": "day", "placeholder": _("year-month-day")}
        given = {**said, "autocomplete": "off", **(attrs or {})}
        super().__init__(given, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """A moment as 2026-11-26 09:30."""

    def __init__(self, attrs=None):
        """Take further attributes."""
        said = {"data-date": "moment", "placeholder": _("year-month-day hour:minute")}
        given = {**said, "autocomplete": "off", **(attrs or {})}
        super().__init__(given, format="%Y-%m-%d %H:%M")


#: What the address of a list says of rows in which nothing is chosen.
NOT_GIVEN = "none"


class OptionsSelect(forms.SelectMultiple):
    """Options of a condition; "not given" is among them only once it was asked for.

    Addresses know it, as those behind a chart's numbers: few ask for it by hand.
    """

    def optgroups(self, name, value, attrs=None):
        """Leave it out where it is not chosen."""
        return [
            group
            for group in super().optgroups(name, value, attrs)
            if any(o["selected"] or o["value"] != NOT_GIVEN for o in group[1])
        ]


class FilesInput(forms.FileInput):
    """One or several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        """Return all of them."""
        return files.getlist(name)


class FilesField(forms.FileField):
    """Some files, none if it is not required; cleaned it is a list."""

    widget = FilesInput

    def clean(self, data, initial=None):
        """Return the files, each as one that was sent."""
        if not data:
            return super().clean(None, initial) or []
        return [super(FilesField, self).clean(one, initial) for one in data]
