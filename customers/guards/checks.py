"""Checks of registrations: what belongs to a state, and that one at a time protects."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    BigIntegerRangeField,
    DateRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

BOTH = RangeBoundary(inclusive_lower=True, inclusive_upper=True)
PROTECTED = Func(
    "approved_on",
    "valid_until",
    BOTH,
    function="daterange",
    output_field=DateRangeField(),
)
UNDECIDED = ("requested", "conflict", "rejected", "withdrawn")
PROTECTING = ("approved", "converted", "expired")


def _only(column):
    """Return the range of one value of a column; of all values where it is empty."""
    return Func(
        F(column),
        F(column),
        BOTH,
        function="int8range",
        output_field=BigIntegerRangeField(),
    )


def registration_checks(largest):
    """Return the checks of a registration; no amount is above `largest`."""
    return (
        models.CheckConstraint(
            condition=Q(amount=None) | Q(amount__gte=0, amount__lte=largest),
            name="dealregistration_amount_in_bounds",
        ),
        models.CheckConstraint(
            condition=Q(status__in=UNDECIDED)
            | Q(
                status__in=PROTECTING,
                approved_on__isnull=False,
                valid_until__isnull=False,
            ),
            name="dealregistration_status_known",
        ),
        models.CheckConstraint(
            condition=~Q(status="conflict") | Q(collision__isnull=False),
            name="dealregistration_conflict_has_case",
        ),
        ExclusionConstraint(
            name="dealregistration_protects_one",
            expressions=(
                (_only("customer"), RangeOperators.OVERLAPS),
                (_only("category"), RangeOperators.OVERLAPS),
                (PROTECTED, RangeOperators.OVERLAPS),
            ),
            condition=Q(status="approved", is_shared=False, deleted_at=None),
            violation_error_message=_(
                "Somebody is protected for this already: it is a collision."
            ),
        ),
    )
