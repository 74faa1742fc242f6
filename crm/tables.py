"""Lists: django-tables2 says which columns there are and how they sort; the cells
are drawn by the list template from plain tuples, several times quicker."""

import django_tables2 as tables
from django.utils.html import format_html

from crm.display import reader
from crm.models.record import Registration
from crm.paging import Order


class Line:
    """One row as the list template draws it: cells are (attributes, text).

    `mark` says how far a record is that does not stand in the books yet.
    """

    __slots__ = ("cells", "mark", "pk", "record", "url")

    def __init__(self, record, cells, url, mark=""):
        self.record, self.cells, self.mark = record, cells, mark
        self.pk, self.url = record.pk, url


class RecordTable(tables.Table):
    """Columns of a record list. The first one links to the record.

    A method `render_<column>(record)` says what a cell shows where the field's own
    text won't do, `value_<column>(record)` what an export writes instead.
    Columns named in `folded` are shown only when chosen; those in `numeric` are
    aligned right. `default_sort` is the order of a list nobody has sorted.
    """

    folded = ()
    numeric = ()
    default_sort = "-created_at"

    def __init__(self, *args, chosen=(), **options):
        """Take the names of the columns to show; none means the usual ones."""
        self.chosen = frozenset(chosen)
        super().__init__(*args, **options)

    @property
    def shown(self):
        """The columns that are drawn."""
        return [c for c in self.columns if self.shows(c.name)]

    def show_all(self):
        """Draw every column there is."""
        self.chosen = frozenset(self.columns.names())

    def shows(self, name):
        """Say whether a column is drawn."""
        return name in self.chosen if self.chosen else name not in self.folded

    def lines(self, records):
        """Yield a `Line` for each of the records of a page."""
        readers = [(self._attributes(c), self.cell(c.name)) for c in self.shown]
        marks = {
            state.value: str(state.label)
            for state in (Registration.REPORTED, Registration.RETURNED)
        }
        for record in records:
            cells = [(attrs, read(record)) for attrs, read in readers]
            mark = marks.get(getattr(record, "registration", ""), "")
            yield Line(record, cells, self.leads_to(record), mark)

    def leads_to(self, record):
        """Return the address that the first column links to, or None."""
        return record.get_absolute_url()

    def _attributes(self, column):
        """Return the attributes of a column's cells, made once for all its rows."""
        number = " number" if column.name in self.numeric else ""
        return format_html(
            ' data-label="{}" class="col-{}{}"', column.header, column.name, number
        )

    def cell(self, name):
        """Return the function from a record to the text of its cell."""
        own = getattr(self, f"render_{name}", None)
        return own or reader(self._meta.model, str(self.columns[name].accessor))

    def exported(self, name):
        """Return the function from a record to what an export writes."""
        return getattr(self, f"value_{name}", None) or self.cell(name)

    def ordering(self, sort):
        """Return the Order of a `sort` value, None if there is none.

        Rows without a value come last both ways, equal ones in a fixed order.
        """
        name = sort.removeprefix("-")
        if name not in self.columns.names() or not self.columns[name].orderable:
            return None
        path = str(self.columns[name].order_by[0]).lstrip("-").replace(".", "__")
        model = self._meta.model
        return Order(model, self._sort_path(path), down=sort.startswith("-"))

    def hold_long(self):
        """Offer only the orders in which a long list can be shown."""
        for column in self.columns:
            if column.orderable and not self.ordering(column.name).walked:
                column.column.orderable = False

    def _sort_path(self, path):
        """Sort a relation by what a reader sees of it, not by its id."""
        model, names = self._meta.model, path.split("__")
        for name in names:
            if name == "pk":
                return path
            model = model._meta.get_field(name).related_model
        return f"{path}__{model.sort_field}" if model else path
