"""Choosing departments."""

from django import forms


class DepartmentsField(forms.ModelMultipleChoiceField):
    """Departments, each set off by how deep in the tree it lies."""

    def label_from_instance(self, department):
        """Return the name behind a full-width blank for each level above it."""
        return "　" * (department.path.count("/") - 2) + department.name
