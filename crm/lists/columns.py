"""What the columns of a table are: made once for all requests, as nothing changes."""

from functools import cache

from django.db import models

#: Kinds of fields whose columns are aligned right.
OF_NUMBERS = (models.DecimalField, models.IntegerField)


@cache
def blank(table_class):
    """Return the table that all requests copy: to make one takes a millisecond."""
    model = table_class._meta.model
    return table_class(model._default_manager.none() if model else [])


@cache
def labels_of(table_class, language):
    """Return {name: heading}; the language is the one in force."""
    return {column.name: str(column.header) for column in blank(table_class).columns}


@cache
def numbers_of(table_class):
    """Return the columns of numbers."""
    options = table_class._meta.model and table_class._meta.model._meta
    fields = {f.name: f for f in options.concrete_fields} if options else {}
    paths = accessors(table_class).items()
    found = {name for name, path in paths if isinstance(fields.get(path), OF_NUMBERS)}
    return found.union(table_class.numeric)


@cache
def accessors(table_class):
    """Return {name: path from a record to what the column shows}."""
    return {c.name: str(c.accessor) for c in blank(table_class).columns}
