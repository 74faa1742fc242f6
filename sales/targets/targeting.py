"""What becomes of a target: locked, and then changed by what is asked for and granted.

Who may lock the target of somebody stands above them: heads of their department and of
those above it, or whoever holds the right over everybody. Nobody decides on a target of
their own. What PostgreSQL refuses says `sales.guards.targets`.
"""

from collections.abc import Sequence
from contextlib import contextmanager
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import (
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
)
from django.utils.translation import gettext as _

from crm.guards.actor import acting
from crm.guards.refusals import explained
from crm.models import Department, User
from crm.notices.sending import notify, settle
from crm.queries.ids import any_of
from crm.rights.permissions import permission
from crm.rights.roles import Reach
from crm.text import clean
from sales.guards.targets import VALUES
from sales.models import Target, TargetChange

Outcome = TargetChange.Outcome
RIGHT = permission("decide", Target)


def lock(target: Target, *, by: User) -> None:
    """Let the target hold: from now on it changes only by what is granted.

    Raises:
        ValidationError: it is locked already, or not in the books (`conflict`), or
            they do not stand above whose it is (`forbidden`).
    """
    _refuse_unless(stands_above(by, target))
    with _refused_in_words(), acting(by, verb="locked"):
        rows = Target.objects.filter(pk=target.pk, status=Target.Status.DRAFT)
        if not rows.update(status=Target.Status.LOCKED):
            raise _moved_on()
        target.refresh_from_db()
        for person in {target.responsible_id, target.entered_by_id} - {None}:
            notify(person, "target_locked", target, by=by)


def ask(
    target: Target, months: Sequence[Decimal], *, by: User, reason: str
) -> TargetChange:
    """Ask that a locked target be another one; return what was asked for.

    Raises:
        ValidationError: no reason is given, nothing would change, or it is no locked
            target, or a change to it waits already (`conflict`).
    """
    _refuse_unless(may_ask(by, target))
    reason = _said("reason", reason)
    if not reason:
        raise ValidationError({"reason": _("Say why it is to change.")})
    if list(months) == target.months:
        raise ValidationError(_("These are the values that it has."))
    with _refused_in_words(), acting(by, verb="asked"):
        change = TargetChange.objects.create(
            target=target, months=list(months), reason=reason, requested_by=by
        )
        deciders = deciders_of(target, but=by)
        if not deciders:
            raise ValidationError(
                _(
                    "Nobody stands above who could decide on it. Somebody else needs"
                    " the right to decide on everybody's targets."
                )
            )
        change.refresh_from_db()
        target.refresh_from_db(fields=["version"])
    for person in deciders:
        notify(person.pk, "target_asked", target, by=by, reason=reason)
    return change


def decide(
    target: Target, change: TargetChange, *, granted: bool, opinion: str, by: User
) -> None:
    """Grant what was asked for, from when on it holds, or refuse it with a reason.

    Raises:
        ValidationError: it was decided on already (`conflict`), they asked for it
            themselves or do not stand above whose it is (`forbidden`), or it is refused
            without a reason.
    """
    own = by.pk == change.requested_by_id
    _refuse_unless(not own and stands_above(by, target))
    opinion = _said("opinion", opinion)
    if not granted and not opinion:
        raise ValidationError(_("Say why it is refused."), code="reason")
    verb = "granted" if granted else "rejected"
    outcome = Outcome.GRANTED if granted else Outcome.REFUSED
    _close(change, outcome, verb, by, opinion)
    settle(target, RIGHT)
    occasion = "target_granted" if granted else "target_refused"
    for person in {change.requested_by_id, target.responsible_id} - {None}:
        notify(person, occasion, target, by=by, reason=opinion)


def withdraw(target: Target, change: TargetChange, *, by: User) -> None:
    """Take back what one has asked for, as long as nobody has decided on it.

    Raises:
        ValidationError: somebody has (`conflict`), or somebody else asked for it
            (`forbidden`).
    """
    _refuse_unless(by.pk == change.requested_by_id)
    _close(change, Outcome.WITHDRAWN, "withdrawn", by, "")
    settle(target, RIGHT)


