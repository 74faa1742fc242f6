"""The kinds of records that one has rights to, gathered from what models say.

A kind is a model with `actions`, the rights that exist for it. There is no list of
them to be kept: a new model is one by saying so.
"""

from functools import cache
from importlib import import_module

from django.apps import apps

from crm.rights.permissions import permission


@cache
def kinds():
    """Return every kind: those of the business, then those of the house.

    Of either, apps stand in the order of the settings, models of an app by `rank`.
    """
    return sorted(
        (model for model in apps.get_models() if hasattr(model, "actions")),
        key=lambda model: (not is_business(model), getattr(model, "rank", 0)),
    )


def is_business(model):
    """Say whether rows of a kind are reported and registered."""
    return "register" in model.actions


@cache
def business():
    """Return the kinds of the business."""
    return [model for model in kinds() if is_business(model)]


@cache
def charted():
    """Return the kinds that say which charts are drawn of them."""
    return [model for model in business() if model.charts]


@cache
def imported():
    """Return the kinds that come in as files."""
    return [model for model in business() if "import" in model.actions]


@cache
def every_permission():
    """Return the names of all rights there are."""
    return frozenset(
        permission(action, model) for model in kinds() for action in model.actions
    )


@cache
def tabs_of(model):
    """Return [(kind, relation)]: the lists that have a tab on the pages of a kind."""
    return [
        (kind, name)
        for kind in business()
        for name in kind.tab_under
        if kind._meta.get_field(name).related_model is model
    ]


@cache
def moments_of(model):
    """Return [(kind, moment, path)]: what stands in the time lines of a kind."""
    return [
        (kind, moment, path)
        for kind in apps.get_models()
        for moment in getattr(kind, "moments", ())
        for path in moment.under
        if _target(kind, path) is model
    ]


@cache
def day_facts():
    """Return [(kind, fact)]: the numbers of somebody's day, in their order."""
    found = [
        (kind, fact)
        for kind in apps.get_models()
        for fact in getattr(kind, "day_facts", ())
    ]
    return sorted(found, key=lambda one: one[1].place)


@cache
def impersonal():
    """Return the kinds of the business that are not what people write of themselves."""
    return [model for model in business() if not model.personal]


@cache
def figures_of(model):
    """Return [(kind, figure, relation)]: numbers that the pages of a kind show."""
    return [
        (kind, figure, relation)
        for kind in business()
        for figure in kind.figures
        for relation in figure.under
        if _target(kind, relation) is model
    ]


@cache
def measures():
    """Return {key: (kind, measure)} of the numbers for which targets can be set."""
    return {one.key: (kind, one) for kind in business() for one in kind.measures}


def _target(model, path):
    """Return the kind to which a path of relations leads."""
    for name in path.split("__"):
        model = model if name == "pk" else model._meta.get_field(name).related_model
    return model


@cache
def follow_up_of(model):
    """Return (kind, relation) of what one writes of a talk on the pages of a kind.

    None where one writes nothing of that sort.
    """
    found = (found for found in tabs_of(model) if found[0].is_follow_up)
    return next(found, None)


@cache
def settling_of(model):
    """Return the module that ends what is filed under a kind with it, or None.

    It has `met(user)` (what a person sees of all that is filed so), `open_over(record,
    user)`, `settle(record, kind, winner, by)` and `open_again(record, by)`.
    """
    named = (kind.settling for kind, *_more in tabs_of(model) if kind.settling)
    return next(map(import_module, named), None)


@cache
def quoting_of(model):
    """Return the module that knows what was quoted before rows of a kind, or None.

    It has `agreed_for(record)`, a Counter of (id of the product, quantity, unit price,
    discount), and `quotations_taken(record, user)` for the approver's desk.
    """
    named = (kind.quoting for kind, *_more in tabs_of(model) if kind.quoting)
    return next(map(import_module, named), None)


def follow_up_at(model, user):
    """Return where a person writes of a talk with a record, but for its number.

    None where there is no such place, or the person may not.
    """
    kind, relation = follow_up_of(model) or (None, "")
    if kind is None or not user.has_perm(permission("add", kind)):
        return None
    return f"{kind.page('follow_up_create')}?{relation}="


def permissions_to(*actions):
    """Return the rights to do one of some things to some kind of the business."""
    return tuple(
        permission(action, model) for model in business() for action in actions
    )
