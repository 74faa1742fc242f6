"""New rows that are probably there already: what becomes of them is chosen.

Only what leaves little doubt counts, as in the form of a new customer; a row whose
name is only alike comes in. Of records that the person cannot see no more is told than
the form tells, and as few a day.
"""

from django.utils.translation import gettext as _

from crm.imports import keys
from system.models import ImportRun, TakenRow


def settle(outcomes, importer, chosen):
    """Decide on the new rows that are probably there already.

    Args:
        outcomes: of a batch; they are changed.
        importer: finds what is the same.
        chosen: one of `ImportRun.Doubles`.
    """
    new = [outcome for outcome in outcomes if outcome.verdict == "created"]
    if chosen == ImportRun.Doubles.CREATE or not new:
        return
    records = [outcome.record for outcome in new]
    found = importer.similar(records, surely_so=True)
    pairs = list(zip(new, found, strict=False))
    kept = _changeable(pairs, importer) if chosen == ImportRun.Doubles.UPDATE else {}
    for outcome, similar in pairs:
        match = similar.surest
        if similar.asks and chosen == ImportRun.Doubles.SKIP:
            _skip(outcome, similar)
        elif similar.asks and match and match.record.pk in kept:
            _update(outcome, match, kept[match.record.pk], importer)
        elif similar.asks:
            outcome.verdict = "refused"
            outcome.reasons = [["", _reason(similar)]]
            if match:
                outcome.named = [match.record.pk]


def _skip(outcome, similar):
    outcome.verdict, outcome.reason = "skipped", TakenRow.Reason.ALIKE
    outcome.later, outcome.left, outcome.differs = False, {}, False
    outcome.record, outcome.companion = None, {}
    if match := similar.surest:
        outcome.record, outcome.alike = match.record, list(match.reasons)
    else:
        outcome.whom = similar.whom


def _changeable(pairs, importer):
    """Return {id: record} of the records that rows probably are and one may change."""
    matches = [similar.surest for _outcome, similar in pairs if similar.asks]
    return importer.changeable().in_bulk([m.record.pk for m in matches if m])


def _update(outcome, match, record, importer):
    """Let a row change the record that it probably is; that keeps its name."""
    outcome.changes = importer.differences(record, outcome.cleaned, keys.names())
    outcome.record, outcome.alike = record, list(match.reasons)
    outcome.verdict, outcome.reason = "updated", TakenRow.Reason.UPDATED
    if errors := importer.against(record, outcome.changes):
        outcome.verdict, outcome.named = "refused", [record.pk]
        outcome.reasons = [
            [importer.label(name), " ".join(error.messages)]
            for name, error in errors.items()
        ]
    elif not outcome.changes:
        outcome.verdict, outcome.reason = "skipped", TakenRow.Reason.ALIKE


def _reason(similar):
    """Return in words which record a row is, or whom to ask about it."""
    if match := similar.surest:
        known = {"number": match.record.number, "reasons": match.words}
        return _("This is probably %(number)s: %(reasons)s.") % known
    return " ".join(map(whom_to_ask, similar.whom))


def whom_to_ask(department):
    """Return what is said of a customer that the reader does not see."""
    if isinstance(department, dict):
        said = _("The company has this customer already; it is in a pool.")
        if department["name"]:
            said = _("The company has this customer already; it is in the pool %s.")
            said %= department["name"]
        return said
    if department:
        said = _("The company has this customer already; ask in %(department)s.")
        return said % {"department": department}
    return _(
        "The company has this customer already; ask the information administrator."
    )
