"""A column that holds a kind of records by its label, as `customers.customer`."""

from django.db import models


class KindField(models.CharField):
    """A label of a kind; a reader is told what the kind is called."""

    def deconstruct(self):
        """Stay a column of text to the migrations: words are no matter of theirs."""
        name, _path, positional, named = super().deconstruct()
        return name, "django.db.models.CharField", positional, named
