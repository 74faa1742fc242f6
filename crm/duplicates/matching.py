"""Finding the rows that look like one thing: by what they share, never all by all.

Each row leaves a `Key` for everything that it has of the traits of its kind. Who shares
enough of them is found by index, set by set, and compared closely.
"""

import json
from functools import cache
from io import StringIO

from django.db import connection

from crm.duplicates.models import Key, Pair
from crm.duplicates.models.keys import digest
from crm.duplicates.traits import WORTH, Alike, columns, combined, compared, profile
from crm.queries.ids import any_of

#: Rows on either side of a row that are looked at for one thing that many share.
NEAR = 20
#: Who shares something, whether that may be enough – of each family the strongest –,
#: and whether it is no more than parts of texts.
_SHARING = """
WITH said AS (
    SELECT * FROM jsonb_to_recordset(%s::jsonb)
        AS said (
            trait text, family text, weight integer, rare boolean, is_part boolean
        )
), asked AS MATERIALIZED (
    SELECT row_id, trait, digest, rare FROM duplicates_key JOIN said USING (trait)
    WHERE kind = %s AND row_id = ANY (%s)
), shared AS (
    SELECT DISTINCT asked.row_id AS one, other.row_id AS other, trait
    FROM asked CROSS JOIN LATERAL (
        SELECT row_id, count(*) OVER () AS many FROM ({near}) AS near
    ) AS other
    WHERE NOT (rare AND many >= {most})
)
SELECT one, other, {score}, bool_and(is_part) FROM (
    SELECT one, other, family, max(weight) AS weight, bool_and(is_part) AS is_part
    FROM shared JOIN said USING (trait)
    GROUP BY one, other, family
) AS families
GROUP BY one, other
HAVING {score} >= %s
"""
_SCORE = "100 * (1 - exp(sum(ln(1 - least(weight, 99) / 100.0)::float)))"
_SIDE = """(
    SELECT row_id FROM duplicates_key AS found
    WHERE found.digest = asked.digest AND found.row_id {than} asked.row_id
    ORDER BY row_id {order} LIMIT {most}
)"""
_OLDER = _SIDE.format(than="<", order="DESC", most=NEAR)
_NEWER = _SIDE.format(than=">", order="ASC", most=NEAR)
#: Who shares something; of what many share only some.
_HOLDING = """
SELECT DISTINCT row_id FROM unnest(%s::bigint[]) AS asked (digest)
CROSS JOIN LATERAL (
    SELECT row_id FROM duplicates_key AS found WHERE found.digest = asked.digest
    ORDER BY row_id DESC LIMIT %s
) AS found
"""
_COPY = "COPY duplicates_key (kind, row_id, trait, digest) FROM STDIN"


def look_at(record):
    """Find what a record that was just written looks like; kinds say by what."""
    look_at_rows(type(record), [record.pk])


def look_at_rows(model, pks, *, older_alone=False):
    """Find what some rows look like, and forget pairs that no longer do.

    Args:
        model: a kind; of one without traits nothing looks alike.
        pks: the ids of rows; those in the recycle bin leave no keys.
        older_alone: whether newer rows will be looked at after these, as a scan does.

    Returns:
        How many pairs were found.
    """
    if not model.traits or not pks:
        return 0
    profiles = _profiles(model, pks)
    _remember(model, pks, profiles)
    known = _known(model, pks)
    sharing = _sharing(model, list(profiles), older_alone)
    pairs = known | _promising(model, sharing, profiles)
    others = {pk for pair in pairs for pk in pair} - profiles.keys()
    profiles |= _profiles(model, others)
    found, gone = [], []
    for low, high in sorted(pairs):
        if low not in profiles or high not in profiles:
            continue
        verdict = compared(profiles[low], profiles[high])
        if verdict.score >= WORTH:
            found.append(_pair(model, low, high, verdict))
        elif (low, high) in known:
            gone.append((low, high))
    _keep(found)
    _forget(model, gone)
    return len(found)


def _pair(model, low, high, verdict):
    return Pair(
        kind=model._meta.label_lower,
        low_id=low,
        high_id=high,
        score=verdict.score,
        reasons=list(verdict.reasons),
    )


