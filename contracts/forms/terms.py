"""Which price lists hold for what is typed into a form: for whom, and on which day."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

from customers.models import Customer


@dataclass(frozen=True)
class Terms:
    """What of a contract says which price lists hold, as it is typed.

    `moved` says that it is not what is stored.
    """

    customer: Customer | None
    day: date
    moved: bool = False

    @classmethod
    def typed_into(cls, form):
        """Read them off a form that was sent and is not checked yet."""
        stored = form.instance
        customer = _typed(form, "customer")
        day = _typed(form, "signed_on")
        moved = bool(stored.pk) and (
            (customer and customer.pk) != stored.customer_id or day != stored.signed_on
        )
        return cls(customer, day or timezone.localdate(), moved)

    @classmethod
    def of_today(cls, form):
        """Read for whom prices are off such a form; all are asked anew, of today."""
        return cls(_typed(form, "customer"), timezone.localdate(), moved=True)


def _typed(form, name):
    """Return what was sent for a field, None for what is wrong with it."""
    if name not in form.fields:  # whom the writer may not see
        return getattr(form.instance, name)
    try:
        return form.fields[name].clean(form[name].data)
    except ValidationError:
        return None
