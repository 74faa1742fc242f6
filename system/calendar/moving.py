"""The form that gives something another day; dragging it there sends the same."""

from django import forms
from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from crm.addresses import own_place
from crm.display import date_text
from crm.forms.inputs import DayInput
from crm.forms.typed_fields import DayField
from crm.rights.permissions import permission
from crm.validators import validate_business_date
from crm.views.conflict import is_stale, stale_page
from crm.views.locked import lock_above
from crm.views.verbs import refused_page
from system.calendar.occurrences import movable


class AnotherDayForm(forms.Form):
    """On which day something is to be; the hour stays."""

    day = DayField(
        label=gettext_lazy("date"),
        widget=DayInput(),
        validators=[validate_business_date],
    )


class AnotherDay(View):
    """Give what a record has in calendars another day.

    What is sent names the version that was seen and the day on which it stood: the
    day may follow from other records, and is then no new version.
    """

    http_method_names = ("get", "head", "post", "options")

    def dispatch(self, request, *args, **kwargs):
        """Ask for the right to change such rows, then whether they can be moved."""
        try:
            self.model = apps.get_model(kwargs["label"])
        except (LookupError, ValueError) as error:
            raise Http404 from error
        if hasattr(self.model, "actions"):
            reach = request.user.rights.reach(permission("change", self.model))
            if reach is None:
                raise PermissionDenied
        self.dated = movable(self.model)
        if self.dated is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        """Show the form."""
        row = self._row(self._rows())
        return self._page(row, AnotherDayForm(initial={"day": self._day(row)}))

    def post(self, request, *args, **kwargs):
        """Move it, unless somebody else was quicker."""
        lock_above(self.model, kwargs["pk"])
        row = self._row(self._rows().select_for_update(of=("self",), no_key=True))
        if is_stale(request, row):
            return stale_page(request, row, self._back)
        form = AnotherDayForm(request.POST)
        if not form.is_valid():
            return self._page(row, form, status=422)
        try:
            with transaction.atomic():
                self._move(row, form.cleaned_data["day"])
        except ValidationError as error:
            return refused_page(request, row, error)
        return redirect(self._back)

    def _move(self, row, day):
        """Move the row, and say so.

        Raises:
            ValidationError: it stands on another day than the one that was seen.
        """
        seen, now = self.request.POST.get("seen"), date_text(self._day(row))
        if seen and seen != now:
            said = _("By now it stands on %s: look at the calendar again.") % now
            raise ValidationError(said, code="conflict")
        getattr(row, self.dated.move)(day, self.request.user)
        said = {"row": row, "day": date_text(day)}
        messages.success(self.request, _("“%(row)s” was moved to %(day)s.") % said)

    def _rows(self):
        rows = self.model._default_manager.visible_to(self.request.user, "change")
        return rows.exclude(**{self.dated.begins: None})

    def _row(self, rows):
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def _day(self, row):
        return timezone.localdate(getattr(row, self.dated.begins))

    @property
    def _back(self):
        query = self.request.POST or self.request.GET
        return own_place(query.get("back") or reverse("calendar"))

    def _page(self, row, form, status=200):
        context = {
            "title": _("Another day: %s") % row,
            "label": self.dated.label,
            "stands_on": date_text(self._day(row)),
            "form": form,
            "version": row.version,
            "seen": self.request.POST.get("seen") or date_text(self._day(row)),
            "back": self._back,
            "cancel_url": self._back,
            "submit_label": _("Move"),
        }
        return render(self.request, "calendar/another_day.html", context, status=status)
