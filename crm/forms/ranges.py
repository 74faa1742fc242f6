"""Conditions that stand in pairs: from and to."""

from django import forms
from django.utils.translation import gettext_lazy as _

#: How the keys of a range end in the query string.
ENDS = (("_min", "_max"), ("_after", "_before"))
REVERSED = _("The two ends of the range are the wrong way round.")


class ConditionsForm(forms.Form):
    """Conditions of a list; a range that nothing can lie in is told, not searched."""

    def clean(self):
        """Tell at its end that a range is the wrong way round."""
        values = super().clean()
        for name in list(values):
            for first, last in ENDS:
                end = f"{name.removesuffix(first)}{last}"
                if name.endswith(first) and _is_reversed(values[name], values.get(end)):
                    self.add_error(end, REVERSED)
        return values


def _is_reversed(start, end):
    return start is not None and end is not None and end < start
