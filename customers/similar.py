"""Before a customer is entered again: who seems to be the same, and why.

Of customers that one sees, all that `duplicates.likely` finds. Of others only that the
company has them and which department to ask, and that a limited number of times a day:
who types names all day long shall not read the books of the others.
"""

from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.translation import gettext as _

from crm.chinese.folding import telephones
from crm.disclosures import Disclosures
from crm.models import HistoryEntry
from customers.duplicates import Match, alike, divided, likely, near, surely
from customers.models import Contact, Customer, Pool

#: Reasons that leave little doubt: who goes on says why. A credit code stands once,
#: whatever one says.
SURE = frozenset(("name", "short_name", "phone"))
#: New rows that one statement looks for: many of a frequent brand take some seconds.
AT_ONCE = 250
#: What is asked for a reason when it comes to be as another one's.
ASKED = ("name", "short_name", "credit_code", "phone")
#: By what a customer is known that is being typed.
TYPED = (*ASKED, "email", "website", "address")


@dataclass
class Similar:
    """What there is already: matches one sees, whom to ask about others."""

    matches: list[Match] = field(default_factory=list)
    others: list[Match] = field(default_factory=list)
    is_exhausted: bool = False
    #: {id: Pool} of those that concern the person.
    pools: dict = field(default_factory=dict)

    @property
    def departments(self):
        """The departments of customers that one does not see."""
        owners = (match.record.owner for match in self.others)
        whose = (owner.department for owner in owners if owner)
        return list(dict.fromkeys(filter(None, whose)))

    @property
    def whom(self):
        """Whom to ask about these, an empty name where they have no department.

        Of one in a pool {in_pool, name, url}: the pool is named to whom it concerns.
        """
        said = [*map(str, self.departments), *self._in_pools()]
        return said or [""] * bool(self.others)

    def _in_pools(self):
        inside = {match.record.pool_id for match in self.others} - {None}
        known = [self.pools[pk] for pk in sorted(inside & self.pools.keys())]
        named = [(str(pool), pool.get_absolute_url()) for pool in known]
        if len(known) < len(inside):
            named.append(("", ""))
        return [{"in_pool": True, "name": name, "url": url} for name, url in named]

    @property
    def asks(self):
        """Whether going on needs a reason."""
        found = (*self.matches, *self.others)
        return any(SURE.intersection(match.reasons) for match in found)

    @property
    def surest(self):
        """The match of those one sees that leaves least doubt, None where all do."""
        sure = (m for m in self.matches if SURE.intersection(m.reasons))
        return next(sure, None)

    @property
    def words(self):
        """Which customers they are, in one line, for the history."""
        seen = [f"{match.record.number} {match.record}" for match in self.matches]
        pools = [one["name"] or _("In a pool") for one in self._in_pools()]
        return ", ".join([*seen, *map(str, self.departments), *pools])


def similar_to(customer, user, request=None, *, of_others=True):
    """Return what seems to be the same as an unsaved or changed customer.

    Args:
        customer: as typed.
        user: who typed it.
        request: by which they did.
        of_others: whether to tell of customers that they cannot see, and count that.
    """
    if not any(getattr(customer, name) for name in TYPED):
        return Similar()
    found = Similar(likely([customer], user)[customer.pk])
    if not of_others or Customer.objects.visibility(user).is_everything:
        return found
    _seen, hidden = divided(near([customer], Customer.objects.all()), user)
    _tell([(customer, found, hidden[0])], Disclosures(user, request))
    return found


def similar_to_each(customers, user, *, surely_so=False):
    """Return [Similar, …] of the new customers of a file, in a few queries.

    Args:
        customers: not saved yet.
        user: who imports them.
        surely_so: leave out names that are only alike; else they are looked for
            wherever neither an equal name nor a telephone was found.
    """
    everybody = Customer.objects.all()
    found = surely(customers, everybody)
    left = [] if surely_so else [n for n, matches in enumerate(found) if not matches]
    for begin in range(0, len(left), AT_ONCE):
        places = left[begin : begin + AT_ONCE]
        like = alike([customers[place] for place in places], everybody)
        for place, matches in zip(places, like, strict=True):
            found[place] = matches
    seen, hidden = divided(found, user)
    every = [Similar(matches) for matches in seen]
    if not Customer.objects.visibility(user).is_everything:
        _tell(zip(customers, every, hidden, strict=True), Disclosures(user))
    return every


def _tell(asked, disclosures):
    """Tell of customers of others, as many as one may learn of in a day.

    Args:
        asked: [(customer, Similar, matches that the person cannot see), …].
        disclosures: what the person has learnt of today.
    """
    asked = list(asked)
    inside = {m.record.pool_id for *_one, others in asked for m in others} - {None}
    pools = {}
    if inside:
        pools = Pool.objects.visible_to(disclosures.user).in_bulk(inside)
    for customer, found, others in asked:
        typed = next(filter(None, (getattr(customer, name) for name in TYPED)))
        found.pools = pools
        found.others = [
            one
            for one in others
            # What is in a pool of theirs they read in its list anyway.
            if one.record.pool_id in pools or disclosures.allow(one.record, typed)
        ]
        found.is_exhausted = disclosures.is_full


def go_on(record, similar, reason, user, request):
    """Note in the record's history why it was entered all the same."""
    HistoryEntry.record(
        user,
        "entered_all_the_same",
        subject=record,
        changes={"reason": [None, reason], "similar": [None, similar.words]},
        request=request,
    )


def refusal(record):
    """Return what is said to whoever has not given a reason."""
    if isinstance(record, Contact):
        return _("This customer has a contact with this mobile. Say why you go on.")
    return _("There seems to be such a customer already. Say why you go on.")


@dataclass
class SameMobile:
    """The other contacts of a customer that have a contact's mobile."""

    contacts: list[Contact]

    @property
    def asks(self):
        """Whether going on needs a reason."""
        return bool(self.contacts)

    @property
    def words(self):
        """Who they are, in one line, for the history."""
        return ", ".join(map(str, self.contacts))


def same_mobile(contact, user):
    """Return who of the customer's contacts that one sees has a contact's mobile."""
    numbers = set(telephones(contact.mobile))
    if not numbers or contact.customer_id is None:
        return SameMobile([])
    rows = Contact.objects.visible_to(user).filter(customer=contact.customer_id)
    held = reduce(or_, (Q(search_pinyin__contains=number) for number in numbers))
    others = rows.filter(held).exclude(pk=contact.pk).order_by("pk")
    return SameMobile(
        [
            other
            for other in others
            if numbers.intersection(telephones(f"{other.mobile};{other.phone}"))
        ]
    )
