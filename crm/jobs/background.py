"""How work for the background is declared: a function that does one slice of it.

    @background(_("Count the stars"), permission="sky.view_star")
    def count_stars(context, upto):
        place = context.place or 0
        …
        context.done, context.total = place + 1, upto
        return place + 1 if place + 1 < upto else None

The worker calls it again and again, each time in a transaction of its own, with the
`place` that it returned last; None is the end. What a slice wrote and where it got to
are stored together: nothing is lost and nothing done twice, whenever it is killed.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.module_loading import import_string
from django_tasks import task
from django_tasks.base import Task

#: So long what a version does not know is left to a newer one that is coming.
UPGRADE = timedelta(days=1)
#: {path: label} of all work that was declared, as far as it is loaded.
_declared = {}


@dataclass
class Context:
    """What a slice is told, and what it tells.

    Attributes:
        by: the person whose job it is, with the rights of this moment; None for the
            program itself.
        place: what the last slice returned, None at the beginning.
        done, total: how far the job is, for people to see.
        again: how often somebody had it done again.
        wait: for how long the next slice is to wait, while others have their turn.
    """

    by: Any
    place: Any
    done: int
    total: int
    again: int = 0
    wait: timedelta | None = None


class Trouble(Exception):
    """It cannot be done just now: the words are for people."""


def background(label, *, permission="", page="", tells_itself=False, needed=None):
    """Declare a function as work for the background.

    Args:
        label: what it is called, to be translated.
        permission: the right that whoever asked must hold while it is done.
        page: the name of the page that shows what becomes of it, if there is one; its
            `pk` is the work's, if the work has one.
        tells_itself: whether the work itself tells its person when it is done.
        needed: a function that says whether there is anything to do; where there is
            not, the clock lets a moment pass without a job.
    """

    def declare(function):
        function.label, function.permission = label, permission
        function.page, function.tells_itself = page, tells_itself
        function.needed = needed
        declared = task(takes_context=True)(function)
        _declared[declared.module_path] = label
        return declared

    return declare


def works():
    """Return [(path, label)] of the declared work: the choices of a column."""
    return sorted(_declared.items())


def work_of(path):
    """Return the declared work at a path, None if this version has none there."""
    try:
        found = import_string(path)
    except ImportError:
        return None
    return found if isinstance(found, Task) and hasattr(found.func, "label") else None


def label_of(path):
    """Return what the work at a path is called."""
    work = work_of(path)
    return str(work.func.label) if work else path
