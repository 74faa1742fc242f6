"""What an import would do is said beforehand, slice by slice."""

from collections import Counter

from django.db import transaction

from crm.display import text
from crm.imports.headers import covered
from system.imports import reading
from system.imports.above import names_of
from system.imports.accounts import (
    changes_of,
    count_columns,
    count_companions,
    shown,
)
from system.imports.deciding import COUNTED, Pass
from system.imports.foreign import THEIRS
from system.imports.said import Said
from system.imports.seen import Seen
from system.models import ImportRun

#: Rows of one request; the page asks for the next ones by itself.
SLICE = 3000
SHOWN_REASONS, SHOWN_ROWS, SHOWN_CHANGES, SHOWN_ALIKE = 50, 5, 20, 100
#: What a person says of a file, before anything is looked at.
CHOSEN = (
    "match_by",
    "known",
    "fresh",
    "owned_by",
    "assigned_to",
    "shares",
    "unknown",
    "day_order",
    "decimal_sign",
    "values",
    "mapping",
)


def begin(run):
    """Look at the first rows; all that is written is `run.preview`."""
    kept = _kept(run, {})
    counts = dict.fromkeys((*COUNTED, "read"), 0)
    names = ("reasons", "rows", "changes", "skips", "alike", "passed_rows")
    lists = {name: [] for name in names}
    run.preview = {**counts, **lists, "position": run.header_row, "seen": 0}
    run.preview |= {"by_column": {}, "words": {}, "owners": {}, "parts": {}}
    run.state = ImportRun.State.PREVIEWED
    run.decisions += 1
    _slice(run, *kept)
    run.save(update_fields=[*CHOSEN, "state", "decisions", "preview"])


def go_on(pk):
    """Look at the next rows, unless another request is just doing so."""
    with transaction.atomic():
        run = (
            ImportRun.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(pk=pk, state=ImportRun.State.PREVIEWED)
            .first()
        )
        if run is not None and unfinished(run):
            if "totals" not in run.preview:  # begun by an older version
                begin(run)
                return
            _slice(run, *_kept(run, run.preview))
            run.save(update_fields=["preview"])


def unfinished(run):
    """Say whether rows are left to look at."""
    return not run.preview.get("done", True)


def brings(run):
    """Say whether anything would come in, as far as the rows were looked at."""
    said = run.preview
    along = any(column.get("added") for column in said.get("by_column", {}).values())
    return unfinished(run) or bool(said["created"] or said["updated"] or along)


def _kept(run, sizes):
    """Return what the rows so far are known by, what they say, and their companions.

    Args:
        run: the import.
        sizes: {"seen", "said", "companions"} of what holds of each.
    """
    path, key = reading.seen_path, (run.sha256, run.pk)
    return (
        Seen(path(*key), sizes.get("seen", 0)),
        Said(path(*key, "said"), sizes.get("said", 0)),
        Seen(path(*key, "companions"), sizes.get("companions", 0)),
    )


def _slice(run, seen, values, companions):
    through, said = Pass(run, seen, names_of(run), values), run.preview
    importer = through.importer
    filled = covered(run.mapping.values(), importer.targets)
    if filled & {*importer.given}:
        filled.add(THEIRS)
    filled -= {*importer.parts, *importer.given}
    names = [target.name for target in importer.targets if target.name in filled]
    if through.owners.rule and "owner" not in names:
        names.append("owner")
    through.owners.place = said.get("turn", 0)
    said["labels"] = [importer.label(name) for name in names]
    new = []
    for batch in through.batches(said["position"], SLICE):
        outcomes = through.outcomes(batch)
        fresh = [o for o in outcomes if o.verdict == "created" and o.head is None]
        through.owners.give([outcome.record for outcome in fresh])
        for outcome in outcomes:
            _say(said, outcome, names, importer)
        if through.companions is not None:
            number = through.companions.coming(outcomes, companions)
            count_companions(said["by_column"], number, importer)
        new += fresh
        said["position"] = batch[-1][0]
    _say_alike(said, new, importer)
    _say_words(said, through.unheard)
    _say_owners(said, new, through.owners)
    said["read"] = sum(said[name] for name in COUNTED if name != "totals")
    said["passed"] = run.said.get("passed", 0) + said["totals"]
    said["done"] = through.is_through
    _keep(said, seen=seen, said=values, companions=companions)


