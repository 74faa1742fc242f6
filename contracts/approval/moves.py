"""What all verbs share: the contract locked, its state moved, a content registered."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from contracts.approval.shown import ShownContracts
from contracts.approvers import barred_from
from contracts.models import Amendment, ApprovalRule, Contract, Edition, Round
from contracts.refusals import REFUSALS, WORDS, change_open, moved_on
from contracts.snapshots import content_of
from crm.approval import flow
from crm.fields import DerivedTextField
from crm.models import User
from crm.models.record import Registration
from crm.notices.sending import notify_owners

Status, State = Contract.Status, Amendment.State
DERIVED = [
    field.name
    for field in Contract._meta.concrete_fields
    if isinstance(field, DerivedTextField)
]


class ContractFlow(ShownContracts):
    """How contracts, and changes to them, are asked about and decided upon."""

    words, refusals = WORDS, REFUSALS

    def rule_for(self, subject: Contract | Amendment) -> ApprovalRule | None:
        """Return the first rule that a contract or a change meets."""
        keys = self.keys_of(subject)
        contract, change = keys["contract"], keys["amendment"]
        rules = ApprovalRule.objects.asking(contract.pk, change and change.pk)
        return rules.first()

    def content_of(self, subject: Contract | Amendment) -> dict[str, Any]:
        """Return what a contract or a change says."""
        return content_of(subject)

    def keys_of(self, subject: Contract | Amendment) -> dict[str, Any]:
        """Name the contract, the change to it if it is one, and the edition."""
        change = subject if isinstance(subject, Amendment) else None
        contract = change.contract if change else subject
        return {"contract": contract, "amendment": change, "edition": subject.edition}

    def subject_of(self, round_: Round) -> Contract | Amendment:
        """Return the change that a round decides upon, or the contract itself."""
        change = round_.amendment
        if change is None:
            return round_.contract
        change.contract = round_.contract
        return change

    def open_rounds(self) -> QuerySet:
        """Return the open rounds with the changes that they decide upon."""
        return super().open_rounds().select_related("amendment")

    def doers(self, record: Contract, round_: Round) -> set[int | None]:
        """Bar who owns, entered, edited or submitted it; of a change, the heir too."""
        return barred_from(record, round_)

    def pend(self, subject: Contract | Amendment, by: User) -> None:
        """Let it wait; a contract that was only reported is seen by everybody now."""
        if isinstance(subject, Amendment):
            move(subject, State.PENDING)
        else:
            move(subject, Status.PENDING, **signed_in(subject, by))

    def hold(self, subject: Contract | Amendment, round_: Round, by: User) -> None:
        """Put it into the books."""
        into_the_books(subject, round_, by)

    def come_back(self, subject: Contract | Amendment, state: str) -> None:
        """Let it be written again."""
        move(subject, state)


FLOW = ContractFlow()
changing = FLOW.changing


@contextmanager
def changing_amendment(
    contract: Contract, by: User, verb: str, action: str, *, states: Sequence[str]
) -> Iterator[Amendment]:
    """Lock the contract and yield the change to it that is under way.

    Takes and raises the same as `changing`; `states` says where the change may stand.
    """
    with changing(contract, by, verb, action):
        change = contract.amendments.filter(state__in=states).first()
        if change is None:
            raise moved_on()
        change.contract = contract
        yield change


def refuse_change(contract: Contract) -> None:
    """Raise a ValidationError while a change to the contract is under way."""
    if contract.amendment_state:
        raise change_open()


def move(subject: Contract | Amendment, after: str, **fields: Any) -> None:
    """Move a contract or a change on, if it still stands as it was read."""
    change = subject if isinstance(subject, Amendment) else None
    name, contract = ("state", change.contract) if change else ("status", None)
    if not flow.move(subject, after, state=name, **fields):
        raise moved_on()
    if change and contract:
        contract.refresh_from_db()
        change.contract = contract


def into_the_books(subject: Contract | Amendment, round_: Round, by: User) -> None:
    """Let a content hold that was approved, or that no rule asks approval for."""
    if isinstance(subject, Amendment):
        contract = subject.contract
        before = contract.owner_id
        move(subject, State.APPLIED)
        notify_owners(contract, before, by=by)
        contract.save(update_fields=DERIVED)
    else:
        contract = subject
        move(contract, Status.REGISTERED, **signed_in(contract, by))
    Edition.objects.create(contract=contract, number=contract.edition, round=round_)


def signed_in(contract: Contract, by: User) -> dict[str, Any]:
    """Return the fields that let a report be seen by everybody it concerns."""
    if contract.registration == Registration.REGISTERED:
        return {}
    return {
        "registration": Registration.REGISTERED,
        "registered_by": by,
        "registered_at": timezone.now(),
        "return_reason": "",
    }
