"""Indexes that lists walk: rows in an order, with what tells who may see them."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import F, Index, Q

from crm.models.registration import BOOKS, Registration
from crm.models.searching import READINGS
from crm.queries.search import Grams, InSample

LIVE = Q(deleted_at=None)


def list_index(name, *columns, people=("owner",)):
    """Return the index of a list in the order of some columns, last of all the id.

    It holds whose row it is and whether it stands in the books, so that PostgreSQL
    passes over rows, and counts them, without reading the table.

    Args:
        name: of the index, at most 30 letters.
        columns: names of columns: what is looked for first, then the order.
        people: the columns of the people whose row it is.
    """
    include = [p for p in (*people, "registration") if p not in columns]
    return Index(fields=(*columns, "id"), name=name, condition=LIVE, include=include)


def choice_index(name, person, *columns):
    """Return the index of what one person's rows, or a few persons', are like.

    Lists of a wide reach walk their order and meet soon what the conditions select. Who
    sees few rows would walk for long: there PostgreSQL reads these people's part of
    this index, whatever the conditions are, and of the table only what they select.

    Args:
        name: of the index, at most 30 letters.
        person: the column of whose row it is.
        columns: names of columns that conditions name, the most usual ones first.
    """
    order = ("created_at", "id")
    return Index(
        fields=(person, *columns, *order),
        name=name,
        condition=LIVE,
        include=("registration",),
    )


def elsewhere_index(name):
    """Return the index of somebody's rows at customers of other people: they are few.

    Args:
        name: of the index, at most 30 letters.
    """
    return Index(
        fields=("owner",),
        name=name,
        condition=LIVE & ~Q(owner=F("customer_owner")),
        include=("customer",),
    )


def report_indexes(name, people=("owner",)):
    """Return the indexes of what is not in the books yet; `name` starts theirs.

    By those who brought it and, of what waits to be registered, by age.
    """
    awaited = LIVE & Q(registration=Registration.REPORTED)
    return (
        *(
            Index(fields=(column,), name=f"{name}_{short}", condition=~BOOKS)
            for column, short in (("reporter", "reported"), ("entered_by", "typed"))
        ),
        Index(
            fields=("created_at", "id"),
            name=f"{name}_awaited",
            condition=awaited,
            include=people,
        ),
    )


def bin_index(name, people=("owner",)):
    """Return the index of the recycle bin: what was deleted, the latest at one end."""
    return Index(
        fields=("deleted_at", "id"),
        name=f"{name}_deleted",
        condition=Q(deleted_at__isnull=False),
        include=(*people, "registration"),
    )


def search_indexes(name):
    """Return the indexes of what is kept to be searched; `name` starts theirs.

    Of the texts by their signs, of the letters by three in a row, and of the readings
    of names by two: two initials are what people type first.
    """
    return tuple(
        GinIndex(what, name=f"{name}_{short}") for short, what in _searched_by().items()
    )


def sample_indexes(name):
    """Return the same indexes of the rows `InSample` (`crm.queries.paging`)."""
    return tuple(
        GinIndex(what, name=f"{name}_{short}_sample", condition=Q(InSample("id")))
        for short, what in _searched_by().items()
    )


def _searched_by():
    return {
        "text": Grams("search_text"),
        "pinyin": OpClass("search_pinyin", name="gin_trgm_ops"),
        "pairs": Grams(READINGS),
    }
