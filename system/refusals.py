"""What PostgreSQL refuses, in words."""


def refusal(error, model, otherwise):
    """Return what a database error means to a reader.

    Args:
        error: Django's IntegrityError.
        model: the model whose constraints may have refused.
        otherwise: what to say when none of them did.
    """
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    for constraint in model._meta.constraints:
        if constraint.name == name:
            return str(constraint.get_violation_error_message())
    return str(otherwise)
