"""What PostgreSQL refuses about every business record: triggers and checks."""

from datetime import UTC, datetime, time, timedelta

from django.db import models
from django.db.models import Q

from crm.guards.parents import unused
from crm.guards.receivers import only_to_who_works_here
from crm.guards.triggers import deleted_from_bin, noted, stamped
from crm.models.registration import Registration
from crm.validators import EARLIEST, LATEST


def record_triggers(label, *, title, kept=()):
    """Return the triggers of a business record.

    Args:
        label: the model as `app.model`.
        title: the column that names a row to a reader.
        kept: columns that PostgreSQL or the model derives from others; their
            change is neither a version nor news.
    """
    return (
        stamped(ignored=kept),
        noted(label, title=title, ignored=kept),
        deleted_from_bin(),
        unused(),
        only_to_who_works_here(
            "owner_id", reporter_id="NEW.registration <> 'registered'"
        ),
    )


def days_in_bounds(name, *days, moments=()):
    """Return the check that dates and moments of business are no typing errors.

    What lies further off breaks every list that tells it by the clock.

    Args:
        name: starts the name of the check.
        days, moments: columns of dates, and of dates with a time.
    """
    within, ends = Q(), (EARLIEST, LATEST + timedelta(days=1))
    for column in days:
        within &= Q(**{column: None}) | Q(**{f"{column}__range": ends})
    # A day more is no harm, wherever the clock hangs.
    first, last = (datetime.combine(day, time(), UTC) for day in ends)
    for column in moments:
        within &= Q(**{column: None}) | Q(**{f"{column}__range": (first, last)})
    return models.CheckConstraint(condition=within, name=f"{name}_days_in_bounds")


def record_constraints(name):
    """Return the checks of a business record; `name` starts their names."""
    reasoned = ~Q(registration=Registration.RETURNED) | ~Q(return_reason="")
    signed = ~Q(registration=Registration.REGISTERED) | Q(
        registered_at__isnull=False, registered_by__isnull=False
    )
    return (
        models.CheckConstraint(
            condition=Q(registration__in=Registration.values),
            name=f"{name}_registration_known",
        ),
        models.CheckConstraint(condition=reasoned, name=f"{name}_return_has_reason"),
        models.CheckConstraint(condition=signed, name=f"{name}_registration_signed"),
    )
