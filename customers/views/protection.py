"""What keeps a customer out of its pool: verbs of its page."""

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views import View

from crm.bulk.reach import within_reach
from crm.views import RecordVerb
from customers import protection
from customers.models import Customer


def day_of(request):
    """Return the day that was sent, None for none.

    Raises:
        ValidationError: it is no day.
    """
    text = request.POST.get("until", "").strip()
    try:
        day = parse_date(text) if text else None
    except ValueError:
        day = None
    if text and day is None:
        raise ValidationError(_("Enter a date as 2026-11-22."))
    return day


class Protection(RecordVerb, View):
    """锁定: keep a customer of one's own out of its pool; or no longer (`ends`)."""

    model, action = Customer, "change"

    def act(self, record):
        """Lock it until the day, or end that."""
        until = day_of(self.request)
        if until is None and "ends" not in self.request.POST:
            raise ValidationError(_("Choose a day."))
        protection.lock(record, until, self.request.user)


class Extending(RecordVerb, View):
    """延期: put off the day on which it goes into its pool."""

    model, action = Customer, "change"

    def get_queryset(self):
        """Return the customers of people within reach: a team extends nothing."""
        return super().get_queryset().filter(within_reach(self.request.user, Customer))

    def act(self, record):
        """Put it off."""
        until = day_of(self.request)
        if until is None:
            raise ValidationError(_("Choose a day."))
        reason = self.request.POST.get("reason", "")
        protection.extend(record, until, reason, self.request.user)
