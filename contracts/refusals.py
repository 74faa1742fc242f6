"""The words for what PostgreSQL refuses about contracts (`contracts.guards`)."""

from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from crm.guards.refusals import BY_TRIGGER
from crm.models.external import EXTERNAL_TAKEN

MOVED_ON = _("The contract has moved on since you opened it. Look at it again.")
FROZEN = _("The content of this contract is frozen in its present state.")
FOUR_EYES = _("Nobody decides on a contract they own, entered, edited or submitted.")
CHANGE_OPEN = _(
    "A change to this contract is under way. Have it decided or give it up first."
)
CUSTOMER_REPORTED = _("The customer “%s” must be in the books first.")

#: {constraint: (code of the ValidationError, words)}
REFUSALS = {
    "contract_edge": ("conflict", MOVED_ON),
    "contract_needs_round": ("conflict", MOVED_ON),
    "contract_needs_approval": ("conflict", MOVED_ON),
    "contract_needs_verdict": ("conflict", MOVED_ON),
    "contract_begins_as_draft": ("conflict", MOVED_ON),
    "contract_frozen": ("conflict", FROZEN),
    "contract_deleted_only_as_draft": (
        "conflict",
        _("Only a contract that was never registered can be deleted."),
    ),
    "contract_change_open": ("conflict", CHANGE_OPEN),
    "amendment_one_open": ("conflict", CHANGE_OPEN),
    "amendment_edge": ("conflict", MOVED_ON),
    "amendment_needs_round": ("conflict", MOVED_ON),
    "amendment_needs_approval": ("conflict", MOVED_ON),
    "amendment_needs_verdict": ("conflict", MOVED_ON),
    "amendment_frozen": ("conflict", FROZEN),
    "contract_customer_in_books": (
        "invalid",
        _("The customer must be in the books first."),
    ),
    "contract_amount_is_sum": (
        "invalid",
        _("The contract amount is not the sum of its lines."),
    ),
    "contract_external_once": ("conflict", EXTERNAL_TAKEN),
    "contract_dates_in_bounds": (
        "invalid",
        _("The date is not between 1990 and 2100."),
    ),
    "contract_dates_in_order": ("invalid", _("The contract ends before it starts.")),
    "amendment_dates_in_bounds": (
        "invalid",
        _("The date is not between 1990 and 2100."),
    ),
    "amendment_dates_in_order": ("invalid", _("The contract ends before it starts.")),
    "round_one_open": ("conflict", MOVED_ON),
    "round_frozen": ("conflict", MOVED_ON),
    "round_verdict": ("conflict", MOVED_ON),
    "round_rule": ("conflict", MOVED_ON),
    "round_right": ("forbidden", _("You cannot do this to this contract.")),
    "round_snapshot": ("conflict", MOVED_ON),
    "edition_of_round": ("conflict", MOVED_ON),
    "decision_right": (
        "forbidden",
        _("This contract does not wait for your decision."),
    ),
    "decision_four_eyes": ("forbidden", FOUR_EYES),
    "decision_in_turn": ("conflict", MOVED_ON),
    "contracts_decision_step_id_key": ("conflict", MOVED_ON),
    "decision_rejection_has_reason": ("invalid", _("Say why it is rejected.")),
    **{name: ("conflict", words) for name, words in BY_TRIGGER.items()},
}


@contextmanager
def refusals():
    """Turn the refusals of PostgreSQL that we know into ValidationErrors.

    Stands outside the transaction that it may have to give up.
    """
    try:
        yield
    except IntegrityError as error:
        name = error.__cause__.diag.constraint_name if error.__cause__ else None
        if name not in REFUSALS:
            raise
        code, words = REFUSALS[name]
        raise ValidationError(gettext(words), code=code) from error


def moved_on():
    """Return the error of who comes too late."""
    return ValidationError(gettext(MOVED_ON), code="conflict")


def change_open():
    """Return the error of who would pass a change that is under way."""
    return ValidationError(gettext(CHANGE_OPEN), code="conflict")


def forbidden(words):
    """Return the error of who may not do this to this contract."""
    return ValidationError(words, code="forbidden")
