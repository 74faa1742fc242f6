"""An import is done, slice by slice."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from crm import dictionaries
from crm.duplicates.matching import look_at_rows
from crm.fields import DerivedTextField
from crm.guards.actor import acting
from crm.guards.refusals import reason_of
from crm.models import DictionaryField, DictionaryItem
from crm.models.dictionaries import held
from crm.notices.sending import notify
from crm.rights.permissions import permission
from system.imports import above, doubles, later, links, reading, storing, written
from system.imports.accounts import count_columns, count_companions, taken_row
from system.imports.deciding import COUNTED, Pass
from system.imports.said import Said
from system.imports.seen import Seen
from system.imports.steps import gone
from system.models import ImportRun, RefusedRow, TakenRow

#: An import of fewer rows is done while its person waits, in one transaction.
SLICE = 3000
#: Rows of one transaction of a job: between two it can be cancelled, and says how far
#: it is.
STEP = 1000
#: What becomes of rows that are written.
WRITTEN = ("created", "updated")
LOCK = 7_390_211
#: So long one import waits for another one of its kind.
PATIENCE = "30s"


def advance(pk, patience=PATIENCE, most=None):
    """Do the next slice of an import, in one transaction; return the import.

    Two clicks wait for each other, and so do two imports of one kind: otherwise
    each would miss the rows that the other one is adding.

    Args:
        pk: of the import.
        patience: how long to wait, as PostgreSQL writes it.
        most: about so many rows are done; those of a step if it is None.

    Raises:
        OperationalError: another import keeps us waiting too long.
        PermissionDenied: whoever imports may not do so any more.
        ValidationError: the file is removed.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', '60s', true),"
            " set_config('lock_timeout', %s, true)",
            [patience],
        )
        run = ImportRun.objects.select_for_update(no_key=True).get(pk=pk)
        if run.state not in (ImportRun.State.PREVIEWED, ImportRun.State.RUNNING):
            return run
        if not run.user.has_perm(permission("import", run.model)):
            raise PermissionDenied
        if not reading.is_kept(run):
            raise ValidationError(gone(run))
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, run.kind]
        )
        language = run.said.get("language", get_language())
        with acting(run.user, verb="imported"), override(language):
            _advance(run, most or min(STEP, SLICE))
    return run


def _advance(run, most):
    _hold_options(run.model)
    kept = _kept(run)
    through = Pass(run, kept[0], above.names_of(run), kept[1])
    through.owners.check()
    through.owners.place = run.said.get("turn", 0)
    after = max(run.position, run.header_row)
    for batch in through.batches(after, most):
        _take(run, through, batch)
    run.begin()
    if not through.is_through:
        run.said["kept"] = [part.write() for part in kept]
    else:
        for part in kept:  # a worker that is killed before needs it again
            transaction.on_commit(part.forget)
        later.link(run)
        run.state, run.finished_at = ImportRun.State.FINISHED, timezone.now()
    run.save(
        update_fields=[
            *COUNTED,
            "by_column",
            "said",
            "position",
            "state",
            "decisions",
            "finished_at",
        ]
    )
    if run.state == ImportRun.State.FINISHED:
        notify(run.user_id, "imported", run, by=None)


def _take(run, through, batch):
    """Decide on a batch of rows and write what becomes of them."""
    outcomes = through.outcomes(batch)
    doubles.settle(outcomes, through.importer, run.doubles)
    links.hold(outcomes, through.importer)
    through.owners.give([o.record for o in _heads(outcomes)])
    _create(through, [o for o in outcomes if o.verdict == "created"])
    _let_follow(outcomes)
    if stored := [o.record for o in _heads(outcomes)]:
        through.importer.after_storing(stored)
    _hold([o for o in outcomes if o.verdict == "updated"], through.importer)
    taken = [o for o in outcomes if o.verdict in ("updated", "skipped")]
    noted = {o.number: taken_row(run, o, through.importer) for o in taken}
    for outcome in outcomes:
        if outcome.verdict == "updated":
            _update(outcome, through)
    stored = [o for o in outcomes if o.verdict in WRITTEN and not o.head]
    entries = [(o.number, o.record.pk, o.before) for o in stored]
    _remember(run, through.importer.model, entries)
    if through.companions is not None:
        done = [o for o in outcomes if o.verdict not in ("refused", "totals")]
        companions = through.companions.store(done, through.importer)
        entries = [(number, record.pk, None) for number, record in companions]
        _remember(run, through.companions.model, entries)
        count_companions(run.by_column, len(companions), through.importer)
    put_off = [o.number for o in stored if o.later]
    run.said["turn"] = through.owners.place
    run.said["later"] = [*run.said.get("later", ()), *put_off]
    _note(run, outcomes, noted, through.importer)
    run.position = batch[-1][0]


