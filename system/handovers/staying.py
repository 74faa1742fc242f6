"""What does not change hands: what is being approved, and what waits for the leaver.

Of both: which records, and whom they wait for.
"""

from crm.approval.deciding import flow_of, turns_of_everybody
from crm.approval.progress import progress_of, rounds_shown
from crm.queries.figures import counts
from system.leaving.lines import lines

#: Records that are named; of the others the number is told.
NAMED = 10


def staying_with(person, reader):
    """Return [{label, number, records}] of what stays with a person for now.

    `records` are the first of them: {record, people}; the record is None where the
    reader does not see it, `people` are the names of those whom it waits for.

    Args:
        person: the leaver.
        reader: who is told of it.
    """
    asked = [
        (line, line.rows(person).exclude(line.model.open_to("transfer")))
        for line in lines()
        if line.model is not None and line.model.open_to("transfer")
    ]
    numbers = counts(person, [rows for _line, rows in asked])
    return [
        {"label": line.label, "number": number, "records": _named(rows, reader)}
        for (line, rows), number in zip(asked, numbers, strict=True)
        if number
    ]


def awaiting(person, reader):
    """Return [{label, number, records}] of what waits for a person's decision.

    `records` are as `staying_with` has them, their `people` those who are asked once
    the person works here no longer: a deputy, the heads above, the last resort.

    Args:
        person: the leaver.
        reader: who is told of it.
    """
    found = []
    for flow, turns in turns_of_everybody(reader):
        if ids := set(turns.get(person.pk, {}).values()):
            approvers = flow.approvers()
            approvers.able.pop(person.pk, None)
            rows = flow.model.objects.filter(pk__in=ids).order_by("pk")
            label = flow.model._meta.verbose_name_plural
            records = _named(rows, reader, approvers)
            found.append({"label": label, "number": len(ids), "records": records})
    return found


def _named(rows, reader, approvers=None):
    flow = flow_of(rows.model)
    if flow is not None:
        rows = rows.select_related("owner__department")
        rows = rows.prefetch_related(*rounds_shown(flow))
    records = list(rows[:NAMED])
    seen = rows.model.objects.visible_to(reader).filter(pk__in=[r.pk for r in records])
    seen = set(seen.order_by().values_list("pk", flat=True))
    approvers = approvers or (flow and flow.approvers())
    return [
        {
            "record": record if record.pk in seen else None,
            "people": _waits_for(flow, record, reader, approvers) if flow else [],
        }
        for record in records
    ]


def _waits_for(flow, record, reader, approvers):
    """Return the names of those whose decision a record waits for."""
    turn = progress_of(flow, record, reader, approvers).turn
    return turn.people if turn else []
