"""What all verbs share: the contract locked, its state moved, a content registered."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.models import Amendment, ApprovalRule, Contract, Edition, Round
from contracts.refusals import change_open, forbidden, moved_on, refusals
from contracts.snapshots import canonical, content_of, digest
from crm.fields import DerivedTextField
from crm.guards import actor
from crm.models import User
from crm.models.record import Registration
from crm.notices.sending import notify_owners

Status, State = Contract.Status, Amendment.State
DERIVED = [
    field.name
    for field in Contract._meta.concrete_fields
    if isinstance(field, DerivedTextField)
]


@contextmanager
def changing(
    contract: Contract,
    by: User,
    verb: str,
    action: str,
    *,
    seen: int | None = None,
    statuses: Sequence[str] | None = None,
) -> Iterator[None]:
    """Lock the contract as stored, for who has the right to it.

    Args:
        contract: the contract; is read anew.
        by: the person.
        verb: what the history says.
        action: the right that is asked.
        seen: the version the person has seen; None if a program acts on its own.
        statuses: where the contract may stand.

    Raises:
        ValidationError: it is elsewhere by now or not as seen (`conflict`), or not
            theirs (`forbidden`).
    """
    with refusals(), actor.acting(by, verb=verb):
        rows = Contract.objects.select_for_update(of=("self",), no_key=True)
        if not rows.filter(pk=contract.pk).exists():
            raise moved_on()
        contract.refresh_from_db()
        if not by.has_perm(f"contracts.{action}_contract", contract):
            raise forbidden(_("You cannot do this to this contract."))
        if statuses and contract.status not in statuses:
            raise moved_on()
        if seen is not None and contract.version != seen:
            raise moved_on()
        yield


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
    """Move a contract or a change on, if it still stands as it was read.

    Two cannot both win.
    """
    change = subject if isinstance(subject, Amendment) else None
    name, contract = ("state", change.contract) if change else ("status", None)
    rows = type(subject)._base_manager.filter(
        pk=subject.pk, **{name: getattr(subject, name)}
    )
    if not rows.update(**{name: after}, **fields):
        raise moved_on()
    subject.refresh_from_db()
    if change and contract:
        contract.refresh_from_db()
        change.contract = contract


def new_round(
    subject: Contract | Amendment, rule: ApprovalRule | None, by: User
) -> Round:
    """Write down what was handed in; open if a rule asks for approval."""
    text, now = canonical(content_of(subject)), timezone.now()
    return Round.objects.create(
        contract=subject.contract if isinstance(subject, Amendment) else subject,
        amendment=subject if isinstance(subject, Amendment) else None,
        edition=subject.edition,
        snapshot=text,
        sha256=digest(text),
        unruled=rule is None,
        submitted_by=by,
        submitted_at=now,
        state=Round.State.OPEN if rule else Round.State.APPROVED,
        closed_at=None if rule else now,
    )


def close(round_: Round, state: str) -> None:
    """Close a round, once."""
    rows = Round.objects.filter(pk=round_.pk, state=Round.State.OPEN)
    if not rows.update(state=state, closed_at=timezone.now()):
        raise moved_on()


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
