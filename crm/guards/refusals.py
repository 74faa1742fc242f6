"""What the database refused, in words that a person can act on."""

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: What triggers of every kind of record refuse, by the name that they give for it.
BY_TRIGGER = {
    "parent_lives": gettext_lazy(
        "What this belongs to has been moved to the recycle bin meanwhile."
    ),
    "receiver_works_here": gettext_lazy(
        "Whoever is to have this works here no longer. Choose somebody else."
    ),
    "rows_stay": gettext_lazy(
        "What was noted about this names the customer it has: it stays with that one."
    ),
    "money_stays": gettext_lazy(
        "Money of one customer pays for a contract of the other. Finance takes it back"
        " from that first."
    ),
    "invoice_stays": gettext_lazy(
        "Invoices of one customer are of a contract of the other: they stay together."
    ),
    "pricelist_tied": gettext_lazy(
        "Two price lists would say a price of the same product for the same customer,"
        " with the same priority and from the same day on. Give one of them another"
        " priority or another first day."
    ),
    "in_use": gettext_lazy("This is in use and cannot be deleted."),
    "option_replaced": gettext_lazy(
        "This option is no longer in use. Choose another one."
    ),
    "customer_parent_circle": gettext_lazy(
        "The parent company lies below this customer itself."
    ),
    "superior_circle": gettext_lazy("This person reports to them."),
    "department_circle": gettext_lazy("A department cannot lie below itself."),
}


def fields_at_fault(model):
    """Return {words of a constraint: the field that it is about} of a kind.

    These are those on one column: of a kept key, the field that it is made of.
    """
    typed = {column: name for name, column in getattr(model, "once", {}).items()}
    found = {}
    for constraint in model._meta.constraints:
        expressions: tuple = getattr(constraint, "expressions", ())
        if len(expressions) == 1 and isinstance(expressions[0], F):
            column = expressions[0].name
            found[constraint.get_violation_error_message()] = typed.get(column, column)
    return found


def words_of(name, model):
    """Return the words of a constraint or trigger; None for what is in no list of ours.

    Args:
        name: by which it refuses.
        model: the model whose row it was.
    """
    words = BY_TRIGGER | getattr(model, "refused", {})
    if name in words:
        return words[name]
    for constraint in model._meta.constraints:
        if constraint.name == name:
            return constraint.get_violation_error_message()
    return None


def reason_of(error, *models):
    """Return why PostgreSQL refused a row; None for what is in no list of ours.

    Args:
        error: the IntegrityError or DataError.
        models: the models of which one's row it was.
    """
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return next(filter(None, (words_of(name, model) for model in models)), None)


def explained(error, *models, otherwise=None):
    """Return a ValidationError that says why PostgreSQL refused a row.

    The forms check the same constraints before; who gets here was overtaken by
    somebody else between the check and the saving.

    Args:
        error: the IntegrityError.
        models: the models of which one's row it was.
        otherwise: the words for what stands in none of our lists.
    """
    otherwise = otherwise or _("Another record stands in the way of this one.")
    return ValidationError(reason_of(error, *models) or otherwise, code="conflict")
