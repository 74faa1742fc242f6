"""Work for the background that tests ask for: it counts, stumbles, waits to be killed.

What it has done stands in rows of notices, one for each slice.
"""

import os
import signal
import time
from pathlib import Path

from django.core.exceptions import ValidationError

from crm.duplicates import matching, moving, scan
from crm.duplicates import work as merge_work
from crm.jobs.background import background
from crm.notices.models import Notice
from system.imports import running, work


@background("Count")
def count(context, upto, person, pause=0.0):
    """Note one number for each slice."""
    number = context.place or 0
    Notice.objects.create(
        person_id=person, verb="counted", subject_label="jobs.job", number=number
    )
    time.sleep(pause)
    context.done, context.total = number + 1, upto
    return number + 1 if number + 1 < upto else None


@background("Count, and die on the way")
def count_dying(context, upto, person, notes):
    """Note one number for each slice; be killed once before and once after each."""
    number = context.place or 0
    _die_once(Path(notes) / f"{number} before")
    place = count.call(context, upto=upto, person=person)
    _die_once(Path(notes) / f"{number} after")
    return place


@background("Import, and die on the way", page="import_detail", tells_itself=True)
def import_dying(context, pk, size, notes):
    """Import so many rows a slice; be killed once before and once after each."""
    running.SLICE = size
    _die_once(Path(notes) / f"{context.place} before")
    place = work.bring_in.call(context, pk=pk)
    _die_once(Path(notes) / f"{context.place} after")
    return place


@background("Look for duplicates, and die on the way")
def scan_dying(context, size, notes):
    """Look at so many rows a slice; be killed once before and once after each look."""

    def look(model, pks, **options):
        _die_once(Path(notes) / f"{pks[0]} before")
        found = matching.look_at_rows(model, pks, **options)
        _die_once(Path(notes) / f"{pks[0]} after")
        return found

    scan.AT_ONCE, scan.look_at_rows = size, look
    return scan.scan.call(context, everything=True)


@background("Merge, and die on the way")
def merge_dying(context, notes, **given):
    """Move two rows at once; be killed once after each of the first two moves."""
    moving.AT_ONCE = 2

    def advance(context, number):
        context.done += number
        if context.done <= 3:
            _die_once(Path(notes) / str(context.done))

    merge_work._advance = advance
    return merge_work.carry_out.call(context, **given)


def _die_once(note):
    if not note.exists():
        note.touch()
        os.kill(os.getpid(), signal.SIGKILL)


@background("Look at customers", permission="customers.export_customer")
def look(context):
    """Do what takes a right."""
    context.done = context.total = 1


@background("Stumble")
def stumble(context):
    """Meet a fault each time."""
    raise RuntimeError("secret detail")


@background("Refuse")
def refuse(context):
    """Say why not."""
    raise ValidationError("今天不行。")


def counted():
    """Return the numbers that were noted, in their order."""
    rows = Notice.objects.filter(verb="counted").order_by("pk")
    return list(rows.values_list("number", flat=True))