def _profiles(model, pks, traits=None):
    """Return {pk: profile} of the live ones among some rows, by all traits or some."""
    if not pks:
        return {}
    rows = model.objects.order_by().filter(any_of("pk", sorted(pks)))
    rows = rows.select_related(None).only("pk", *columns(model))
    return {row.pk: profile(row, traits or model.traits) for row in rows}


def _remember(model, pks, profiles):
    """Keep the keys of some rows, those alone that they have now."""
    kind = model._meta.label_lower
    Key.objects.filter(kind=kind, row_id__in=list(pks)).delete()
    lines = StringIO()
    for pk, traits in profiles.items():
        for trait, texts in traits.items():
            for number in digests(kind, trait, texts):
                lines.write(f"{kind}\t{pk}\t{trait.name}\t{number}\n")
    lines.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(_COPY, lines)


def digests(kind, trait, texts):
    """Return the numbers under which rows are found that have such a trait."""
    return {digest(kind, trait.name, text) for text in trait.blocks(texts)}


def holding(numbers):
    """Return the ids of rows that are found under some of the `digests`."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDING, [list(numbers), NEAR])
        return {pk for (pk,) in cursor.fetchall()}


@cache
def _said(model):
    """Return what the traits of a kind say, as SQL takes it."""
    return json.dumps(
        [
            {
                "trait": trait.name,
                "family": trait.family,
                "weight": trait.weight,
                "rare": trait.rare,
                "is_part": _is_part(trait),
            }
            for trait in model.traits
        ]
    )


def _sharing(model, pks, older_alone):
    """Return {(low, high): (score, is_part)} of rows that share enough.

    The score is the most that this may say; `is_part` says that they have no more in
    common than parts of their texts.
    """
    near = _OLDER if older_alone else f"{_OLDER} UNION ALL {_NEWER}"
    asked = [_said(model), model._meta.label_lower, pks, WORTH]
    with connection.cursor() as cursor:
        cursor.execute(_SHARING.format(near=near, most=NEAR, score=_SCORE), asked)
        found = cursor.fetchall()
    sharing = {}
    for one, other, score, is_part in found:  # of two that are looked at, twice
        sharing[min(one, other), max(one, other)] = score, is_part
    return sharing


def _promising(model, sharing, profiles):
    """Return those pairs that may be worth a look: few traits rule out most of them.

    Names that share a part are mostly not alike as a whole, equal ones mostly of other
    places: only the texts that tell this are folded for that.

    Args:
        sharing: {(low, high): (score, is_part)} as `_sharing` returns them.
        profiles: of the rows that are looked at.
    """
    traits = [trait for trait in model.traits if trait.against or _is_part(trait)]
    others = {pk for pair in sharing for pk in pair} - profiles.keys()
    hints = profiles | _profiles(model, others, traits)
    others = [trait.weight for trait in model.traits if not trait.finds]
    return {
        (low, high)
        for (low, high), (score, is_part) in sharing.items()
        if low in hints
        and high in hints
        and _may_be(hints[low], hints[high], traits, is_part)
        * combined((score, *others))
        > WORTH - 1
    }


def _may_be(mine, theirs, traits, is_part):
    """Return how much of what two rows share stands, at most, 0 to 1."""
    rest, is_alike = 1.0, not is_part
    for trait in traits:
        if trait in mine and trait in theirs:
            if trait.degree(mine[trait], theirs[trait]):
                is_alike = is_alike or _is_part(trait)
            else:
                rest *= 1 - trait.against / 100
    return rest * is_alike


def _is_part(trait):
    return isinstance(trait, Alike)


def _known(model, pks):
    """Return {(low, high)} of the undecided pairs of some rows."""
    pairs = Pair.objects.open().naming(model, *pks).order_by()
    return set(pairs.values_list("low_id", "high_id"))


def _keep(pairs):
    """Store pairs; what somebody has decided stays decided."""
    Pair.objects.bulk_create(
        pairs,
        update_conflicts=True,
        unique_fields=("kind", "low_id", "high_id"),
        update_fields=("score", "reasons"),
        batch_size=1000,
    )


def _forget(model, pairs):
    """Drop undecided pairs that look alike no longer."""
    for low, high in pairs:
        Pair.objects.open().naming(model, low).filter(low_id=low, high_id=high).delete()
