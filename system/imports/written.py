"""What an import has written: which records, and what stood there before."""

from typing import Any, NamedTuple

from system.models import WrittenRow


class Before(NamedTuple):
    """A record as an update found it: its version, {column: value} it writes over."""

    version: int
    values: dict[str, Any]


def note(run, model, entries):
    """Remember what was written, in the transaction that did it.

    Args:
        run: the import.
        model: the kind of the records.
        entries: [(row of the file, id, what `before` returned)]; of a new record the
            last is None. Of one that is written once more what stood there first is
            kept, and its version where somebody has touched it between two slices:
            it was merged with an older one, or a person has written to it.
    """
    ids = [pk for _number, pk, _before in entries]
    versions = dict(
        model.everything.filter(pk__in=ids).order_by().values_list("pk", "version")
    )
    changed = [pk for _number, pk, before in entries if before is not None]
    label = model._meta.label_lower
    known = run.written.filter(label=label, record_id__in=changed)
    known = {row.record_id: row for row in known} if changed else {}
    again, fresh = set(known), {}
    for number, pk, before in entries:
        row = known.get(pk) or fresh.setdefault(
            pk,
            WrittenRow(
                run=run,
                number=number,
                label=label,
                record_id=pk,
                is_new=before is None,
            ),
        )
        values = before.values if before else {}
        row.before = {**values, **row.before, **_links(row.before, values)}
        if row.version is None or before is None or before.version == row.version:
            row.version = versions[pk]
    WrittenRow.objects.bulk_create(fresh.values())
    WrittenRow.objects.bulk_update([known[pk] for pk in again], ["before", "version"])


def before(record, changes):
    """Return what an update is about to write over; of links the ids that it adds.

    Args:
        record: as it is now, locked.
        changes: {field: value} of the update.
    """
    found = {}
    for field in map(record._meta.get_field, changes):
        if field.many_to_many:
            found[field.name] = [row.pk for row in changes[field.name]]
        else:
            found[field.name] = getattr(record, field.attname)
    return Before(record.version, found)


def _links(first, before):
    """Return the links that two rows of a file have added to one record."""
    both = first.keys() & before.keys()
    lists = [name for name in both if isinstance(first[name], list)]
    return {name: [*first[name], *before[name]] for name in lists}
