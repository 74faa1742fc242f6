"""Opening a change to a contract that holds, and giving it up."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from contracts.approval.moves import (
    FLOW,
    State,
    Status,
    changing,
    changing_amendment,
    move,
    refuse_change,
)
from contracts.models import (
    Amendment,
    AmendmentAttachment,
    AmendmentLine,
    Contract,
    Round,
)
from contracts.models.content import Content, Line
from crm.approval.refusals import forbidden
from crm.models import Attachment, User


def amend(contract: Contract, *, by: User) -> Amendment:
    """Open a change to a contract in force; it starts as what holds. Return it.

    Raises:
        ValidationError: it is not in force, or a change is under way (`conflict`), or
            not theirs.
    """
    statuses = (Status.REGISTERED,)
    with changing(contract, by, "amended", "submit", statuses=statuses):
        refuse_change(contract)
        change = Amendment.objects.create(
            contract=contract,
            edition=contract.edition + 1,
            entered_by=by,
            edited_by=by,
            **_copied(contract, Content),
        )
        AmendmentLine.objects.bulk_create(
            AmendmentLine(amendment=change, contract=contract, **_copied(line, Line))
            for line in contract.lines.order_by("pk")
        )
        AmendmentAttachment.objects.bulk_create(
            AmendmentAttachment(
                record=change, contract=contract, **_copied(file, Attachment)
            )
            for file in contract.attachments.order_by("pk")
        )
        contract.refresh_from_db()
        return change


def withdraw(contract: Contract, *, by: User) -> None:
    """Give up a change before it is decided; what holds was never touched.

    Raises:
        ValidationError: it is decided already (`conflict`), or not theirs.
    """
    with changing_amendment(
        contract, by, "withdrawn", "view", states=Amendment.OPEN
    ) as change:
        round_ = FLOW.open_round(contract)
        if not may_withdraw(by, change, round_):
            raise forbidden(_("Only who wrote the change or owns the contract can."))
        if round_ is not None:
            FLOW.call_off(round_, "given_up", by)
        move(change, State.WITHDRAWN)


def may_withdraw(user: User, change: Amendment, round_: Round | None) -> bool:
    """Say whether a person may give a change up; `round_` is the open one, or None."""
    people = {change.contract.owner_id, change.entered_by_id, change.edited_by_id}
    return user.pk in people | {round_ and round_.submitted_by_id}


def _copied(source: Model, base: type[Model]) -> dict[str, Any]:
    """Return {column: value} of the columns that an abstract model gives to both."""
    generated = {field.attname for field in base._meta.fields if field.generated}
    names = {field.attname for field in base._meta.fields} - generated
    return {name: getattr(source, name) for name in names}
