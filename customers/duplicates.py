"""Finding customers that are probably the same: 查重.

A page of candidates costs two queries: PostgreSQL picks, by index, the few rows that
share something with each of them; what they really have in common is compared here.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from crm.chinese.folding import folded, same_name
from crm.display import text
from crm.models.record import Registration
from crm.queries.search import any_of
from customers.models import Customer, sameness
from customers.models.alike import NEAR, sharing_with
from customers.models.customers import SORTED
from customers.models.likeness import Key, grams_of, one_of, stem
from customers.models.traits import Names, Numbers, core_of, sharing

#: A name that is looked for by its sound has at least so many letters in pinyin.
SHORTEST_SOUND = 4

REASONS = {
    "credit_code": _("same credit code"),
    "name": _("same name"),
    "short_name": _("same short name"),
    "phone": _("same phone"),
    "similar": _("similar name"),
}


@dataclass(frozen=True)
class Match:
    """A customer that is probably the one asked about, and why."""

    customer: Customer
    reasons: tuple[str, ...]

    @property
    def words(self):
        """The reasons in the reader's language."""
        return text([str(REASONS[reason]) for reason in self.reasons])

    @property
    def registered(self):
        """Whether the other one stands in the books already."""
        return self.customer.registration == Registration.REGISTERED

    @property
    def is_sure(self):
        """Whether the two have more in common than the sound of a name."""
        return bool(set(self.reasons) - {"similar"})


def likely(customers, user):
    """Return {pk: [Match, …]} for saved or unsaved customers, the surest first.

    Only rows that the person may see are compared with; an unsaved customer stands
    under None.
    """
    customers = list(customers)
    found = near(customers, Customer.objects.visible_to(user))
    return {c.pk: matches for c, matches in zip(customers, found, strict=True)}


def near(customers, rows):
    """Return [[Match, …], …], those of the rows that are like each customer.

    The surest come first. Two queries, whatever the number of customers.
    """
    asked = [
        one
        for place, customer in enumerate(customers)
        for one in (*_surely_asked(customer, place), *_alike_asked(customer, place))
    ]
    found = _read(customers, rows, sharing_with(asked, rows))
    return [_surest_first(matches)[:NEAR] for matches in found]


def alike(customers, rows):
    """Return [[Match, …], …], those of the rows whose names are like each customer's.

    Quick for thousands of customers: a few queries, and of the rows whose names share
    a part no more than the name is read.
    """
    asked = [
        one
        for place, customer in enumerate(customers)
        for one in _alike_asked(customer, place)
    ]
    shared = sharing_with(asked, rows)
    ids = set().union(*shared.values())
    named = rows.order_by().filter(any_of("pk", list(ids))).values_list("pk", "name")
    keys = {pk: Key(name) for pk, name in named} if ids else {}
    like = {}
    for place, pks in shared.items():
        own = Key(customers[place].name)
        like[place] = {pk for pk in pks & keys.keys() if own.is_like(keys[pk])}
    found = _read(customers, rows, like)
    return [_surest_first(matches)[:NEAR] for matches in found]


def _read(customers, rows, shared):
    """Return [[Match, …], …] among the rows whose ids share something at each place."""
    found = [[] for _customer in customers]
    ids = list(set().union(*shared.values()))
    rows = rows.order_by("pk").select_related("owner__department")
    known = {row.pk: row for row in rows.filter(any_of("pk", ids))} if ids else {}
    for place, pks in shared.items():
        for pk in sorted(pks & known.keys() - {customers[place].pk}):
            _match(customers[place], known[pk], found[place])
    return found


