"""Parts of a record in its form: lines of a contract, steps of a rule."""

from typing import Any, ClassVar

from django.forms.formsets import (
    INITIAL_FORM_COUNT,
    TOTAL_FORM_COUNT,
    BaseFormSet,
)
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _


class CountedParts:
    """Parts of a form; a number of them that no page has sent is refused.

    Mix in before Django's formset.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {
        **BaseFormSet.default_error_messages,
        "missing_management_form": _(
            "The page was sent incompletely. Load it again and fill it in once more."
        ),
    }

    def __init_subclass__(cls, **options):
        """Make few more parts than there may be, whatever number is sent.

        Each costs time, and Django would make a thousand more. Some more there are
        where old ones are to be deleted.
        """
        super().__init_subclass__(**options)
        if hasattr(cls, "max_num"):
            cls.absolute_max = cls.max_num * 3 // 2

    def full_clean(self):
        """Refuse counts below zero: they would pass for a form without any part."""
        super().full_clean()
        if not self.is_bound:
            return
        counted = self.management_form.cleaned_data
        if (
            min(counted.get(TOTAL_FORM_COUNT, 0), counted.get(INITIAL_FORM_COUNT, 0))
            < 0
        ):
            text = self.error_messages["missing_management_form"]
            self._non_form_errors.append(text)


class PartsFormSet(CountedParts, BaseInlineFormSet):
    """The parts of a record in its form."""

    def full_clean(self):
        """Refuse parts that the record has not, and a form that tells of some alone.

        Django says the one at a field that nobody sees, and drops another record's.
        What is left out or told twice would stay as it is stored, and what is checked
        of all parts together would not hold of them.
        """
        super().full_clean()
        if not self.is_bound:
            return
        if any(map(self._is_not_there, self.forms)) or not self._tells_of_each_once():
            text = self.error_messages["missing_management_form"]
            self._non_form_errors.append(text)

    def _tells_of_each_once(self):
        named = [form.instance.pk for form in self.initial_forms if form.instance.pk]
        return sorted(named) == sorted(part.pk for part in self.get_queryset())

    def _is_not_there(self, form):
        if self.can_delete and self._should_delete_form(form):
            return False
        is_new = form not in self.initial_forms
        is_found = is_new or form.instance.pk is not None
        return self.model._meta.pk.name in form.errors or not is_found
