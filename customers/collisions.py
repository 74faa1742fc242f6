"""撞单: who rules on a collision, what was ruled, and what follows from it.

The lowest common head of all parties rules, never a party; once more somebody above,
if a party appeals in time. What was ruled stays on file with the evidence as it was.
"""

from datetime import timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.bulk.reach import goes_along, has_own_owner
from crm.guards.actor import acting
from crm.jobs.working_days import days_off_and_on, working_day_after
from crm.models import User
from crm.notices.sending import notify, settle
from crm.text import clean
from customers.evidence import evidence_of
from customers.heads import RIGHT, heads_of
from customers.models import (
    Appeal,
    Collision,
    Customer,
    DealRegistration,
    DealRegistrationAttachment,
    Membership,
    Ruling,
)
from customers.ownership import because
from customers.registrations import lock_customer, refused_in_words

Status, Result = DealRegistration.Status, Ruling.Result
#: So many working days after the first ruling a party may appeal.
APPEAL_WITHIN = 5
#: Percent that shares come to, and how many share at least.
ALL, FEWEST = 100, 2


def parties_of(collision):
    """Return the people who are a party, once each, as they came."""
    rows = collision.parties.select_related("person__department").order_by("pk")
    return list({row.person_id: row.person for row in rows}.values())


def rulers_of(collision):
    """Return those who rule on it now; nobody where it does not wait."""
    if collision.status not in Collision.WAITS:
        return []
    return _next_of(collision)


def _next_of(collision):
    """Return who rules next; on an appeal that is somebody above, or nobody."""
    before = set(collision.rulings.values_list("by_id", flat=True))
    have = set(collision.claims.values_list("owner", flat=True))
    have.add(collision.customer.owner_id)
    return heads_of(parties_of(collision), barred=before | have, at_last=not before)


def appeal_until(collision):
    """Return the last day on which a party may appeal, None if none may.

    Where nobody stands above who ruled, the ruling is the last.
    """
    if collision.status != Collision.Status.RULED or not _next_of(collision):
        return None
    day = timezone.localdate(collision.rulings.get(round=1).at)
    known = days_off_and_on(day, day + timedelta(days=3 * APPEAL_WITHIN))
    return working_day_after(APPEAL_WITHIN, day, known)


def last_of(collision):
    """Return what tells one state of a collision from the next: who came in last."""
    last = collision.parties.order_by("-pk").values_list("pk", flat=True).first()
    return f"{collision.status}.{last}"


def rule(
    collision,
    *,
    by,
    result,
    reason,
    winner=None,
    shares=(),
    is_by_customer=False,
    seen=None,
):
    """Rule on a collision; what follows is done in the same transaction.

    Args:
        collision: one that waits.
        by: one of `rulers_of` it.
        result: a Result.
        reason: why, in words.
        winner: who gets the customer, if it moves.
        shares: [(person, percent)] of who shares it.
        is_by_customer: whether the customer has chosen in writing.
        seen: `last_of` the collision that was looked at, if by a page.

    Raises:
        ValidationError: it does not wait any more or somebody came in since it was
            seen (`conflict`), it is not theirs to
            rule (`forbidden`), or what is wanted is missing.
    """
    reason = Ruling._meta.get_field("reason").clean(clean(reason or "") or None, None)
    with refused_in_words():
        customer, collision = _locked(collision, by, seen)
        _check(collision, customer, result, winner, shares, is_by_customer)
        with acting(by, verb="ruled"):
            ruling = Ruling.objects.create(
                collision=collision,
                round=1 + collision.rulings.count(),
                result=result,
                winner=winner,
                shares=[[person.pk, str(percent)] for person, percent in shares],
                reason=reason,
                is_by_customer=is_by_customer,
                evidence=evidence_of(collision),
                by=by,
                at=timezone.now(),
            )
            _decide_claims(collision, customer, ruling)
            settle(collision, RIGHT)
        _follow(customer, ruling, [person for person, _percent in shares], by)
        for person in parties_of(collision):
            notify(person.pk, "collision_ruled", collision, by=by, reason=reason)
    return ruling


def _locked(collision, by, seen):
    """Return the customer and the collision as they are by now, locked.

    Raises:
        ValidationError: it does not wait as it was seen (`conflict`), or it is not
            theirs to rule (`forbidden`).
    """
    customer = lock_customer(collision.customer_id)
    rows = Collision.objects.filter(pk=collision.pk).order_by()
    collision = rows.select_for_update(no_key=True).get()
    if collision.status not in Collision.WAITS:
        said = _("Somebody else has ruled on it meanwhile. Look at it again.")
        raise ValidationError(said, code="conflict")
    if by.pk not in {person.pk for person in rulers_of(collision)}:
        raise ValidationError(_("It is not yours to rule on."), code="forbidden")
    if seen is not None and seen != last_of(collision):
        said = _("It has another party since you opened it. Look at it again.")
        raise ValidationError(said, code="conflict")
    return customer, collision