def _remember(run, model, entries):
    """Note what was written, and find what it looks like, as a form does."""
    written.note(run, model, entries)
    look_at_rows(model, [pk for _number, pk, _before in entries])


def _kept(run):
    """Return what all rows so far are known by, and what they say of records."""
    path, key = reading.seen_path, (run.sha256, f"{run.pk}.run")
    seen, said = run.said.get("kept", (0, 0))
    return Seen(path(*key), seen), Said(path(*key, "said"), said)


def _hold_options(model):
    """Let nobody replace an option that rows of this slice may come to have."""
    fields = model._meta.concrete_fields
    kinds = {field.kind for field in fields if isinstance(field, DictionaryField)}
    items = DictionaryItem.objects.filter(kind__in=kinds, active=True).order_by()
    held(items.values_list("pk", flat=True))
    dictionaries.forget()


def _heads(outcomes):
    """Return those of new rows that are a record; further ones are its lines."""
    return [o for o in outcomes if o.verdict == "created" and not o.head]


def _create(through, outcomes):
    """Store new records and what belongs to them, all at once; one by one if the
    database refuses any of it."""
    heads = _heads(outcomes)
    if not heads:
        return
    try:
        with transaction.atomic():
            storing.store([outcome.record for outcome in heads])
            _store_parts(through, outcomes)
    except (IntegrityError, DataError):
        own = {id(head): [head] for head in heads}
        for outcome in outcomes:
            if outcome.head is not None and id(outcome.head) in own:
                own[id(outcome.head)].append(outcome)
        for head in heads:
            _attempt(head, through, lambda o: _save_whole(through, own[id(o)]))


def _save_whole(through, rows):
    rows[0].record.save(force_insert=True)
    _store_parts(through, rows)


def _store_parts(through, rows):
    """Store the lines and links of records that are stored."""
    if through.lines is not None:
        through.lines.store(rows)
    links.store(rows, through.importer)


def _let_follow(outcomes):
    """Let rows be refused whose record PostgreSQL did not take."""
    for outcome in outcomes:
        if outcome.head and outcome.head.verdict == "refused" != outcome.verdict:
            outcome.verdict, outcome.reasons = "refused", outcome.head.reasons


def _hold(outcomes, importer):
    """Lock the records that are to be changed, and read them anew.

    Somebody may be writing others of their columns just now, of which derived ones
    are made too. What cannot be changed any more is refused.
    """
    rows = importer.changeable().filter(pk__in=[o.record.pk for o in outcomes])
    rows = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
    held = {record.pk: record for record in rows} if outcomes else {}
    for outcome in outcomes:
        outcome.record = held.get(outcome.record.pk)
        if outcome.record is None:
            outcome.verdict = "refused"
            outcome.reasons = [["", str(importer.not_changeable)]]


def _update(outcome, through):
    """Write what has changed, and the columns derived from it."""
    record = outcome.record
    outcome.before = written.before(record, outcome.changes)
    columns = outcome.changes.keys() - {*through.importer.linked}
    for name in columns:
        setattr(record, name, outcome.changes[name])
    derived = [f.name for f in record._meta.fields if isinstance(f, DerivedTextField)]
    fields = [*columns, *derived]

    def save(changed):
        changed.record.save(update_fields=fields)
        links.store([changed], through.importer)

    _attempt(outcome, through, save)


def _attempt(outcome, through, save):
    """Save one record; a refusal of the database becomes the row's reason."""
    try:
        with transaction.atomic():
            outcome.record.clean()
            save(outcome)
    except ValidationError as error:
        reasons = [["", message] for message in error.messages]
        outcome.verdict, outcome.reasons = "refused", reasons
    except (IntegrityError, DataError) as error:
        lines = through.importer.lines
        parts = (lines.model,) if lines else ()
        why = reason_of(error, through.importer.model, *parts)
        words = str(why or _("The database refuses this row."))
        outcome.verdict, outcome.reasons = "refused", [["", words]]


def _note(run, outcomes, noted, importer):
    """Count the rows; keep the refused ones, and which records the others are.

    Args:
        run: the import.
        outcomes: of a batch.
        noted: {number: row of the report}, made before anything was written.
        importer: of the import.
    """
    for outcome in outcomes:
        if outcome.verdict != "refused":
            count_columns(run.by_column, outcome, importer)
        setattr(run, outcome.verdict, getattr(run, outcome.verdict) + 1)
    RefusedRow.objects.bulk_create(
        RefusedRow(
            run=run,
            number=o.number,
            cells=o.cells,
            reasons=o.reasons,
            records=o.named,
        )
        for o in outcomes
        if o.verdict == "refused"
    )
    refused = {o.number for o in outcomes if o.verdict == "refused"}
    TakenRow.objects.bulk_create(
        row for number, row in noted.items() if number not in refused
    )
