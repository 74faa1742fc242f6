"""By what the rows of each labelled set are one thing, as kinds say it of theirs."""

import re

from crm.chinese.folding import folded
from crm.duplicates.traits import Alike, Trait, Within

#: A text that says that there is nothing.
NOTHING = frozenset(("", "-", "nan", "none", "null", "n/a"))


def said(row, *names):
    """Return what some columns say, as one text."""
    texts = (row.get(name, "").strip() for name in names)
    return " ".join(text for text in texts if text.lower() not in NOTHING)


def key_of(*names):
    """Return what has the folded text of some columns."""
    return lambda row: (folded(said(row, *names)),)


def equal(name, weight, against=0, *, family="", columns=(), finds=True):
    """Return a trait of columns that are equal."""
    columns = columns or (name,)
    of = key_of(*columns)
    return Trait(name, name, family or name, weight, of, columns, against, finds)


def alike(name, weight, least, against=0, *, kind=Alike, family="", columns=()):
    """Return a trait of columns that are alike."""
    columns = columns or (name,)
    of = key_of(*columns)
    return kind(
        f"{name} alike",
        name,
        family or name,
        weight,
        of,
        columns,
        against,
        False,
        least=least,
    )


def number(name, weight, against):
    """Return a trait of a number in a column, whatever stands beside it."""

    def of(row):
        found = re.search(r"\d+(?:\.\d+)?", said(row, name))
        return (f"{float(found[0]):g}",) if found else ()

    return Trait(f"{name} number", name, name, weight, of, (name,), against, False)


def both_names(row):
    """Return first name and surname in either order: some forms mix them up."""
    names = sorted(filter(None, (folded(said(row, n)) for n in PERSON_NAMES)))
    return (" ".join(names),) if len(names) > 1 else ()


PERSON_NAMES = ("given_name", "surname")
ADDRESS = ("street_number", "address_1")
#: Febrl: persons with mistyped, missing and exchanged fields.
PERSONS = (
    equal("soc_sec_id", 92, family="id"),
    alike("soc_sec_id", 45, 0.5, family="id"),
    equal("date_of_birth", 48, family="birth"),
    alike("date_of_birth", 16, 0.6, family="birth"),
    Trait("names", "names", "name", 55, both_names, PERSON_NAMES),
    equal("surname", 24, family="name"),
    equal("given_name", 18, family="first"),
    alike("surname", 22, 0.5, family="name"),
    alike("given_name", 14, 0.5, family="first"),
    equal("street", 45, family="street", columns=ADDRESS),
    alike("address_1", 24, 0.6, family="street"),
    equal("address_2", 24),
    equal("suburb", 14, family="place"),
    equal("postcode", 12, family="post"),
)
#: Beers of two catalogues: one writes the brewery before the name, the other does not.
BEERS = (
    alike("Beer_Name", 54, 0.8, 55, kind=Within, family="name"),
    alike("Beer_Name", 38, 0.6, 25, family="name"),
    alike("Brew_Factory_Name", 25, 0.5, 5),
    number("ABV", 41, 20),
    alike("Style", 10, 0.6),
)
#: Songs of two shops.
SONGS = (
    alike("Song_Name", 70, 0.65, 20),
    alike("Song_Name", 40, 0.92, kind=Within, family="whole name"),
    alike("Artist_Name", 30, 0.7),
    alike("Album_Name", 40, 0.6, 40),
    equal("Time", 40, 45),
    equal("Price", 6),
)


def traits_of(columns):
    """Return the traits of a set by its columns; of one nobody knows, usual ones."""
    known = set(columns)
    for traits in (PERSONS, BEERS, SONGS):
        if {name for trait in traits for name in trait.fields} <= known:
            return traits
    first, *others = columns
    return (
        alike(first, 62, 0.7, 40),
        *(alike(name, 30, 0.7, 15) for name in others[:3]),
        *(equal(name, 20) for name in others[3:]),
    )
