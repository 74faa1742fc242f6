"""Before a customer is entered again: who seems to be the same, and why.

Of customers that one sees, all that `duplicates.likely` finds. Of others only that the
company has them and which department to ask, and that a limited number of times a day:
who types names all day long shall not read the books of the others.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from crm.elsewhere import Told
from crm.models import HistoryEntry
from customers.duplicates import Match, known_elsewhere, likely
from customers.models import Customer

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
    told = Told(user, request)
    asked = customer.name or customer.phone or customer.credit_code
    others = known_elsewhere(customer, user)
    found.others = [one for one in others if told.of(one.customer, asked)]
    found.is_exhausted = told.is_full
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
