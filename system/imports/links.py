"""Fields that name several records in one cell: what a piece of news is about.

A file adds links, it takes none away.
"""

import re

from django.utils.translation import gettext as _

#: What parts names; a comma before Ltd. and its like parts none.
_BETWEEN = re.compile(
    r"\s*(?:[;；、，|\n]|,(?!\s*(?:ltd|inc|llc|co|corp|limited|gmbh|plc)\b))\s*",
    re.IGNORECASE,
)


def names_in(text):
    """Return the names of a cell, that of the whole cell first."""
    text = str(text)
    return list(dict.fromkeys(filter(None, (text.strip(), *_BETWEEN.split(text)))))


def added(record, name, rows):
    """Return those of some rows to which a stored record is not linked yet."""
    known = {row.pk for row in getattr(record, name).all()}
    return [row for row in rows if row.pk not in known]


def hold(outcomes, importer):
    """Lock what new rows and changes link to; refuse those of which any is gone."""
    for name in importer.linked:
        field = importer.model._meta.get_field(name)
        wanted = {row.pk for outcome in outcomes for row in _named(outcome, name)}
        if not wanted:
            continue
        rows = field.related_model.objects.filter(pk__in=wanted).order_by("pk")
        rows = rows.select_for_update(of=("self",), no_key=True)
        held = set(rows.values_list("pk", flat=True))
        for outcome in outcomes:
            if any(row.pk not in held for row in _named(outcome, name)):
                outcome.verdict = "refused"
                gone = _("What this row names has just been deleted.")
                outcome.reasons = [[importer.label(name), gone]]


def store(outcomes, importer):
    """Link what was stored to what its rows name."""
    for name in importer.linked:
        field = importer.model._meta.get_field(name)
        through, own = field.remote_field.through, field.m2m_field_name()
        made = (
            through(**{own: outcome.record, field.m2m_reverse_field_name(): row})
            for outcome in outcomes
            for row in _named(outcome, name)
        )
        # Two rows of a file may name the same.
        through._base_manager.bulk_create(made, ignore_conflicts=True)


def _named(outcome, name):
    """Return the rows to which one becomes linked."""
    if outcome.verdict == "created":
        return outcome.cleaned.get(name) or ()
    return outcome.changes.get(name, ()) if outcome.verdict == "updated" else ()


def take_back(record, name, ids):
    """Undo what `store` has added to a record.

    Args:
        record: that an import has changed.
        name: of the field.
        ids: of the rows that were not linked before.
    """
    field = record._meta.get_field(name)
    through, own = field.remote_field.through, field.m2m_field_name()
    other = field.m2m_reverse_field_name()
    linked = through._base_manager.filter(**{own: record, f"{other}__in": ids})
    linked.delete()
