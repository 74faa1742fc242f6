"""Before a customer is entered again: who seems to be the same, and why.

Of customers that one sees, all that `duplicates.likely` finds. Of others only that the
company has them and which department to ask, and that a limited number of times a day:
who types names all day long shall not read the books of the others.
"""

from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.models import HistoryEntry
from customers.duplicates import Match, known_elsewhere, likely
from customers.models import Customer

#: How many customers of others a person may learn of in a day.
TOLD_A_DAY = 60
TOLD = "told_of_customer"
#: Reasons that leave little doubt: who goes on says why. A credit code stands once,
#: whatever one says.
SURE = frozenset(("name", "short_name", "phone"))
ASKED = ("name", "short_name", "credit_code", "phone")


@dataclass
class Similar:
    """What there is already: matches one sees, departments to ask about others."""

    matches: list[Match] = field(default_factory=list)
    others: list[Match] = field(default_factory=list)
    is_exhausted: bool = False

    @property
    def departments(self):
        """The departments to ask about customers that one does not see."""
        found = (match.customer.owner.department for match in self.others)
        return list(dict.fromkeys(filter(None, found)))

    @property
    def asks(self):
        """Whether going on needs a reason."""
        found = (*self.matches, *self.others)
        return any(SURE.intersection(match.reasons) for match in found)

    @property
    def words(self):
        """Which customers they are, in one line, for the history."""
        seen = [f"{match.customer.number} {match.customer}" for match in self.matches]
        return ", ".join([*seen, *map(str, self.departments)])


def similar_to(customer, user, request=None):
    """Return what seems to be the same as an unsaved or changed customer."""
    if not any(getattr(customer, name) for name in ASKED):
        return Similar()
    found = Similar(likely([customer], user)[customer.pk])
    if Customer.objects.sees_all(user):
        return found
    others = known_elsewhere(customer, user)
    told = _told_today(user)
    new = [other for other in others if other.customer.pk not in told]
    found.is_exhausted = len(told) + len(new) > TOLD_A_DAY
    if found.is_exhausted:
        others = [other for other in others if other.customer.pk in told]
        new = []
    for other in new:
        HistoryEntry.record(
            user,
            TOLD,
            title=customer.name or customer.phone or customer.credit_code,
            changes={"customer": [None, other.customer.pk]},
            request=request,
        )
    found.others = others
    return found


def go_on(record, similar, reason, user, request):
    """Note in the record's history why it was entered all the same."""
    HistoryEntry.record(
        user,
        "entered_all_the_same",
        subject=record,
        changes={"reason": [None, reason], "similar": [None, similar.words]},
        request=request,
    )


def refusal():
    """Return what is said to whoever has not given a reason."""
    return _("There seems to be such a customer already. Say why you go on.")


def _told_today(user):
    """Return the ids of others' customers that the person has learnt of today."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    entries = HistoryEntry.objects.filter(
        actor_id=user.pk, verb=TOLD, at__gte=midnight
    ).order_by()
    return {
        changes["customer"][1] for changes in entries.values_list("changes", flat=True)
    }
