"""What two writings of one customer have in common, as indexes hold it.

A file of thousands of rows asks for all of its names and telephones at once. What the
indexes find is a little more than what is the same
(`crm.chinese.folding.same_name`): legal forms at the end of a name are cut without a
look at what stands before them.
"""

import re

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection
from django.db.models import F, Func, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, NullIf

from crm.chinese.folding.names import LEGAL_ENDS
from crm.models.indexes import LIVE
from crm.queries.search import Part

#: A legal form, or several, at the end of a folded name.
_ENDS = f"(?:{'|'.join(sorted(LEGAL_ENDS))})+$"
_END = re.compile(_ENDS)
#: A look-up by index for each text that is wanted. PostgreSQL cannot know how few rows
#: share one, and would read the whole table for all of them at once.
_SHARING = (
    "SELECT DISTINCT customers_customer.id FROM unnest(%s::text[]) AS wanted (text)"
    " JOIN customers_customer ON deleted_at IS NULL AND {trait} @> ARRAY[{key}]"
    " LIMIT %s"
)


class Names(Func):
    """What a customer is called, without legal forms: name and short name."""

    template = "array_remove(ARRAY[%(expressions)s], '')"
    output_field = ArrayField(TextField())

    def __init__(self, *sources):
        """Take the two names, those of a row unless others are given."""
        short = Part(Part("search_text", 2), 1, " ")
        super().__init__(*(sources or (core(F("name_key")), core(short))))


class Numbers(Func):
    """The telephones of a customer, each as `crm.chinese.folding.telephones` has it."""

    function = "string_to_array"
    output_field = ArrayField(TextField())

    def __init__(self, *sources):
        """Take the text and what stands between, those of a row if none are given."""
        super().__init__(*(sources or (Part("search_pinyin", 4), Value(" "))))


def core(name):
    """Return a folded name without its legal form; one that is nothing else stays."""
    cut = Func(name, Value(_ENDS), Value(""), function="regexp_replace")
    return Coalesce(NullIf(cut, Value("")), name, output_field=TextField())


def core_of(text):
    """Return what `core` makes of a folded name."""
    return _END.sub("", text) or text


def trait_indexes():
    """Return the indexes by which what is the same is found."""
    return (
        GinIndex(Names(), name="customer_names", condition=LIVE),
        GinIndex(Numbers(), name="customer_numbers", condition=LIVE),
    )


def sharing(rows, trait, texts, *, whole=True, most=None):
    """Return the ids of the customers that share one of some texts.

    Args:
        rows: a queryset of customers.
        trait: `Names` or `Numbers`.
        texts: folded names, or telephones.
        whole: whether names may end in a legal form; else they are all without.
        most: so many ids at most, any of them.
    """
    key = RawSQL("wanted.text", (), TextField())
    key = core(key) if trait is Names and whole else key
    query = rows.order_by().query
    compiler = query.get_compiler(connection=connection)
    parts = [compiler.compile(p.resolve_expression(query)) for p in (trait(), key)]
    (trait_sql, trait_values), (key_sql, key_values) = parts
    statement = _SHARING.format(trait=trait_sql, key=key_sql)
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(texts), *trait_values, *key_values, most])
        return {pk for (pk,) in cursor.fetchall()}
