"""The hourly work on quotations: what holds no longer ends."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.jobs.background import background
from sales.models import Quotation
from sales.quotations import end_expired


def is_needed():
    """Say whether anything is offered whose day is over."""
    rows = Quotation.objects.filter(status__in=Quotation.OFFERED)
    return rows.filter(valid_until__lt=timezone.localdate()).exists()


@background(_("End quotations whose time is over"), needed=is_needed)
def end(context):
    """End the next ones."""
    number = end_expired(timezone.localdate())
    context.done += number
    return True if number else None
