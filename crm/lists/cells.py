"""What stands in the cells of a list: drawn from the fields, where they lead to."""

from functools import cache
from html import escape

import django_tables2 as tables
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.display import reader
from crm.lists.columns import accessors, labels_of, numbers_of
from crm.lists.links import address_of, leading, linked
from crm.models.record import Registration
from crm.related import is_named, relations

PLAIN = '<td data-label="{}">'
NUMBER = '<td data-label="{}" class="number">'
AWAITING = (Registration.REPORTED, Registration.RETURNED)
#: How much of a long text a cell shows.
GIST = 30
MARK = '<span class="pill pill-warn">{}</span> '
#: The box that chooses a row, written as short as HTML allows: every row has one.
TICK = (
    "<td class=select-cell><input type=checkbox name=ids value=# form=bulk"
    " aria-label=%s>"
)


class Line:
    """One row as the list template draws it: `cells` are its <td>s as HTML."""

    __slots__ = ("cells", "pk", "record")

    def __init__(self, record, cells):
        self.record, self.pk, self.cells = record, record.pk, cells


class Cells(tables.Table):
    """The cells of a table: `lines` are drawn, `exported` is what a file gets."""

    def lines(self, records):
        """Yield a `Line` for each of the records of a page.

        A cell is drawn by Python: two hundred and more of them take a template as
        long as all the rest of the page. None is closed: HTML lets the next one do
        that, and a page has hundreds.
        """
        cell_starts = _cell_starts(type(self), get_language())
        first, *others = (column.name for column in self.shown)
        reads = [self.cell(first), *map(self.drawn, others)]
        cell_starts = [cell_starts[name] for name in others]
        drawn = ((one, [escaped(read(one)) for read in reads]) for one in records)
        tick = TICK % _("Select").replace(" ", "&#32;") if self.is_ticked else ""
        for record, (title, *values), reasons in self._marked([first, *others], drawn):
            cells = [tick and tick.replace("#", str(record.pk))]
            cells.append(self._title(record, title, reasons))
            for value, cell_start in zip(values, cell_starts, strict=True):
                cells.append(f"{cell_start}{value}" if value else "<td>")
            yield Line(record, SafeString("".join(cells)))

    def _marked(self, names, rows):
        """Yield (record, its cells, why it was found) with all hits marked."""
        if not self.hits:
            return ((record, values, "") for record, values in rows)
        found = self.hits.shown((record, names, values) for record, values in rows)
        return ((row.record, row.values, row.reasons_html) for row in found)

    def _title(self, record, title, reasons):
        """Return the cell that names the record and leads to it."""
        url, mark = self.leads_to(record), ""
        if self.is_marked(record):
            mark = format_html(MARK, capfirst(str(record.get_registration_display())))
        if not url:
            return f"<td>{title}{reasons}"
        link = f'<a class="row-link" href="{url}">{title}</a>'
        return f"<td>{mark}{link}{reasons}"

    def is_marked(self, record):
        """Say whether the row tells that it is not in the books, and how it stands."""
        return getattr(record, "registration", None) in AWAITING

    def leads_to(self, record):
        """Return the address that the first column links to, or None."""
        return f"{self._address}{record.pk}/"

    @cached_property
    def _address(self):
        """What the addresses of all records of the list start with."""
        return address_of(self._meta.model)

    def drawn(self, name):
        """Return the function from a record to the HTML of its cell, with its link."""
        path = accessors(type(self))[name]
        if hasattr(self, f"render_{name}"):
            return self.cell(name)
        leads = leading(self.user, self.seen_ids)
        return linked(self._meta.model, path, self.cell(name), leads)

    def cell(self, name):
        """Return the function from a record to the text of its cell."""
        own = getattr(self, f"render_{name}", None)
        if name in self.shortened:
            return lambda record: gist(getattr(record, name))
        path, model = accessors(type(self))[name], self._meta.model
        if model is None:  # a list of several kinds, which draws all cells itself
            return own
        read = own or reader(model, path)
        if path not in relations(model) or path in model.names_along:
            return read
        return lambda record: read(record) if self.tells(record, path) else ""

    def tells(self, record, relation):
        """Say whether the reader may know whom a relation of a record leads to."""
        return is_named(record, relation, self.seen_ids)

    def exported(self, name):
        """Return the function from a record to what an export writes."""
        if name in self.shortened:
            return lambda record: getattr(record, name)
        return getattr(self, f"value_{name}", None) or self.cell(name)


@cache
def _cell_starts(table_class, language):
    """Return {name: start of a cell}; on a phone the label it names is drawn."""
    return {
        name: format_html(NUMBER if name in numbers_of(table_class) else PLAIN, label)
        for name, label in labels_of(table_class, language).items()
    }


def gist(text):
    """Return the beginning of a long text."""
    return Truncator(text).chars(GIST)


def escaped(value):
    """Return a value as HTML; what is HTML already stays as it is."""
    if type(value) is str and value.isalnum():
        return value  # most cells hold no sign at all, in Chinese neither
    return value if hasattr(value, "__html__") else escape(str(value))
