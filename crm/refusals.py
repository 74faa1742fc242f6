"""What the database refused, in words that a person can act on."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def explained(error, model):
    """Return a ValidationError that says why PostgreSQL refused a row.

    The forms check the same constraints before; who gets here was overtaken by
    somebody else between the check and the saving.

    Args:
        error: the IntegrityError.
        model: the model whose row it was.
    """
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for constraint in model._meta.constraints:
        if constraint.name == name:
            message = constraint.get_violation_error_message()
            return ValidationError(message, code="conflict")
    return ValidationError(
        _("Another record stands in the way of this one."), code="conflict"
    )
