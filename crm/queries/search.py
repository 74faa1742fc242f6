"""Search by any part of a text: GIN over its 1- and 2-grams, since pg_trgm needs
three characters and the usual Chinese search word has two, as two initials have."""

from itertools import pairwise

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    CharField,
    F,
    Func,
    Lookup,
    Q,
    TextField,
    Value,
)
from django.db.models.lookups import IsNull

#: What stands between the fields in a column of several.
BETWEEN = "\t"
#: As many letters have a trigram.
TRIGRAM = 3


class Grams(Func):
    """The grams of a text column, for an index expression.

    All pairs of neighbouring characters, and Chinese characters by themselves.
    """

    function = "crm_grams"
    arity = 1
    output_field = ArrayField(TextField())


class Bigrams(Func):
    """The pairs alone: what migrations made the first indexes of."""

    function = "crm_bigrams"
    arity = 1
    output_field = ArrayField(TextField())


class InSample(Func):
    """Whether a row is one of the one in sixteen that a hash of its id chooses.

    Nothing that is written in rows follows the hash: what very many of these rows have,
    very many of all have.
    """

    template = "((hashint8(%(expressions)s) & 15) = 0)"
    arity = 1
    output_field = BooleanField()


class Part(Func):
    """One of the fields that stand in a column, counted from 1."""

    function = "split_part"
    output_field = TextField()

    def __init__(self, column, place, between=BETWEEN):
        """Take the column, or an expression, and the place of the field in it."""
        super().__init__(column, Value(between), Value(place))


def seems_frequent(word):
    """Say whether PostgreSQL takes a word to be far more frequent than it is.

    It multiplies how frequent its pairs are, each different one once: of 8888 it knows
    that 88 is frequent. It would walk an order to meet rows that nowhere are.
    """
    pairs = [*pairwise(word)]
    return len(pairs) > len({*pairs})


def holds(text, word):
    """Return the condition "the text has the word in it", looked up row by row.

    Args:
        text: an expression, or the name of a column.
        word: what is looked for.
    """
    return Q(Holds(F(text) if isinstance(text, str) else text, word))


class Holds(Lookup):
    """What `holds` asks."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        """Return `strpos(text, word) <> 0`."""
        text, params = self.process_lhs(compiler, connection)
        return f"strpos({text}, %s) <> 0", [*params, self.rhs]


@CharField.register_lookup
@TextField.register_lookup
class HasPart(Lookup):
    """`column__has_part="科技"`: the folded column contains the folded text, by index.

    One letter that is not Chinese has no gram and is looked for along the sort
    order instead. The text itself is looked for first: where PostgreSQL walks along
    an order, that is quicker than taking grams. And it is asked for in a way that
    PostgreSQL takes to be always true: of the grams it knows how frequent they are,
    and what it would guess of a pattern beside them makes frequent words look rare.
    """

    lookup_name = "has_part"
    prepare_rhs = False
    #: What is asked: the text itself, the grams of the index, or both.
    asks: tuple[str, ...] = ("text", "grams")

    def as_sql(self, compiler, connection):
        """Return `strpos(column, text) <> 0 AND grams @> grams`."""
        column, params = self.process_lhs(compiler, connection)
        grams = [a + b for a, b in pairwise(self.rhs)]
        if len(self.rhs) == 1 and not self.rhs.isascii():
            grams = [self.rhs]
        if not grams and self.asks == ("grams",):
            return "TRUE", []
        if not grams:
            return _like(column, params, self.rhs, connection)
        # Not the characters of each pair too: PostgreSQL takes each gram that is
        # asked for to be as rare beside the others as it is by itself.
        ways = {
            "text": (f"strpos({column}, %s) <> 0", self.rhs),
            "grams": (f"crm_grams({column}) @> %s::text[]", grams),
        }
        asked = [ways[name] for name in self.asks]
        sql = " AND ".join(way for way, _value in asked)
        values = [one for _way, value in asked for one in (*params, value)]
        return f"({sql})", values


@TextField.register_lookup
class Spells(Lookup):
    """`column__spells="hxkj"`: the letters contain the word, by index.

    Two letters have no trigram: they are looked for in the first field, the readings
    of the names, whose pairs have an index of their own.
    """

    lookup_name = "spells"
    prepare_rhs = False
    part = HasPart

    def as_sql(self, compiler, connection):
        """Return `column LIKE pattern`, for two letters what `has_part` returns."""
        if len(self.rhs) == TRIGRAM - 1:
            names = self.part(Part(self.lhs, 1), self.rhs)
            return compiler.compile(names)
        column, params = self.process_lhs(compiler, connection)
        if self.part is HasPartInText:
            return f"strpos({column}, %s) <> 0", [*params, self.rhs]
        return _like(column, params, self.rhs, connection)


def _like(column, params, text, connection):
    """Return `column LIKE pattern`."""
    pattern = f"%{connection.ops.prep_for_like_query(text)}%"
    return f"{column} LIKE %s", [*params, pattern]


@CharField.register_lookup
@TextField.register_lookup
class HasPartInText(HasPart):
    """What `has_part` asks of the text itself."""

    lookup_name = "has_part_in_text"
    asks = ("text",)


@CharField.register_lookup
@TextField.register_lookup
class HasPartInGrams(HasPart):
    """What `has_part` asks of the index."""

    lookup_name = "has_part_in_grams"
    asks = ("grams",)


@TextField.register_lookup
class SpellsInText(Spells):
    """What `spells` asks of the text itself."""

    lookup_name = "spells_in_text"
    part = HasPartInText


@TextField.register_lookup
class SpellsInGrams(Spells):
    """What `spells` asks of the index."""

    lookup_name = "spells_in_grams"
    part = HasPartInGrams


#: What a condition becomes that asks for the text alone, or for the index alone.
_ALONE = {
    place: {name: f"{name}_in_{place}" for name in ("has_part", "spells")}
    for place in ("text", "grams")
}


def parted(condition):
    """Return the same condition, asked of the index as a whole and then of the texts.

    Of several alternatives that each ask both, PostgreSQL finds the rows by index and
    then takes the grams of every one of them again: a hundred microseconds a row.
    Asked of the index alone, by themselves, they are known to be true of what it found.

    Where one alternative is a question to another table no index finds the rows, and
    the texts alone are asked.

    Args:
        condition: a Q without negations, as of `asked`.
    """
    text = _alone(condition, "text")
    return text if _asks_rows(condition) else text & _alone(condition, "grams")


def _alone(condition, place):
    names, children = _ALONE[place], []
    for child in condition.children:
        if isinstance(child, Q):
            child = _alone(child, place)
        elif isinstance(child, tuple):
            path, _sign, lookup = child[0].rpartition("__")
            if lookup in names:
                child = (f"{path}__{names[lookup]}", child[1])
        children.append(child)
    return Q(*children, _connector=condition.connector)


def _asks_rows(condition):
    return any(
        _asks_rows(child) if isinstance(child, Q) else isinstance(child, IsNull)
        for child in condition.children
    )
