"""Columns that are derived from others whenever a row is saved."""

from django.db import models


class DerivedTextField(models.TextField):
    """Text that a method of the model makes from the row's other columns.

    Filled on save and on bulk_create alike, so that imports are found by search.
    """

    def __init__(self, method=None, **options):
        """Take the name of the method that returns the text."""
        self.method = method
        options.setdefault("editable", False)
        options.setdefault("default", "")
        super().__init__(**options)

    def deconstruct(self):
        """Keep the method's name in migrations."""
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "method": self.method}

    def pre_save(self, model_instance, add):
        """Make the text, put it on the instance and return it for the row."""
        value = getattr(model_instance, self.method)()
        setattr(model_instance, self.attname, value)
        return value
