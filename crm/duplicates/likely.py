"""What records look like, for whoever decides on them: 疑似重复.

Of any kind that says in `traits` by what two of its rows are one thing. A kind that
finds more than was kept as its rows were saved names its own way by `likely`, a
function of some of its records and a person: {pk: [Match, …]}, the surest first.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.module_loading import import_string

from crm.display import text
from crm.duplicates.models import Pair
from crm.duplicates.traits import labels_of
from crm.lists.mixed import read_mixed
from crm.models import Record
from crm.models.record import Registration


@dataclass(frozen=True)
class Match:
    """A record that is probably the one asked about, and why."""

    record: Record
    reasons: tuple[str, ...]
    score: int = 0

    @property
    def words(self):
        """The reasons in the reader's language."""
        return text(labels_of(type(self.record), self.reasons))

    @property
    def registered(self):
        """Whether the other one stands in the books already."""
        return self.record.registration == Registration.REGISTERED


def likely(records, user):
    """Return {(label, pk): [Match, …]} of saved records of any kinds, surest first.

    Only rows that the person may see are told of. As many queries for many kinds as
    for one, but for kinds that have a way of their own.
    """
    found, kept = defaultdict(list), []
    own = defaultdict(list)
    for record in records:
        if record.likely:
            own[type(record)].append(record)
        elif record.traits:
            kept.append(record)
    for model, rows in own.items():
        label = model._meta.label_lower
        matches = import_string(model.likely)(rows, user)
        found.update({(label, pk): list(some) for pk, some in matches.items()})
    for pair, key, other in _seen(kept, user):
        found[key].append(Match(other, tuple(pair.reasons), pair.score))
    return found


def _seen(records, user):
    """Yield (pair, (label, pk), the other record) of undecided pairs, surest first."""
    ids = defaultdict(set)
    for record in records:
        ids[record._meta.label_lower].add(record.pk)
    if not ids:
        return
    asked = reduce(
        or_,
        (
            Q(kind=label) & (Q(low_id__in=pks) | Q(high_id__in=pks))
            for label, pks in ids.items()
        ),
    )
    ends = [
        (pair, (pair.kind, own), (pair.kind, other))
        for pair in Pair.objects.open().filter(asked)
        for own, other in ((pair.low_id, pair.high_id), (pair.high_id, pair.low_id))
        if own in ids[pair.kind]
    ]
    others = defaultdict(set)
    for pair, _own, (_label, pk) in ends:
        others[pair.model].add(pk)
    rows = read_mixed(
        model.objects.visible_to(user).filter(pk__in=pks)
        for model, pks in others.items()
    )
    for pair, own, other in ends:
        if other in rows:
            yield pair, own, rows[other]