def surely(customers, rows):
    """Return [[Match, …], …], those of the rows that are surely like each customer.

    A few queries, quick for thousands of customers; what is only alike is not found.
    """
    keys = [_names(customer) | _numbers(customer) for customer in customers]
    places = defaultdict(set)
    for place, own in enumerate(keys):
        for key in own:
            places[key].add(place)
    found = [[] for _customer in customers]
    ids = _sharing(customers)
    rows = rows.select_related("owner__department").filter(any_of("pk", ids))
    for row in rows.order_by("pk") if ids else ():
        shared = (places.get(key, ()) for key in _names(row) | _numbers(row))
        for place in sorted(set().union(*shared)):
            if len(found[place]) < NEAR:
                _match(customers[place], row, found[place])
    return [_surest_first(matches) for matches in found]


def _sharing(customers):
    """Return the ids of the customers that share a name or a telephone with some."""
    names = {folded(n) for c in customers for n in (c.name, c.short_name)} - {""}
    numbers = {number for customer in customers for number in _numbers(customer)}
    found = sharing(Customer.objects.all(), Names, names) if names else set()
    if numbers:
        found |= sharing(Customer.objects.all(), Numbers, numbers)
    return found


def _surest_first(matches):
    rank = list(REASONS)
    return sorted(
        matches, key=lambda match: (rank.index(match.reasons[0]), match.customer.pk)
    )


def _match(customer, row, matches):
    """Add a row to the matches of a customer if the two have something in common."""
    if reasons := tuple(_reasons(customer, row)):
        matches.append(Match(row, reasons))


def divided(found, user):
    """Return (what the person sees of some matches, what is surely the same beside it).

    Args:
        found: [[Match, …], …], of rows whoever may see them.
        user: the person.
    """
    pks = {match.customer.pk for matches in found for match in matches}
    rows = Customer.objects.visible_to(user).filter(pk__in=pks).order_by()
    known = set(rows.values_list("pk", flat=True)) if pks else set()
    seen = [[m for m in matches if m.customer.pk in known] for matches in found]
    hidden = [
        [m for m in matches if m.is_sure and m.customer.pk not in known]
        for matches in found
    ]
    return seen, hidden


def _surely_asked(customer, place):
    """Yield what leaves little doubt, as `sharing_with` is asked for it."""
    whose = {"place": place, "size": len(customer.name)}
    if customer.credit_code:
        yield {"arm": "code", "low": customer.credit_code, **whose}
    names = (folded(name) for name in (customer.name, customer.short_name))
    if cores := {core_of(name) for name in names if name}:
        yield {"arm": "names", "texts": list(cores), **whose}
    if numbers := _numbers(customer):
        yield {"arm": "numbers", "texts": list(numbers), **whose}


def _alike_asked(customer, place):
    """Yield by what names that are like the customer's are found.

    They have the stem of the name in them, and enough of the rest to be alike: of any
    grams that are more than may be missing, at least one. Or they sound the same.
    """
    whose = {"place": place, "size": len(customer.name)}
    key = Key(customer.name)
    sound = key.sound[:SORTED]
    if len(sound) >= SHORTEST_SOUND:
        yield {"arm": "sound", "low": sound, "high": f"{sound}~", **whose}
    for own in set(map(stem, filter(None, (customer.name, customer.short_name)))):
        if grams := grams_of(own):
            others = one_of(key.name, own) or grams
            yield {"arm": "part", "texts": grams, "others": others, "low": own, **whose}


def _reasons(customer, other):
    """Yield what two customers have in common, the surest first."""
    if customer.credit_code and customer.credit_code == other.credit_code:
        yield "credit_code"
    mine, theirs = Key(customer.name), Key(other.name)
    if mine.name and mine.name == theirs.name:
        yield "name"
    elif not _names(customer).isdisjoint(_names(other)):
        yield "short_name"
    if not _numbers(customer).isdisjoint(_numbers(other)):
        yield "phone"
    if mine.name != theirs.name and mine.is_like(theirs):
        yield "similar"


def _names(customer):
    """Return the keys of what a customer is called."""
    return {same_name(name) for name in (customer.name, customer.short_name) if name}


def _numbers(customer):
    """Return the telephone numbers by which one finds only few customers."""
    return sameness.numbers(customer.phone)
