"""When counterparts last met, as it is kept, beside the interactions: kept sums."""

from datetime import date

from django.db.models import DateField, F, Func, Value
from django.db.models.functions import Coalesce

from crm.guards.actor import acting
from customers.models import Counterpart

#: Stands for no day.
NEVER = Value(date(1, 1, 1), DateField())


class MetOn(Func):
    """The day of the latest interaction that counts for a counterpart."""

    function = "customers_met_on"
    output_field = DateField()

    def __init__(self, *expressions, **options):
        """Take the columns that say which interactions count."""
        columns = (F("customer_id"), F("contact_id"), F("owner_id"))
        super().__init__(*(expressions or columns), **options)


def differences():
    """Return a line for each counterpart of which another day is kept."""
    return [
        f"customers.Counterpart {pk} last_met_on={kept}: {met}"
        for pk, kept, met in _wrong().values_list("pk", "last_met_on", "met_on")
    ]


def repair():
    """Write the days anew."""
    with acting(None):
        for pk, met in list(_wrong().values_list("pk", "met_on")):
            Counterpart.everything.filter(pk=pk).update(last_met_on=met)


def _wrong():
    rows = Counterpart.everything.annotate(met_on=MetOn()).order_by("pk")
    rows = rows.alias(
        kept=Coalesce("last_met_on", NEVER), right=Coalesce("met_on", NEVER)
    )
    return rows.exclude(kept=F("right"))
