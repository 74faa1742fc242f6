"""Texts that stand once among the rows of a kind, in whatever way they are written."""

from django.db import models

#: What stands behind the key of a row that was there before its kind compared keys,
#: when an older one has the same: it stays as it is until the text becomes another.
TWIN = "\t"


class Single(models.Model):
    """A row of which some texts stand once: `once` is {field: column of its key}."""

    once: dict[str, str] = {}
    objects: models.Manager

    class Meta:
        abstract = True

    def validate_constraints(self, exclude=None):
        """Let the constraints on the keys see what was typed."""
        for column in self.once.values():
            if method := getattr(self._meta.get_field(column), "method", None):
                setattr(self, column, getattr(self, method)())
        super().validate_constraints(exclude=exclude)

    def key_kept(self, column, key):
        """Return the key of a text; of an old twin the one that it has.

        Args:
            column: that keeps the key.
            key: of the text as it is now.
        """
        kept = getattr(self, column)
        return kept if kept.startswith(f"{key}{TWIN}") else key

    def twins(self):
        """Return the rows that have the same text, if this is an old twin of theirs."""
        rows = type(self).objects.none()
        for column in self.once.values():
            key, twin, _number = str(getattr(self, column)).partition(TWIN)
            if twin:
                same = {f"{column}__startswith": f"{key}{TWIN}"}
                rows |= (
                    type(self)
                    .objects.filter(models.Q(**{column: key}) | models.Q(**same))
                    .exclude(pk=self.pk)
                )
        return rows


def part_twins(cursor, table, column):
    """Mark the keys of rows of which an older one has the same: for migrations.

    Nothing else of the rows changes, and each can be saved as it is.
    """
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cursor.execute(
        f"UPDATE {table} SET {column} = {column} || E'\\t' || twin.place FROM ("  # noqa: S608 - our own names
        f"SELECT id, row_number() OVER (PARTITION BY {column} ORDER BY id) AS place"
        f" FROM {table} WHERE deleted_at IS NULL) twin"
        f" WHERE {table}.id = twin.id AND twin.place > 1"
    )
    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
