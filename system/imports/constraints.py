"""What the database would refuse, in the words of its constraints."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def claimed(importer, rows):
    """Return {field: values} that live records hold which the person may not see.

    The database would refuse them, so the preview says it in the constraint's
    own words, as the form does.
    """
    found = {}
    for name in importer.unique:
        column = importer.columns.get(name, name)
        wanted = {importer.key_of(name, row[name]) for row in rows if row.get(name)}
        live = importer.model.objects.filter(**{f"{column}__in": wanted})
        taken = live.exclude(**{column: ""}).order_by().values_list(column, flat=True)
        found[name] = set(taken) if wanted else set()
    return found


def taken_error(importer, name):
    """Return what the constraint of a field says to whoever breaks it."""
    return constraint_error(importer.model, importer.unique[name])


def constraint_error(model, name):
    """Return the words of a constraint, by its name in the database."""
    for constraint in model._meta.constraints:
        if constraint.name == name:
            return ValidationError(constraint.get_violation_error_message())
    return ValidationError(_("The database refuses this row."))
