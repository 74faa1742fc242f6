"""What files of a kind of record want beside what its form says of them."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from crm.imports.keys import Key


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

    user: Any
    form: Any
    ways: Any


def declared_by(model):
    """Return what the app of a kind declares of its files, None if it does not."""
    app = model.__module__.partition(".")[0]
    room = f"{app}.imports"
    if find_spec(room) is None:
        return None
    return getattr(import_module(room), f"{model.__name__}Import", None)
