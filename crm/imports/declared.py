"""What files of a kind of record want beside what its form says of them."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from crm.imports.keys import Key


@dataclass(frozen=True)
class Lines:
    """Rows below each other that tell of one record: it has a line of each.

    Columns name its values as parts of the row, with `prefix` before a field's name.

    Attributes:
        model: of the lines; one of its keys leads to the record.
        fields: of a line, the one first without which a row names no line.
        needed: those that a line must have.
        usual: {field: value} where no column names one.
        recognised_by: fields by which two rows are of one record, the surest first.
        complete: a function that takes {field: value} and fills what follows of it.
            It may raise a ValidationError of fields.
        refused: what is said of a row whose record is refused for `row`, a number.
        total: the field of the record that its lines add up to, if they do.
        amount_of: a function from {field: value} to what a line adds to that.
        fits: a function that takes {field: value} of a record that is well formed, and
            of a line. It may raise a ValidationError of the line's fields.
        stored: a function that takes the records whose lines were just stored.
        prefix: of the parts.
    """

    model: Any
    fields: tuple[str, ...]
    needed: tuple[str, ...]
    usual: dict[str, Any]
    recognised_by: tuple[tuple[str, ...], ...]
    complete: Callable
    refused: Any
    total: str = ""
    amount_of: Callable | None = None
    fits: Callable | None = None
    stored: Callable | None = None
    prefix: str = "line_"


@dataclass(frozen=True)
class Companion:
    """A record that a row names beside its own: a contact in the row of a customer.

    Columns name its values as parts of the row, with `prefix` before a field's name.

    Attributes:
        model: of it: a kind that comes in by itself, too.
        link: its relation to the record of the row.
        named: its field without which a row names none.
        prefix: of the parts.
    """

    model: Any
    link: str
    named: str
    prefix: str


class Import:
    """How files call the columns of a kind, and by what a row is one that we have.

    An app declares it in its room `imports` as `CustomerImport` for its model
    `Customer`; a kind that declares none comes in by what its form says. Its columns
    are the fields of its form. What is declared stands before the class that reads
    files (`system.imports.importer.Importer`): a method that an app defines anew
    calls the usual one by `super()`, and has its `user`, `form` and `ways`.
    """

    #: {field: "name name"}: further names of fields.
    names: dict[str, str] = {}
    #: {field: what stands between the texts of the several columns that may fill it}
    joined: dict[str, str] = {"remarks": "\n"}
    #: {field: {word: code}}: what people write for options.
    words: dict[str, dict[str, str]] = {}
    #: Words before a field's name that say nothing (客户电话).
    prefixes: tuple[str, ...] = ()
    #: By what a row is known to be there already, the surest first.
    keys: tuple[Key, ...] = ()
    #: Fields that the program fills; a file only names records by them.
    given: tuple[str, ...] = ()
    #: {field: the constraint that keeps it single}
    unique: dict[str, str] = {}
    #: {relation: by which fields the other record is named}
    lookups: dict[str, tuple[str, ...]] = {}
    #: {relation: the one within which it is named}: a contact of the customer.
    within: dict[str, str] = {}
    #: {name: (label, further names, the field it is a part of)} of what columns hold
    #: that is no field by itself.
    parts: dict[str, tuple] = {}
    #: {part: model} of those that name other business records.
    part_relations: dict = {}
    #: Fields that name several records in one cell.
    linked: tuple[str, ...] = ()
    #: {field: what to do if no column fills it}
    hints: dict = {}
    #: Whether new rows are compared with what is there beyond the keys.
    compares = False
    #: What further rows of one record say, of kinds that have lines.
    lines: Lines | None = None
    #: What a row names beside its record.
    companion: Companion | None = None

    user: Any
    form: Any
    ways: Any

    def after_storing(self, records: list) -> None:
        """Do what follows for new records of a slice, which are stored by now."""


def declared_by(model):
    """Return what the app of a kind declares of its files, None if it does not."""
    app = model.__module__.partition(".")[0]
    room = f"{app}.imports"
    if find_spec(room) is None:
        return None
    return getattr(import_module(room), f"{model.__name__}Import", None)
