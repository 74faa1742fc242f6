"""Search in Chinese names by any part: GIN over 2-grams, since pg_trgm needs three
characters and the usual Chinese search word has two."""

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, Lookup, TextField


class Bigrams(Func):
    """The 2-grams of a text column, for an index expression."""

    function = "crm_bigrams"
    arity = 1
    output_field = ArrayField(TextField())


@TextField.register_lookup
class HasPart(Lookup):
    """`column__has_part="科技"`: the lower-case column contains the text, by index.

    One character has no 2-gram and is looked for along the sort order instead.
    """

    lookup_name = "has_part"

    def get_prep_lookup(self):
        """Compare in lower case, as the columns are stored."""
        return str(self.rhs).lower()

    def as_sql(self, compiler, connection):
        """Return `grams @> grams AND column LIKE pattern`."""
        column, params = self.process_lhs(compiler, connection)
        pattern = f"%{connection.ops.prep_for_like_query(self.rhs)}%"
        if len(self.rhs) < 2:
            return f"{column} LIKE %s", [*params, pattern]
        return (
            f"(crm_bigrams({column}) @> crm_bigrams(%s) AND {column} LIKE %s)",
            [*params, self.rhs, *params, pattern],
        )