def _close(change, outcome, verb, by, opinion):
    with _refused_in_words(), acting(by, verb=verb):
        rows = TargetChange.objects.filter(pk=change.pk, outcome="")
        if not rows.update(outcome=outcome, opinion=opinion):
            raise ValidationError(Target.refused["target_change_closed"], "conflict")


def changes_that_wait(user: User | None = None) -> QuerySet[TargetChange]:
    """Return the changes that nobody has decided on.

    Args:
        user: of those alone that they may decide on, as `stands_above` says of one.
    """
    rows = TargetChange.objects.filter(outcome="", target__deleted_at=None).order_by()
    if user is None:
        return rows
    reach = user.rights.reach(RIGHT)
    if reach is None:
        return rows.none()
    rows = rows.exclude(requested_by=user.pk).exclude(target__person=user.pk)
    if reach == Reach.ALL:
        return rows
    below = _headed(user, "target__person__department__path")
    below |= _headed(user, "target__department__path", but="target__department")
    if reach == Reach.SUBORDINATES:
        below |= any_of("target__person", sorted(user.rights.subordinates))
    return rows.filter(below)


def _headed(user, path, but=None):
    """Return the condition that a department on a path of the tree is headed by one.

    Args:
        user: the person.
        path: the relation to the path.
        but: the relation to a department that does not count.
    """
    whole = ExpressionWrapper(OuterRef(path), CharField())
    headed = Department.objects.filter(head=user.pk).alias(whole=whole)
    headed = headed.filter(whole__startswith=F("path")).order_by()
    return Q(Exists(headed.exclude(pk=OuterRef(but)) if but else headed))


def may_ask(user: User, target: Target) -> bool:
    """Say whether somebody may ask for a change: whose it is, or who may change it."""
    if user.pk == target.responsible_id:
        return bool(target.allowed(user, "view"))
    return bool(target.allowed(user, "change"))


def stands_above(user: User, target: Target) -> bool:
    """Say whether somebody may lock a target, and decide on changes to it.

    The right is held over it, and they head a department above: of a person their own
    counts, of a department only those above it. Of lines of report everybody above.
    """
    reach = user.rights.reach(RIGHT)
    if reach is None or user.pk == target.person_id:
        return False
    if reach == Reach.ALL:
        return True
    if reach == Reach.SUBORDINATES and target.person_id in user.rights.subordinates:
        return True
    return Department.objects.filter(pk__in=_above(target), head=user).exists()


def deciders_of(target: Target, but: User | None = None) -> list[User]:
    """Return who may decide on changes to a target: the heads above it, nearest first.

    Where no head is left, those who hold the right over everybody.

    Args:
        but: somebody who does not, since they asked for it.
    """
    out = {target.person_id, but and but.pk}
    able = User.objects.active().filter(roles__grants__has_key=RIGHT)
    able = able.exclude(pk__in=filter(None, out)).distinct()
    heads = able.filter(Q(headed_departments__in=_above(target))).distinct()
    found = [person for person in heads if person.rights.reach(RIGHT) is not None]
    return found or [one for one in able if one.rights.reach(RIGHT) == Reach.ALL]


def _above(target):
    """Return the ids of the departments whose heads stand above a target's subject."""
    row = target.person if target.person_id else target
    if row.department_id is None:
        return []
    ids = [int(pk) for pk in row.department.path.strip("/").split("/")]
    return ids if target.person_id else ids[:-1]


def values_of(months: Sequence[Decimal]) -> dict[str, Decimal]:
    """Return {column: value} of twelve months."""
    return dict(zip(VALUES, months, strict=True))


@contextmanager
def _refused_in_words():
    """Let what PostgreSQL refuses be said in words.

    Raises:
        ValidationError: it was refused (`conflict`).
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise explained(error, TargetChange, Target) from error


def _refuse_unless(allowed):
    if not allowed:
        said = _("Somebody who stands above decides on this target, not you.")
        raise ValidationError(said, code="forbidden")


def _moved_on():
    return ValidationError(Target.refused["target_moved"], code="conflict")


def _said(column, text):
    return TargetChange._meta.get_field(column).clean(clean(text or ""), None)
