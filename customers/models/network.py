"""The network around a customer: relations and parents, two steps far at most.

Only customers that the reader sees stand in it, and it goes on only through these:
one that is hidden ends the way and is counted, not named.
"""

from dataclasses import dataclass, field

from django.db.models import F, Q, Value

from crm.queries.unions import together
from customers.models.customers import Customer
from customers.models.parts import Relation

STEPS = 2
#: Customers that are drawn, the one in the middle among them.
MOST_NODES = 60
#: Relations that are looked at in one step.
MOST_EDGES = 400


@dataclass
class Node:
    """A customer in the network, `wording` as the one before it would put it."""

    pk: int
    name: str
    step: int
    before: int | None = None
    wording: str = ""


@dataclass
class Network:
    """What is drawn.

    Attributes:
        nodes: {id: Node}, from the middle outwards.
        across: pairs of ids that are related, too, beside the ways to the nodes.
        hidden: how many customers the reader does not see.
        more: how many there are that are not drawn.
        is_cut: whether there are more relations than were looked at.
    """

    nodes: dict[int, Node]
    across: set[tuple[int, int]] = field(default_factory=set)
    hidden: int = 0
    more: int = 0
    is_cut: bool = False


def network_of(customer, user):
    """Return the Network around a customer that the person sees.

    Two queries for each step, however many customers there are.
    """
    middle = Node(customer.pk, customer.name, 0)
    found, hidden, left_out = Network({customer.pk: middle}), set(), set()
    ring = [customer.pk]
    for step in range(1, STEPS + 1):
        edges = _edges(ring)
        found.is_cut |= len(edges) > MOST_EDGES
        ways = [way for edge in edges[:MOST_EDGES] for way in _both_ways(*edge)]
        ways = [way for way in ways if way[0] in ring]
        names = _names({to for _from, to, _word in ways} - found.nodes.keys(), user)
        outer = []
        for start, end, wording in ways:
            if end in found.nodes:
                _note_across(found, start, end)
            elif end not in names:
                hidden.add(end)
            elif len(found.nodes) == MOST_NODES:
                left_out.add(end)
            else:
                found.nodes[end] = Node(end, names[end], step, start, str(wording))
                outer.append(end)
        ring = outer
    found.hidden, found.more = len(hidden), len(left_out)
    return found


def _note_across(found, start, end):
    """Note that two customers are related by a way that leads to neither of them."""
    nodes = found.nodes
    if start not in (nodes[end].before, end) and nodes[start].before != end:
        found.across.add((min(start, end), max(start, end)))


def _edges(ids):
    """Return [(one, kind, other)] of what touches some customers, one too many."""
    if not ids:
        return []
    live = Q(customer__deleted_at=None, other__deleted_at=None)
    related = Relation.objects.filter(
        live, Q(customer__in=ids) | Q(other__in=ids)
    ).order_by("pk")
    parents = Customer.objects.filter(
        Q(parent__in=ids) | Q(pk__in=ids), parent__isnull=False
    ).order_by("pk")
    parent_of = Value(Relation.Kind.PARENT_OF.value)
    parts = (
        parents.values_list("parent", parent_of, "pk"),
        related.values_list(F("customer"), F("kind"), F("other")),
    )
    return list(together(part[: MOST_EDGES + 1] for part in parts))


def _both_ways(one, kind, other):
    """Return an edge as (from, to, wording) seen from either end."""
    return (
        (one, other, Relation.Kind(kind).label),
        (other, one, Relation.INVERSE[kind]),
    )


def _names(ids, user):
    """Return {id: name} of those of some customers that the person sees."""
    if not ids:
        return {}
    rows = Customer.objects.visible_to(user).order_by().filter(pk__in=ids)
    return dict(rows.values_list("pk", "name"))
