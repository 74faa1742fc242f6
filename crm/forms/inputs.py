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


class FilesInput(forms.FileInput):
    """One or several files."""

    allow_multiple_selected = True
