"""Handing in what was written, and taking it back."""

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext as _

from contracts.approval.moves import (
    FLOW,
    State,
    Status,
    changing,
    changing_amendment,
    into_the_books,
    move,
)
from contracts.credit import any_looks_on_overdue, credit_of, looks_on_overdue
from contracts.models import Amendment, ApprovalRule, Contract, Round
from contracts.refusals import (
    CUSTOMER_REPORTED,
    INVOICED_ALREADY,
    LONG_OVERDUE,
    RULE_IN_FRONT,
    WORDS,
)
from crm.approval.refusals import forbidden
from crm.display import number_text
from crm.models import User
from crm.models.external import EXTERNAL_TAKEN
from crm.models.record import Registration
from customers.models import Customer


def submit(contract: Contract, *, by: User) -> Round | None:
    """Hand a contract in: to those whom a rule names, or else to the inbox.

    Whoever may register it has it in the books at once.

    Returns:
        The round; None if it waits in the inbox now.

    Raises:
        ValidationError: it is not being written any more (`conflict`), not theirs to
            submit (`forbidden`), its amount is not the sum of its lines, or nobody
            could decide.
    """
    statuses = Contract.SUBMITTABLE
    with changing(contract, by, "submitted", "submit", statuses=statuses):
        return _hand_in(contract, contract, by)


def submit_change(contract: Contract, *, by: User) -> Round | None:
    """Hand a change in, on the same road; returns and raises the same as `submit`."""
    states = Amendment.WRITABLE
    with changing_amendment(
        contract, by, "submitted", "submit", states=states
    ) as change:
        return _hand_in(change, contract, by)


def recall(contract: Contract, *, by: User) -> None:
    """Take a submitted contract back; only who submitted it or owns it may.

    Raises:
        ValidationError: it is decided already (`conflict`), or not theirs.
    """
    statuses = (Status.PENDING, Status.REPORTED)
    with changing(contract, by, "recalled", "view", statuses=statuses):
        round_ = FLOW.open_round(contract)
        people = {contract.owner_id, round_.submitted_by_id if round_ else None}
        if round_ is None:
            people |= {contract.reporter_id, contract.entered_by_id}
        _take_back(contract, round_, by, people)


def recall_change(contract: Contract, *, by: User) -> None:
    """Take a submitted change back; only who submitted it or owns the contract may.

    Raises:
        ValidationError: it is decided already (`conflict`), or not theirs.
    """
    states = (State.PENDING, State.REPORTED)
    with changing_amendment(contract, by, "recalled", "view", states=states) as change:
        round_ = FLOW.open_round(contract)
        people = {contract.owner_id, round_.submitted_by_id if round_ else None}
        if round_ is None:
            people |= {change.entered_by_id, change.edited_by_id}
        _take_back(change, round_, by, people)


def check_credit(
    subject: Contract | Amendment, contract: Contract
) -> ApprovalRule | None:
    """Return the rule that a content meets, contracts of its customer one by one.

    Raises:
        ValidationError: the customer has not paid for long, and no rule looks on that.
    """
    _one_by_one(subject.customer)
    rule = FLOW.rule_for(subject)
    _check_overdue(subject, contract, rule)
    return rule


def checked(subject: Contract | Amendment) -> None:
    """Raise a ValidationError if a content cannot be handed in as it is."""
    lines = list(subject.lines.all())
    if lines and sum(line.amount for line in lines) != subject.amount:
        raise ValidationError(_("The contract amount is not the sum of its lines."))
    _check_plan(subject)
    _check_invoiced(subject)
    if isinstance(subject, Amendment) and subject.external_is_taken():
        raise ValidationError(EXTERNAL_TAKEN)


def _check_plan(subject: Contract | Amendment) -> None:
    """Refuse an amount beside which a payment plan says another one."""
    contract = subject.contract if isinstance(subject, Amendment) else subject
    planned = contract.instalments.aggregate(total=Sum("amount"))["total"]
    if planned is None or planned == subject.amount:
        return
    words = _("The payment plan comes to %(planned)s, the amount is %(amount)s.")
    if contract is not subject:
        words = _(
            "The payment plan comes to %(planned)s, the amount of the change is"
            " %(amount)s. Take the plan away before you hand the change in, and plan"
            " anew when it holds."
        )
    sums = {"planned": number_text(planned), "amount": number_text(subject.amount)}
    raise ValidationError(words % sums)


def _check_invoiced(subject: Contract | Amendment) -> None:
    """Refuse to lower an amount below what was invoiced of it."""
    if isinstance(subject, Amendment):
        invoiced = subject.contract.invoiced
        if subject.amount < invoiced:
            words = _(INVOICED_ALREADY) % {"invoiced": number_text(invoiced)}
            raise ValidationError(words)


def _hand_in(
    subject: Contract | Amendment, contract: Contract, by: User
) -> Round | None:
    checked(subject)
    if rule := check_credit(subject, contract):
        _refuse_reported(subject.customer)
        return FLOW.ask(subject, rule, by)
    if by.has_perm("contracts.register_contract", contract):
        _refuse_reported(subject.customer)
        round_ = FLOW.new_round(subject, None, by)
        into_the_books(subject, round_, by)
        return round_
    if subject is not contract:
        move(subject, State.REPORTED, return_reason="")
    elif contract.registration == Registration.RETURNED:
        reported = {"registration": Registration.REPORTED, "return_reason": ""}
        move(contract, Status.REPORTED, **reported)
    else:
        move(contract, Status.REPORTED, return_reason="")
    return None


def _one_by_one(customer: Customer) -> None:
    """Let contracts of a customer be handed in one after the other.

    Of two at once, each would find the other not counted against the credit limit.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('contracts_credit'), %s)",
            [customer.pk % 2**31],
        )


def _check_overdue(
    subject: Contract | Amendment, contract: Contract, rule: ApprovalRule | None
) -> None:
    """Refuse more to whoever has not paid for long, unless a rule looks on that.

    A change that does not make the contract dearer can always be handed in, unless
    another customer owes for it then.
    """
    is_same = subject.customer_id == contract.customer_id
    if subject is not contract and is_same and subject.amount <= contract.amount:
        return
    credit = credit_of(subject.customer)
    if not credit.blocks or (rule and looks_on_overdue(rule)):
        return
    sums = {"sum": number_text(credit.overdue), "days": credit.overdue_days}
    if rule and any_looks_on_overdue():
        raise ValidationError(_(RULE_IN_FRONT) % {**sums, "rule": rule})
    raise ValidationError(_(LONG_OVERDUE) % sums)


def _refuse_reported(customer: Customer) -> None:
    if customer.registration != Registration.REGISTERED:
        raise ValidationError(_(CUSTOMER_REPORTED) % customer)


def _take_back(
    subject: Contract | Amendment,
    round_: Round | None,
    by: User,
    people: set[int | None],
) -> None:
    if by.pk not in people:
        raise forbidden(_(WORDS.not_theirs))
    if round_ is not None:
        FLOW.call_off(round_, "recalled", by)
    move(subject, State.RECALLED)
