"""What a file that was read is taken for: its sheet, its header, its columns."""

import time
from itertools import islice

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, override

from crm.imports.headers import by_content, covered, header_row, matched
from crm.text import single_line
from system.imports import reading
from system.imports.importers import importer_of
from system.models import ImportRun

#: Rows in which the header and the width of the table are looked for.
FIRST_ROWS = 50
#: Sheets among which the one to import is looked for.
MOST_SHEETS = 5
#: What was said of a file that holds for the next one with the same columns.
REMEMBERED = ("mapping", "values")
#: What a file of refused rows has beside the columns of the file they come from.
ADDED_TO_REFUSED = (gettext_lazy("Row in the file"), gettext_lazy("Reason of refusal"))


def read(run, choices=None, header=None):
    """Read the file of an import, and note on it what its columns are.

    Args:
        run: the import, whose file is stored.
        choices: of encoding, delimiter, quotes and sheet, by a person.
        header: the number of the header row by a person, 0 for none.

    Raises:
        ValidationError: the file is no table.
    """
    begun = time.monotonic()
    run.said = reading.parse(run.sha256, choices)
    recognise(run, header)
    sheets = run.said.get("sheets", ())[1:MOST_SHEETS]
    if choices or header is not None or not sheets or _complete(run):
        return
    first, best = run.said, (len(run.mapping), run.said)
    for sheet in sheets:
        left = reading.SECONDS - (time.monotonic() - begun)
        try:
            run.said = reading.parse(run.sha256, {"sheet": sheet}, left)
        except ValidationError as error:
            if error.code != "slow":
                raise
            break
        recognise(run)
        if _complete(run):
            return
        best = max(best, (len(run.mapping), run.said), key=lambda pair: pair[0])
    run.said = best[1] if best[0] > 1 else first
    recognise(run)


def recognise(run, header=None):
    """Note the header row of an import, its columns and what they fill."""
    importer = importer_of(run.kind)(run.user)
    first = first_rows(run)
    number, cells = header_row(first, importer.targets, importer.prefixes)
    if header is not None:
        number, cells = header, dict(first).get(header, [])
    headers = _headers(run, cells)
    widest = max(len(cells) for _number, cells in first)
    run.columns = headers + [""] * (widest - len(headers))
    found = matched(headers, importer.targets, importer.prefixes)
    found = importer.refined(found, headers)
    if not number:
        found = by_content(first, importer.targets)
    run.header_row = number
    run.mapping = {str(column): name for column, name in found.items()}
    remember(run, importer)
    above = [row for row, _cells in first if row <= number]
    run.said["below"] = run.said["rows"] - len(above)
    run.said["passed"] = len(above) - bool(number)


def _headers(run, cells):
    """Return the names of the columns; of a card what a contact's fields are called.

    An address book has no row of names: its parser gives it words of its own.
    """
    found = [single_line(reading.shown(cell))[:100] for cell in cells]
    if run.said.get("format") != "cards":
        return found
    contacts = importer_of("customers.contact")(run.user)
    fields = matched(found, contacts.targets, contacts.prefixes)
    return [
        capfirst(contacts.label(fields[place])) if place in fields else name
        for place, name in enumerate(found)
    ]


def remember(run, importer):
    """Take the columns as this person took them in the last file with the same."""
    alike = ImportRun.objects.filter(
        user=run.user,
        kind=run.kind,
        columns__in=_same_layout(run.columns),
        header_row__gt=0,
        decisions__gt=0,
    ).exclude(state=ImportRun.State.UPLOADED)
    last = alike.exclude(pk=run.pk).order_by("-pk").first()
    offered = {target.name for target in importer.targets}
    if last is not None and offered.issuperset(last.mapping.values()):
        for name in REMEMBERED:
            setattr(run, name, getattr(last, name))
        run.said["remembered"] = True


def _same_layout(columns):
    """Return the lists of columns that are the same layout as one.

    Refused rows, to be corrected, are the same file as that which they come from: in
    whichever language it was fetched.
    """
    added = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            added.append([str(title) for title in ADDED_TO_REFUSED])
    own = columns[:-2] if columns[-2:] in added else columns
    return [own, *(own + more for more in added)]


def first_rows(run):
    """Return the (number, cells) among which a header may stand."""
    return list(islice(reading.rows(run), FIRST_ROWS))


def lines(run, more=3):
    """Return [(number, cells)] of the rows down to some below the header."""
    last = run.header_row
    before = [row for row in first_rows(run) if row[0] <= last]
    if run.said.get("format") == "cards" and before:
        before[-1] = before[-1][0], run.columns
    return before + list(islice(reading.rows(run, last), more))


def _complete(run):
    """Say whether rows have all that a record cannot do without."""
    targets = importer_of(run.kind)(run.user).targets
    required = {target.name for target in targets if target.required}
    filled = covered(run.mapping.values(), targets)
    return bool(run.header_row and run.total) and required <= filled
