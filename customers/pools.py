"""How customers come into a pool and out of it: released, claimed, assigned.

Whoever claims or is given a customer is locked first, then the customer: limits hold
however many claim at once. PostgreSQL notes whose it was (`customers.ownership`).
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.guards.actor import acting
from crm.models import User
from crm.notices.sending import notify
from crm.queries.days import start_of
from crm.rights.permissions import permission
from crm.rights.roles import Reach
from crm.text import single_line
from crm.validators import fitting
from customers.models import Customer, Membership, Ownership, Pool
from customers.ownership import because
from customers.registrations import live_of

BOUGHT = (Customer.Status.WON, Customer.Status.LOYAL)
#: So long who comes too late is told who was quicker.
SAID_FOR = timedelta(days=1)


def home_of(customer):
    """Return the pool that a customer comes back to, or None if there is no pool."""
    now = customer.ownerships.filter(to_at=None).select_related("pool").first()
    if now is not None and now.pool is not None and now.pool.active:
        return now.pool
    return Pool.objects.filter(is_default=True).first()


@transaction.atomic
def release(customer, pool, reason, note, by):
    """Put a customer into a pool: nobody works on it from then on.

    Args:
        customer: locked, with an owner within the reach of whoever releases it.
        pool: one in use.
        reason: the option.
        note: what else is said.
        by: who releases it.

    Raises:
        ValidationError: it is in a pool already (`conflict`), or no reason is given.
    """
    refuse_unready(customer)
    if reason is None:
        raise ValidationError(_("Choose a reason."), code="reason")
    note = fitting(Ownership, "note", single_line(note or ""))
    former = customer.owner_id
    with because(reason=reason.pk, note=note), acting(by, verb="released"):
        into(pool, [customer.pk])
    notify(former, "customer_released", customer, by=by, reason=str(reason))


def into(pool, pks):
    """Put customers into a pool, by whoever is acting; empty their teams.

    Returns:
        {id of a customer: [[person, may write, until] of those who were in its team]}.
    """
    Customer.objects.filter(pk__in=pks).update(owner=None, pool=pool)
    teams: dict = {}
    if pool.clear_team:
        members = Membership.objects.filter(customer__in=pks).order_by("pk")
        for one in members:
            until = one.until and one.until.isoformat()
            said = [one.user_id, one.may_write, until]
            teams.setdefault(one.customer_id, []).append(said)
        members.delete()
    return teams


def refuse_unready(customer):
    """Refuse to release what nobody has, or what is not in the books.

    Raises:
        ValidationError: it is in a pool already (`conflict`), or only reported.
    """
    if customer.pool_id is not None:
        raise ValidationError(_("It is in a pool already."), code="conflict")
    if not customer.is_registered:
        raise ValidationError(_("It is not in the books yet."), code="conflict")


@transaction.atomic
def claim(pk, by):
    """Let a person take a customer out of its pool; return it.

    Args:
        pk: its id.
        by: who claims it.

    Raises:
        Http404: the person sees no such customer in a pool.
        ValidationError: they may not, or may not yet, or somebody was quicker
            (`conflict`).
    """
    _lock(by)
    rows = Customer.objects.filter(pk=pk).select_for_update(of=("self",), no_key=True)
    customer = rows.first()
    if customer is None:
        raise Http404
    if customer.pool_id is None:
        raise _in_no_pool(customer, by)
    pool = Pool.objects.visible_to(by).filter(pk=customer.pool_id).first()
    if pool is None and not customer.allowed(by, "view"):
        raise Http404
    for refusal in REFUSALS:
        if said := refusal(customer, pool or customer.pool, by):
            code = "forbidden" if refusal is is_no_member else "limit"
            raise ValidationError(said, code=code)
    with acting(by, verb="claimed"):
        Customer.objects.filter(pk=pk).update(owner=by)
    customer.refresh_from_db()
    return customer


@transaction.atomic
def assign(customer, to, by):
    """Give a customer in a pool to a person.

    Args:
        customer: in a pool that `by` administers.
        to: who gets it.
        by: who gives it.

    Raises:
        ValidationError: it is in no pool any more (`conflict`), or the person is not to
            be chosen or holds enough.
    """
    _lock(to)
    rows = Customer.objects.filter(pk=customer.pk).order_by()
    customer = rows.select_for_update(of=("self",), no_key=True).get()
    if customer.pool_id is None:
        raise ValidationError(_("It is in no pool any more."), code="conflict")
    if not working_on_customers().filter(pk=to.pk).exists():
        raise ValidationError(_("This person is not to be chosen."))
    if said := holds_enough(customer, customer.pool, to):
        raise ValidationError(said)
    with acting(by, verb="assigned"):
        rows.update(owner=to)
    notify(to.pk, "customer_assigned", customer, by=by)


def working_on_customers():
    """Return those who work here and may change customers: whom a pool gives any."""
    return User.objects.seeing(Customer, "change")


def sees_all(user):
    """Say whether somebody sees all customers, those in pools among them."""
    return user.rights.reach(permission("view", Customer)) == Reach.ALL


def _lock(person):
    """Let the person's claims and assignments come one after the other."""
    rows = User.objects.filter(pk=person.pk).order_by()
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))


