"""What keeps a customer out of its pool for a while: a lock, an extension."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.guards.actor import acting
from crm.models import User
from crm.notices.sending import notify
from crm.text import single_line
from crm.validators import fitting
from customers.models import Customer, Extension, Lock
from customers.models.recycling import LOCKED_AT_MOST, MOST_EXTENDED, MOST_LOCKED
from customers.recycling import recycle_on


@transaction.atomic
def lock(customer, until, by):
    """Keep a customer of one's own out of its pool until a day; None ends that.

    Args:
        customer: locked, owned by `by`.
        until: the last day.
        by: the owner.

    Raises:
        ValidationError: the day is past or too far off, or too many are locked.
    """
    today = timezone.localdate()
    if customer.owner_id != by.pk:
        raise ValidationError(_("The owner alone locks a customer."), code="forbidden")
    rows = Lock.objects.filter(customer=customer.pk)
    if until is None:
        with acting(by):
            rows.delete()
        return
    if not today <= until <= today + LOCKED_AT_MOST:
        raise ValidationError(
            _("Choose a day within the next %d days.") % LOCKED_AT_MOST.days
        )
    people = User.objects.filter(pk=by.pk).order_by()
    list(people.select_for_update(of=("self",), no_key=True).values_list("pk"))
    own = Lock.objects.filter(customer__owner=by, by=by, until__gte=today)
    if own.exclude(customer=customer.pk).count() >= MOST_LOCKED:
        raise ValidationError(
            _("You have locked %d customers; unlock another one first.") % MOST_LOCKED
        )
    with acting(by):
        rows.delete()
        Lock.objects.create(customer=customer, until=until, by=by)


@transaction.atomic
def extend(customer, until, reason, by):
    """Put off the day on which somebody else's customer goes into its pool, once.

    Args:
        customer: locked, with an owner within the reach of `by`.
        until: the new day.
        reason: why.
        by: a supervisor, not the owner.

    Raises:
        ValidationError: it is not due or was put off already (`conflict`), one's own,
            or the day is too late; or no reason is given.
    """
    if customer.owner_id is None:
        raise ValidationError(_("It is in a pool already."), code="conflict")
    if customer.owner_id == by.pk:
        raise ValidationError(_("Somebody above the owner extends."), code="forbidden")
    reason = fitting(Extension, "reason", single_line(reason or ""))
    if not reason:
        raise ValidationError(_("Say why."), code="reason")
    since = customer.ownerships.values_list("from_at", flat=True).get(to_at=None)
    if customer.extensions.filter(at__gte=since).exists():
        raise ValidationError(_("It was extended once already."), code="conflict")
    rows = Customer.objects.filter(pk=customer.pk).order_by()
    due = rows.values_list(recycle_on(), flat=True).get()
    if due is None:
        raise ValidationError(_("It does not go into a pool."), code="conflict")
    if not due < until <= due + MOST_EXTENDED:
        raise ValidationError(
            _("Choose a day after %(due)s, until %(last)s.")
            % {"due": due, "last": due + MOST_EXTENDED}
        )
    with acting(by):
        customer.extensions.create(until=until, reason=reason, by=by)
    notify(customer.owner_id, "recycling_put_off", customer, by=by, reason=reason)
