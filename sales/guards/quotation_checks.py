"""What a quotation must say of itself, whatever it went through."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.fields import LARGEST_AMOUNT
from sales.guards.quotations import EDGES, LIVE, WRITABLE

#: No offer holds longer.
MOST_VALID = timedelta(days=366)
TOO_LONG = _("An offer holds for a year at most.")


def quotation_checks(wrong_way_round):
    """Return the checks of one quotation, with the words for one of them."""
    return (
        models.CheckConstraint(
            condition=Q(valid_until__gte=F("quoted_on")),
            name="quotation_days_in_order",
            violation_error_message=wrong_way_round,
        ),
        models.CheckConstraint(
            condition=Q(valid_until__lte=F("quoted_on") + MOST_VALID),
            name="quotation_valid_a_year",
            violation_error_message=TOO_LONG,
        ),
        models.CheckConstraint(
            condition=Q(discount__gte=0, discount__lte=100),
            name="quotation_discount_in_bounds",
        ),
        models.CheckConstraint(
            condition=Q(tax_rate=None) | Q(tax_rate__gte=0, tax_rate__lte=100),
            name="quotation_tax_in_bounds",
        ),
        models.CheckConstraint(
            condition=Q(amount__gte=0, amount__lte=LARGEST_AMOUNT),
            name="quotation_amount_in_bounds",
            violation_error_message=_("The amount is too large."),
        ),
        *_states(),
        *_once(),
    )


def _once():
    """Of a series, each version is there once, one is live, one is written."""
    one_written = Q(status__in=(*WRITABLE, "pending"), deleted_at=None)
    return (
        models.UniqueConstraint("series", "edition", name="quotation_version_once"),
        models.UniqueConstraint(
            "series",
            name="quotation_one_live",
            condition=Q(status__in=LIVE, deleted_at=None),
            violation_error_message=_(
                "Another version of it is accepted, or was approved meanwhile."
            ),
        ),
        models.UniqueConstraint(
            "series",
            name="quotation_one_written",
            condition=one_written,
            violation_error_message=_("A new version of it is being written already."),
        ),
    )


def _states():
    """Each state has what belongs to it."""
    statuses = sorted({status for edge in EDGES for status in edge})
    return (
        models.CheckConstraint(
            condition=Q(status__in=statuses), name="quotation_status_known"
        ),
        models.CheckConstraint(
            condition=~Q(status="sent") | Q(sent_on__isnull=False),
            name="quotation_sent_has_day",
        ),
        models.CheckConstraint(
            condition=Q(status__in=("accepted", "declined"), answered_on__isnull=False)
            | Q(answered_on=None) & ~Q(status__in=("accepted", "declined")),
            name="quotation_answer_has_day",
        ),
        models.CheckConstraint(
            condition=Q(status="declined", decline_reason__isnull=False)
            | Q(decline_reason=None) & ~Q(status="declined"),
            name="quotation_declined_has_reason",
        ),
        models.CheckConstraint(
            condition=Q(contract=None) | Q(status="accepted"),
            name="quotation_contract_of_accepted",
        ),
        models.CheckConstraint(
            condition=Q(deleted_at=None) | Q(status__in=WRITABLE),
            name="quotation_deleted_only_as_draft",
        ),
    )