def _keep(preview, **parts):
    """Keep what the next slice has to know, and how much of it holds; drop it at last.

    Args:
        preview: of the import.
        parts: what is kept, by the name of its size.
    """
    for name, part in parts.items():
        if preview["done"]:
            part.forget()
        else:
            preview[name] = part.write()


def _say(said, outcome, names, importer):
    """Count a row, and show it if it is one of the first of its kind."""
    said[outcome.verdict] += 1
    left = SHOWN_REASONS - len(said["reasons"])
    said["reasons"] += [[outcome.number, *r] for r in outcome.reasons[:left]]
    count_columns(said["by_column"], outcome, importer)
    is_new = outcome.verdict == "created" and outcome.head is None
    if is_new and len(said["rows"]) < SHOWN_ROWS:
        linked, cells = importer.linked, outcome.cleaned
        values = [
            text(cells.get(name)) if name in linked else shown(outcome.record, name)
            for name in names
        ]
        said["rows"].append([outcome.number, values])
    elif outcome.verdict == "updated" and len(said["changes"]) < SHOWN_CHANGES:
        row = [outcome.number, str(outcome.record), outcome.record.pk]
        said["changes"].append([*row, changes_of(outcome, importer)])
    elif outcome.verdict == "totals":
        _pass_over(said.setdefault("passed_rows", []), outcome)
    elif outcome.verdict == "skipped" and len(said["skips"]) < SHOWN_REASONS:
        said["skips"].append(_skip(outcome))


def _say_words(said, unheard):
    """Count the words that are no options, by their fields."""
    for name, counted in unheard.items():
        words = said.setdefault("words", {}).setdefault(name, {})
        for word, count in counted.items():
            words[word] = words.get(word, 0) + count


def _say_owners(said, new, owners):
    """Count the new rows by whose they become, and by what their rule tells apart."""
    said["turn"] = owners.place
    for name, counted in (
        ("owners", Counter(outcome.record.owner_id for outcome in new)),
        ("parts", owners.parts),
    ):
        numbers = said.setdefault(name, {})
        for key, number in counted.items():
            numbers[str(key)] = numbers.get(str(key), 0) + number


def _say_alike(said, new, importer):
    """Name the new rows that are probably there already, and by what they seem so."""
    found = importer.similar([outcome.record for outcome in new])
    for outcome, similar in zip(new, found, strict=False):
        if similar.is_exhausted:
            said["exhausted"] = True
        if not similar.matches and not similar.whom:
            continue
        said["likely"] = said.get("likely", 0) + 1
        said["doubles"] = said.get("doubles", 0) + similar.asks
        if len(said.setdefault("alike", [])) < SHOWN_ALIKE:
            title, seen = str(outcome.record), similar.matches
            matches = [[str(m.record), m.record.pk, m.words] for m in seen]
            said["alike"].append([outcome.number, title, matches, similar.whom])


def _pass_over(rows, outcome):
    """Show a row that is no record, if it is one of the first."""
    if len(rows) < SHOWN_REASONS:
        text = " ".join(reading.shown(cell) for cell in outcome.cells if cell != "")
        rows.append([outcome.number, text[:200]])


def _skip(outcome):
    """Return [row, record, its id, earlier row] of a row that is there already."""
    record = outcome.record
    if outcome.twin is not None or record is None:
        return [outcome.number, "", None, outcome.twin]
    return [outcome.number, str(record), record.pk, None]
