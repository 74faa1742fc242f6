"""Finding customers that are probably the same: 查重.

By the same traits as a scan of everything (`crm.duplicates`), for rows that are only
being typed, read from a file or looked at in the inbox. A page of candidates costs two
queries: PostgreSQL picks, by index, the few rows that share something with each of
them; what they really have in common is compared here.
"""

from collections import defaultdict

from crm.chinese.folding import folded
from crm.duplicates import likely as likeness
from crm.duplicates.matching import digests, holding
from crm.duplicates.traits import Alike, compared, profile
from crm.queries.ids import any_of
from customers.models import Customer, sameness
from customers.models.alike import NEAR, sharing_with
from customers.models.customers import SORTED
from customers.models.likeness import Key, grams_of, one_of, stem
from customers.models.traits import Names, Numbers, core_of, sharing

#: A name that is looked for by its sound has at least so many letters in pinyin.
SHORTEST_SOUND = 4
#: From this score on whoever types is told; a pair that is kept needs a little more.
WORTH_TELLING = 40
#: Traits that others' rows may have without being alike in anything else.
VAGUE = frozenset(("similar", "sound", "own_name", "address", "person"))
#: What rows share or do not: they are found by their keys.
#: Traits that are telephones, of the customer or of a person there.
DIALLED = frozenset(("phone", "mobile"))
EXACT = [trait for trait in Customer.traits if not isinstance(trait, Alike)]
KIND = Customer._meta.label_lower


class Match(likeness.Match):
    """A customer that is probably the one asked about, and why."""

    @property
    def is_sure(self):
        """Whether the two have more in common than names that are alike."""
        return bool(set(self.reasons) - VAGUE)

    @property
    def shows_to_others(self):
        """Whether who does not see it is told of it.

        Most digits of the telephones of customers in pools are known to many: whoever
        asks for one after the other is not told the rest.
        """
        by_number = DIALLED if self.record.pool_id is not None else set()
        return bool(set(self.reasons) - VAGUE - by_number)


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
    found, profiles = [[] for _customer in customers], {}
    ids = list(set().union(*shared.values()))
    rows = rows.order_by("pk").select_related("owner__department", "pool")
    known = {row.pk: row for row in rows.filter(any_of("pk", ids))} if ids else {}
    for place, pks in shared.items():
        for pk in sorted(pks & known.keys() - {customers[place].pk}):
            _match(customers[place], known[pk], found[place], profiles)
    return found


def surely(customers, rows):
    """Return [[Match, …], …], those of the rows that are surely like each customer.

    A few queries, quick for thousands of customers; what is only alike is not found.
    """
    keys = [_keys(customer) for customer in customers]
    places = defaultdict(set)
    for place, own in enumerate(keys):
        for key in own:
            places[key].add(place)
    found = [[] for _customer in customers]
    ids = _sharing(customers) | holding(places)
    rows = rows.select_related("owner__department", "pool").filter(any_of("pk", ids))
    profiles = {}
    for row in rows.order_by("pk") if ids else ():
        shared = (places.get(key, ()) for key in _keys(row))
        for place in sorted(set().union(*shared)):
            if len(found[place]) < NEAR:
                _match(customers[place], row, found[place], profiles)
    return [_surest_first(matches) for matches in found]


def _keys(customer):
    """Return the numbers under which those are found that share a trait."""
    return {
        number
        for trait, texts in profile(customer, EXACT).items()
        for number in digests(KIND, trait, texts)
    }


def _sharing(customers):
    """Return the ids of the customers that share a name or a telephone with some.

    By indexes on the customers themselves: those that came in by thousands have their
    keys from the next scan on.
    """
    names = {folded(n) for c in customers for n in (c.name, c.short_name)} - {""}
    numbers = {n for customer in customers for n in sameness.numbers(customer.phone)}
    found = sharing(Customer.objects.all(), Names, names) if names else set()
    if numbers:
        found |= sharing(Customer.objects.all(), Numbers, numbers)
    return found


def _surest_first(matches):
    return sorted(matches, key=lambda match: (-match.score, match.record.pk))


def _match(customer, row, matches, profiles):
    """Add a row to the matches of a customer if the two have enough in common.

    Args:
        profiles: {id of an object: (it, its profile)} of those compared before.
    """
    for one in (customer, row):
        if id(one) not in profiles:
            profiles[id(one)] = one, profile(one, Customer.traits)
    verdict = compared(profiles[id(customer)][1], profiles[id(row)][1])
    if verdict.score >= WORTH_TELLING:
        matches.append(Match(row, verdict.reasons, verdict.score))


def divided(found, user):
    """Return (what the person sees of some matches, what is surely the same beside it).

    Args:
        found: [[Match, …], …], of rows whoever may see them.
        user: the person.
    """
    pks = {match.record.pk for matches in found for match in matches}
    rows = Customer.objects.visible_to(user).filter(pk__in=pks).order_by()
    known = set(rows.values_list("pk", flat=True)) if pks else set()
    seen = [[m for m in matches if m.record.pk in known] for matches in found]
    hidden = [
        [m for m in matches if m.shows_to_others and m.record.pk not in known]
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
    if numbers := sameness.numbers(customer.phone):
        yield {"arm": "numbers", "texts": list(numbers), **whose}
    if keys := _keys(customer):
        yield {"arm": "keys", "digests": sorted(keys), **whose}


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
