"""Putting several reports into the books: those first that others refer to."""

from importlib import import_module

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from system.inbox.reports import Report


def register_all(reports, by):
    """Register records, those that others refer to first.

    Returns:
        (reports registered, [(report, why not)]).
    """
    done, refused, left = [], [], list(reports)
    while left:
        keys = {report.key for report in done}
        ready = [r for r in left if not _waits(r, keys)]
        if not ready:
            return done, refused + [(r, _first(r, keys)) for r in left]
        for report in ready:
            left.remove(report)
            try:
                with transaction.atomic():
                    verbs_of(report.record).register(report.record, by=by)
            except ValidationError as error:
                refused.append((report, error))
            else:
                done.append(report)
    return done, refused


def verbs_of(record):
    """Return what has the verbs of the inbox for a record: its kind's module, or it.

    Each takes the record first, and `by`.
    """
    return import_module(record.inbox_verbs) if record.inbox_verbs else type(record)


def _waits(report, done):
    """Return the records that must be registered before this one."""
    return [record for record in report.awaited if Report(record).key not in done]


def _first(report, done):
    target = _waits(report, done)[0]
    return ValidationError(
        _("“%(record)s” refers to “%(target)s”, which must be registered first.")
        % {"record": report.record, "target": target},
        code="waits",
    )
