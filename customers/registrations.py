"""报备: what becomes of a registration – decided on, withdrawn, extended, ended.

Of two for one customer and the same products PostgreSQL makes a collision as they come
in (`customers.guards.registrations`); that is ruled on in `customers.collisions`.
Every verb locks the customer, then the registration.
"""

from contextlib import contextmanager
from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.guards.actor import acting
from crm.guards.refusals import explained
from crm.jobs.working_days import days_off_and_on, working_day_after
from crm.kinds import follow_up_of
from crm.models.registration import Registration
from crm.notices.sending import notify, settle
from crm.text import clean
from customers.guards.registrations import EXTENDS, against_others, against_owner
from customers.heads import RIGHT, heads_of
from customers.models import (
    Collision,
    Customer,
    DealRegistration,
    Ruling,
)

#: So many working days after it came it is to be answered.
ANSWERED_WITHIN = 2
Status = DealRegistration.Status


@contextmanager
def refused_in_words():
    """Let what PostgreSQL refuses be said in words.

    Raises:
        ValidationError: it was refused (`conflict`).
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        said = explained(error, DealRegistration, Ruling)
        raise ValidationError(said.messages, code="conflict") from error


def tell_entered(registration, *, by):
    """Tell who decides on a new registration, or those with whom it collides."""
    registration.refresh_from_db(fields=["status", "collision", "registration"])
    if not registration.is_registered:
        return
    if registration.status == Status.CONFLICT:
        tell_collided(registration.collision, by=by)
        return
    for person in deciders_of(registration, but=by):
        notify(person.pk, "claim_waits", registration, by=by)


def deciders_of(registration, but=None):
    """Return who may decide on a registration that waits.

    Those are the nearest heads of who applied, or whoever has the right everywhere.

    Args:
        registration: it is in the books.
        but: somebody who does not, or None.
    """
    barred = {registration.reporter_id, registration.entered_by_id}
    return heads_of([registration.owner], barred=barred | ({but.pk} if but else set()))


def due_on(registration):
    """Return by which day a registration that waits is to be answered."""
    day = timezone.localdate(registration.created_at)
    known = days_off_and_on(day, day)
    return working_day_after(ANSWERED_WITHIN, day, known)


def tell_collided(collision, *, by):
    """Tell the parties of a collision, and those who rule on it."""
    rows = collision.parties.select_related("person__department")
    parties = {row.person_id: row.person for row in rows}
    for person in parties:
        notify(person, "collision_opened", collision, by=by)
    for person in heads_of(list(parties.values()), barred=()):
        notify(person.pk, "collision_waits", collision, by=by)
    Collision.objects.filter(pk=collision.pk).update(told_at=timezone.now())


def decide(registration, *, is_approved, opinion, by):
    """Approve a registration, from when on it protects, or reject it with a reason.

    Args:
        registration: locked by whoever decides.
        is_approved: the verdict.
        opinion: why; wanted of a rejection.
        by: somebody else than who applied, with the right to decide.

    Raises:
        ValidationError: it does not wait any more (`conflict`), it is their own, or no
            reason is given.
    """
    opinion = _said("opinion", opinion)
    if not is_approved and not opinion:
        raise ValidationError(_("Say why it is rejected."), code="reason")
    if registration.status == Status.CONFLICT:
        raise ValidationError(_("It collides: that is ruled on."), code="conflict")
    verb, status = (
        ("approved", Status.APPROVED) if is_approved else ("rejected", Status.REJECTED)
    )
    _move(registration, Status.REQUESTED, verb, by, status=status, opinion=opinion)
    notify(registration.owner_id, f"claim_{verb}", registration, by=by, reason=opinion)


def withdraw(registration, *, by):
    """Take a registration back; what collided with it alone waits to be decided on.

    Raises:
        ValidationError: it was decided otherwise meanwhile (`conflict`).
    """
    now = registration.status
    _move(registration, now, "recalled", by, status=Status.WITHDRAWN)
    if registration.collision_id:
        _drop_if_settled(registration.collision, by)


def extend(registration, *, by):
    """Protect it longer: there has to be something new that one did for it.

    Raises:
        ValidationError: it cannot be extended any more, or nothing was done.
    """
    if not registration.can_be_extended:
        raise ValidationError(_("It cannot be extended any more."), code="conflict")
    since = _period_of(registration)
    kind, relation = follow_up_of(Customer)
    done = kind.objects.filter(
        **{relation: registration.customer_id},
        owner=registration.owner_id,
        registration=Registration.REGISTERED,
        occurred_at__gte=since,
    )
    if not done.exists():
        said = _("Note first what you did for it since %s: an interaction.")
        raise ValidationError(said % timezone.localdate(since))
    _move(
        registration,
        Status.APPROVED,
        "extended",
        by,
        extended=registration.extended + 1,
    )


def is_extendable(registration):
    """Say whether something that was done by now may extend it."""
    return registration.can_be_extended and _period_of(registration) <= timezone.now()


def _period_of(registration):
    """Return when the present period of protection began."""
    if not registration.extended:
        return registration.decided_at
    day = registration.valid_until - timedelta(days=EXTENDS)
    return timezone.make_aware(datetime.combine(day, time()))


def end_expired(today):
    """End what protects no more; return how many those are."""
    over = DealRegistration.objects.filter(
        status=Status.APPROVED, valid_until__lt=today
    )
    number = 0
    for registration in over.order_by("pk")[:1000]:
        with acting(None, verb="expired"):
            rows = DealRegistration.objects.filter(pk=registration.pk)
            ended = rows.filter(status=Status.APPROVED, valid_until__lt=today)
            if ended.update(status=Status.EXPIRED):
                number += 1
                notify(registration.owner_id, "claim_expired", registration, by=None)
    return number


def tell_of_others():
    """Tell of collisions that came by an import, a merge or the inbox; return how many.

    Whoever did that was busy with something else.
    """
    rows = Collision.objects.filter(status=Collision.Status.OPEN, told_at=None)
    found = list(rows.order_by("pk")[:1000])
    for collision in found:
        tell_collided(collision, by=None)
    return len(found)


def drop_settled():
    """Drop the collisions in which nobody is against anybody; return how many.

    A customer changed hands, or another registration ended by its time.
    """
    number = 0
    for pk, customer in Collision.objects.filter(
        status=Collision.Status.OPEN
    ).values_list("pk", "customer"):
        with transaction.atomic():
            lock_customer(customer)
            number += _drop_if_settled(Collision.objects.get(pk=pk), None)
    return number


def live_of(customer):
    """Return the registrations of a customer by which somebody is protected today."""
    return DealRegistration.objects.filter(
        customer=customer,
        status=Status.APPROVED,
        valid_until__gte=timezone.localdate(),
        registration=Registration.REGISTERED,
    )


def _said(column, text):
    return DealRegistration._meta.get_field(column).clean(clean(text or ""), None)


def _move(registration, expected, verb, by, **values):
    """Change it, if it still stands as it was seen.

    Raises:
        ValidationError: it does not, or PostgreSQL refuses it (`conflict`).
    """
    with refused_in_words(), acting(by, verb=verb):
        lock_customer(registration.customer_id)
        rows = DealRegistration.objects.filter(pk=registration.pk).order_by()
        now = rows.select_for_update(of=("self",), no_key=True).first()
        if now is None or now.status != expected:
            said = _("The registration has moved on meanwhile. Look at it again.")
            raise ValidationError(said, code="conflict")
        for name, value in values.items():
            setattr(registration, name, value)
        registration.save(update_fields=list(values))
        registration.refresh_from_db()
        settle(registration, RIGHT)


def lock_customer(pk):
    """Let what is done to a customer's registrations come one after the other."""
    rows = Customer.everything.filter(pk=pk).order_by()
    return rows.select_for_update(of=("self",), no_key=True).get()


def _drop_if_settled(collision, by):
    """Drop a collision in which nobody is against anybody any more; say if it was."""
    if collision.status != Collision.Status.OPEN:
        return False
    left = list(collision.claims.filter(status=Status.CONFLICT))
    if any(_collides(claim) for claim in left):
        return False
    with acting(by):
        for claim in left:
            claim.status = Status.REQUESTED
            claim.save(update_fields=["status"])
    with acting(by):
        rows = Collision.objects.filter(pk=collision.pk)
        rows.update(status=Collision.Status.DROPPED)
    settle(collision, RIGHT)
    for claim in left:
        for person in deciders_of(claim, but=by):
            notify(person.pk, "claim_waits", claim, by=by)
    return True


def _collides(claim):
    """Say whether others claim the same, or somebody else has the customer.

    As PostgreSQL asks of a new one.
    """
    row = DealRegistration._meta.db_table
    collides = f"({against_others(row)} OR {against_owner(row)})"
    asked = RawSQL(collides, (), BooleanField())  # noqa: S611 - our own SQL
    return DealRegistration.objects.filter(asked, pk=claim.pk).exists()