def _in_no_pool(customer, by):
    """Return the refusal to claim what somebody has: a member learns who was quicker.

    Raises:
        Http404: the person never saw it in a pool, or that was long ago.
    """
    if customer.owner_id == by.pk:
        return ValidationError(_("You have it already."), code="conflict")
    if customer.allowed(by, "view"):
        return ValidationError(_("It is in no pool any more."), code="conflict")
    rows = customer.ownerships.select_related("holder").order_by("-from_at", "-pk")
    now, *before = rows[:2]
    since = timezone.now() - SAID_FOR
    pools = [one.pool_id for one in before if one.holder_id is None]
    seen = Pool.objects.visible_to(by).filter(pk__in=pools, active=True)
    if now.from_at < since or not seen.exists():
        raise Http404
    said = _("%s was quicker and has it now.") % now.holder
    return ValidationError(said, code="conflict")


def is_no_member(customer, pool, by):
    """Say that a person may not claim from a pool, empty if they may."""
    if not pool.active:
        return _("This pool is not in use.")
    if pool.access == Pool.Access.ASSIGN_ONLY:
        return _("Customers of this pool are assigned by its administrators.")
    if by.rights.reach(permission("change", Customer)) is None:
        return _("You cannot work on customers.")
    if not pool.has_member(by):
        return _("You are no member of this pool.")
    return ""


def holds_enough(customer, pool, person):
    """Say that a person holds as many customers of a pool as they may."""
    number = 0 if pool.hold_limit is None else held(pool, person)
    if pool.hold_limit is None or number < pool.hold_limit:
        return ""
    return _("%(person)s holds %(n)d customers of this pool; more are not allowed.") % {
        "person": person,
        "n": number,
    }


def held(pool, person):
    """Return how many customers a person holds that come back to a pool."""
    rows = Ownership.objects.filter(holder=person, to_at=None, pool=pool)
    rows = rows.filter(customer__deleted_at=None)
    if not pool.count_won:
        rows = rows.exclude(customer__status__in=BOUGHT)
    return rows.order_by().count()


def has_claimed_enough(customer, pool, by):
    """Say that a person has claimed as many today as they may in a day."""
    today = start_of(timezone.localdate())
    claims = Ownership.objects.filter(
        holder=by, how=Ownership.How.CLAIMED, from_at__gte=today, pool=pool
    )
    if claims.order_by().count() < pool.claim_per_day:
        return ""
    return _("You have claimed %d customers today; more you may tomorrow.") % (
        pool.claim_per_day
    )


def had_it_lately(customer, pool, by):
    """Say until when whoever had a customer last cannot claim it again."""
    if not pool.reclaim_days:
        return ""
    returns = customer.ownerships.filter(holder=None).values("from_at")
    theirs = customer.ownerships.filter(Q(holder=by), to_at__in=returns)
    last = theirs.order_by("-to_at").values_list("to_at", flat=True).first()
    if last is None:
        return ""
    again = timezone.localdate(last) + timedelta(days=pool.reclaim_days)
    if timezone.localdate() >= again:
        return ""
    return _("You had it until %(last)s; you can claim it again from %(again)s on.") % {
        "last": timezone.localdate(last),
        "again": again,
    }


def is_protected_for_others(customer, pool, by):
    """Say who has registered it, and until when they are protected."""
    other = live_of(customer).exclude(owner=by).order_by("pk").first()
    if other is None:
        return ""
    return _("%(person)s has registered it and is protected until %(day)s.") % {
        "person": other.owner,
        "day": other.valid_until,
    }


#: In this order they are asked; each says why not, or nothing.
REFUSALS = (
    is_no_member,
    holds_enough,
    has_claimed_enough,
    had_it_lately,
    is_protected_for_others,
)