@transaction.atomic
def appeal(collision, *, by, text):
    """Ask for another ruling, by somebody above who ruled.

    Raises:
        ValidationError: they are no party (`forbidden`), it is too late or was done
            already (`conflict`), or no reason is given.
    """
    people = parties_of(collision)
    if by.pk not in {person.pk for person in people}:
        raise ValidationError(_("Only a party appeals."), code="forbidden")
    last = appeal_until(collision)
    if last is None or timezone.localdate() > last:
        said = _("There is nothing to appeal to, or it is too late.")
        raise ValidationError(said, code="conflict")
    text = Appeal._meta.get_field("text").clean(clean(text or "") or None, None)
    with refused_in_words(), acting(by, verb="appealed"):
        Appeal.objects.create(collision=collision, by=by, at=timezone.now(), text=text)
        collision.refresh_from_db()
    for person in {*people, *rulers_of(collision)}:
        notify(person.pk, "collision_appealed", collision, by=by, reason=text)


def _check(collision, customer, result, winner, shares, is_by_customer):
    """Refuse a ruling that says too little, or what cannot be.

    Raises:
        ValidationError: which that is.
    """
    people = {person.pk for person in parties_of(collision)}
    if result == Result.STAYS and customer.owner_id is None:
        raise ValidationError(_("Nobody has the customer: it is in a pool."))
    if result == Result.MOVES:
        _check_winner(customer, winner, people)
    if result == Result.SHARED:
        _check_shares(customer, shares, people)
    files = DealRegistrationAttachment.objects.filter(record__collision=collision)
    if is_by_customer and not files.exists():
        said = _("The customer's letter has to be among the files of a registration.")
        raise ValidationError(said)


def _check_winner(customer, winner, people):
    if winner is None or winner.pk not in people:
        raise ValidationError(_("Say which party gets the customer."))
    if winner.pk == customer.owner_id:
        raise ValidationError(_("They have it already: it stays with them."))
    if not User.objects.seeing(Customer).filter(pk=winner.pk).exists():
        raise ValidationError(_("This person is not to be chosen."))


def _check_shares(customer, shares, people):
    sharing = {person.pk for person, _percent in shares}
    total = sum((percent for _person, percent in shares), Decimal(0))
    if len(sharing) < FEWEST or not people >= sharing or total != ALL:
        raise ValidationError(
            _("The shares of at least two parties come to 100 percent.")
        )
    if customer.owner_id is not None and customer.owner_id not in sharing:
        raise ValidationError(_("Whoever has the customer has a share."))


def _decide_claims(collision, customer, ruling):
    """Reject the claims that do not hold, then let those protect that do."""
    winners = {
        Result.STAYS: {customer.owner_id},
        Result.MOVES: {ruling.winner_id},
        Result.SHARED: {pk for pk, _percent in ruling.shares},
        Result.REJECTED: set(),
    }[ruling.result]
    claims = collision.claims.order_by("pk").select_for_update(
        of=("self",), no_key=True
    )
    decided = [Status.CONFLICT, Status.APPROVED, Status.REJECTED]
    claims = list(claims.filter(status__in=decided))
    for claim in claims:
        stays = ruling.result == Result.REJECTED and claim.status == Status.APPROVED
        if claim.owner_id not in winners and not stays:
            _set(claim, Status.REJECTED, ruling, is_shared=False)
    for claim in claims:
        if claim.owner_id in winners:
            _set(claim, Status.APPROVED, ruling, is_shared=len(winners) > 1)


def _set(claim, status, ruling, **values):
    values["status"] = status
    if all(getattr(claim, name) == value for name, value in values.items()):
        return
    values["opinion"] = ruling.reason[:500]
    for name, value in values.items():
        setattr(claim, name, value)
    claim.save(update_fields=list(values))


def _follow(customer, ruling, sharing, by):
    """Give the customer to whoever gets it, and let those who share it work on it."""
    to = ruling.winner
    if sharing and customer.owner_id is None:
        to = max(sharing, key=lambda one: _percent_of(ruling, one))
    if to is not None:
        _give(customer, to, ruling, by)
    with acting(by):
        _undo_sharing(customer, ruling, sharing)
        for person in sharing:
            if person.pk != customer.owner_id:
                Membership.objects.update_or_create(
                    customer=customer,
                    user=person,
                    defaults={"may_write": True, "until": None},
                )


def _undo_sharing(customer, ruling, sharing):
    """Take out of the team whom the first ruling had put there, but who shares now."""
    first = ruling.collision.rulings.filter(round=1).exclude(pk=ruling.pk).first()
    before = {pk for pk, _percent in first.shares} if first else set()
    gone = before - {person.pk for person in sharing}
    Membership.objects.filter(customer=customer, user__in=gone).delete()


def _percent_of(ruling, person):
    return Decimal(dict(ruling.shares)[person.pk])


def _give(customer, to, ruling, by):
    """Let the customer, and what its former owner has open there, change hands."""
    former = customer.owner_id
    verb = "assigned" if former is None else "transferred"
    note = f"{ruling.collision} · {ruling.reason}"[:500]
    with because(note=note), acting(by, verb=verb):
        Customer.objects.filter(pk=customer.pk).update(owner=to)
        Membership.objects.filter(customer=customer, user=to).delete()
    with acting(by, verb="transferred"):
        for kind, relation, condition in goes_along(Customer):
            if former is None or not has_own_owner(kind) or kind is DealRegistration:
                continue
            rows = kind.objects.filter(condition, **{relation: customer.pk})
            rows.filter(owner=former).give(to.pk)
    customer.owner = to
