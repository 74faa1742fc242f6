"""The network around a customer as a drawing, from the left to the right.

Each customer stands beside the one that leads to it and links to its own network. The
parts of the SVG are drawn by Python, as those of a flow are (`crm.approval.drawing`).
"""

from dataclasses import dataclass
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString

from crm.text import shortened

#: Sizes of what is drawn: a row, a box, and how far apart the steps stand.
ROW, BOX_WIDTH, BOX_HEIGHT, COLUMN = 52, 208, 42, 260
#: Columns of a terminal that fit into a box: a Chinese sign takes two.
COLUMNS = 28
BOX = (
    '<a href="{url}" class="net-node{middle}"><title>{said}</title>'
    '<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" />'
    '<text x="{text}" y="{name_y}">{name}</text>'
    '<text class="net-word" x="{text}" y="{word_y}">{word}</text></a>'
)
WAY = '<path class="{kind}" d="M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}" />'


@dataclass(frozen=True)
class Drawing:
    """The SVG of a network: its size and its parts."""

    width: str
    height: str
    parts: SafeString


def drawing_of(network):
    """Return the Drawing of a `customers.models.network.Network`."""
    places = _places(network.nodes)
    parts = [_across(places, *pair) for pair in sorted(network.across)]
    parts += [
        _way(places[node.before], places[node.pk])
        for node in network.nodes.values()
        if node.before is not None
    ]
    parts += [_box(node, *places[node.pk]) for node in network.nodes.values()]
    steps = max(node.step for node in network.nodes.values())
    height = max(y for _x, y in places.values()) + BOX_HEIGHT + 1
    return Drawing(
        width=str(steps * COLUMN + BOX_WIDTH + 30),
        height=str(height),
        parts=SafeString("".join(parts)),
    )


def _places(nodes):
    """Return {id: (x, y)}: each beside the middle of those that it leads to."""
    below = {pk: [] for pk in nodes}
    for node in nodes.values():
        if node.before is not None:
            below[node.before].append(node.pk)
    places, rows = {}, iter(range(len(nodes)))

    def put(pk):
        heights = [put(one) for one in below[pk]]
        y = (heights[0] + heights[-1]) // 2 if heights else next(rows) * ROW + 1
        places[pk] = nodes[pk].step * COLUMN + 1, y
        return y

    put(next(iter(nodes)))
    return places


def _box(node, x, y):
    """Return a customer as SVG: its name, and how the one before it would put it."""
    return BOX.format(
        url=reverse("customer_relations", args=[node.pk]),
        middle="" if node.step else " net-middle",
        said=escape(" ".join(filter(None, (node.wording, node.name)))),
        x=x,
        y=y,
        width=BOX_WIDTH,
        height=BOX_HEIGHT,
        text=x + 10,
        name=escape(shortened(node.name, COLUMNS)),
        name_y=y + (18 if node.wording else 26),
        word=escape(node.wording),
        word_y=y + 34,
    )


def _way(start, end):
    (x1, y1), (x2, y2) = start, end
    return _line("net-way", x1 + BOX_WIDTH, y1, x2, y2, (x1 + BOX_WIDTH + x2) // 2)


def _across(places, one, other):
    """Return the line between two that are related, too, around their right ends."""
    (x1, y1), (x2, y2) = places[one], places[other]
    ends = x1 + BOX_WIDTH, y1, x2 + BOX_WIDTH, y2
    return _line("net-way net-across", *ends, max(x1, x2) + BOX_WIDTH + 28)


def _line(kind, x1, y1, x2, y2, middle):
    half = BOX_HEIGHT // 2
    ends = {"x1": x1, "y1": y1 + half, "x2": x2, "y2": y2 + half}
    return WAY.format(kind=kind, middle=middle, **ends)
