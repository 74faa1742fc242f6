"""The hourly work on registrations: those that protect nobody any more end."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.jobs.background import background
from customers.models import DealRegistration
from customers.registrations import drop_settled, end_expired, tell_of_others


def is_needed():
    """Say whether any registration protects somebody, or collides."""
    status = DealRegistration.Status
    rows = DealRegistration.objects.filter(
        status__in=(status.APPROVED, status.CONFLICT)
    )
    return rows.exists()


@background(
    _("End deal registrations whose time is over, tell of collisions"), needed=is_needed
)
def end(context):
    """End the next ones; the key is free from the day itself on."""
    number = end_expired(timezone.localdate()) + drop_settled() + tell_of_others()
    context.done += number
    return True if number else None
