"""The form of a calendar event."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.forms.records import ModelForm
from system.calendar.models import CalendarEvent

HOUR = timedelta(hours=1)


class CalendarEventForm(ModelForm):
    """What one plans: its end may be left to the program, an hour later."""

    groups = (
        (_("What and when"), ("title", "starts_at", "ends_at", "whole_day", "place")),
        (_("With whom"), ("customer", "contact")),
        (_("More"), ("remind_minutes", "remarks")),
    )

    class Meta(ModelForm.Meta):
        model = CalendarEvent
        fields = (
            "title",
            "starts_at",
            "ends_at",
            "whole_day",
            "place",
            "customer",
            "contact",
            "remind_minutes",
            "remarks",
        )
        widgets = {"remarks": forms.Textarea({"rows": 3})}

    def __init__(self, *args, **options):
        """Offer the customers and contacts that the person may see."""
        super().__init__(*args, **options)
        self.fields["ends_at"].required = False
        self.fields["ends_at"].help_text = _("Left empty: an hour later.")
        for name in ("customer", "contact"):
            self._offer(name, self.fields[name])
        if "contact" in self.fields and "customer" in self.fields:
            self._narrow()

    def _offer(self, name, field):
        """Offer what one may see; one that it names and one may not see stays."""
        visibility = field.queryset.model.objects.visibility(self.user)
        chosen = getattr(self.instance, f"{name}_id", None)
        rows = visibility.rows()
        if chosen and not rows.filter(pk=chosen).exists():
            del self.fields[name]
            return
        field.offer(rows, self.user)
        field.first = visibility.newest
        field.show(self[name].value())

    def _narrow(self):
        """Offer the contacts of the chosen customer alone."""
        contact, customer = self.fields["contact"], self.fields["customer"]
        for key in customer.keys(self["customer"].value()):
            contact.queryset, contact.first = (
                contact.queryset.filter(customer=key),
                None,
            )
        contact.widget.attrs["data-lookup-with"] = "customer"
        contact.show(self["contact"].value())

    def clean(self):
        """Fill in the end, and the customer of a contact."""
        values = super().clean()
        starts_at, ends_at = values.get("starts_at"), values.get("ends_at")
        if starts_at and not ends_at and "ends_at" not in self.errors:
            values["ends_at"] = starts_at + HOUR
        contact = values.get("contact")
        if contact and "customer" in self.fields and not values.get("customer"):
            values["customer"] = contact.customer
        if values.get("whole_day") and starts_at and values.get("ends_at"):
            self._fill_days(values)
        return values

    def _fill_days(self, values):
        """Let the days that were typed be whole ones."""
        event = CalendarEvent(
            whole_day=True, starts_at=values["starts_at"], ends_at=values["ends_at"]
        )
        if timezone.localdate(event.ends_at) >= timezone.localdate(event.starts_at):
            event.fill_days()
            values["starts_at"], values["ends_at"] = event.starts_at, event.ends_at

    def save(self, commit=True):
        """Save; a new one stands in the calendar of whoever enters it."""
        if self.instance._state.adding:
            self.instance.person = self.user
        return super().save(commit)
