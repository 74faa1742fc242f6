"""By which rule the rows of a kind are shared out among successors.

`Handover.plan` holds {"kinds": {kind: {"split", "to", "parts"}}}: rows go with their
customer, all to one person, in turn, or by what one of their fields says
(`Record.shared_by`). A kind of which nothing was agreed goes by its default.
"""

from django.core.exceptions import ValidationError
from django.db.models import TextField, Value
from django.db.models.functions import Cast
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import User
from crm.queries.unions import together
from crm.related import rights_of
from crm.rights.permissions import permission
from customers.models import Customer
from system.shares import IN_TURN, named_parts, part_of, share_of

WITH_CUSTOMER = ("customer", gettext_lazy("with their customer"))
TO_ONE = ("all", gettext_lazy("all to one person"))
BY_TURNS = (IN_TURN, gettext_lazy("in turn, as many to each"))


def rules_for(model):
    """Return [(key, words)] of the rules that rows of a kind can go by.

    The first is its default.
    """
    followed = [WITH_CUSTOMER] if model.team_path == "customer" else []
    by_field = [
        (name, format_lazy(gettext_lazy("by {field}"), field=_label(model, name)))
        for name in model.shared_by
    ]
    return [*followed, TO_ONE, BY_TURNS, *by_field]


def _label(model, name):
    return model._meta.get_field(name).verbose_name


def rule_in(plan, model):
    """Return the rule of a plan for a kind: {"split", "to", "parts"}."""
    agreed = plan.get("kinds", {}).get(model._meta.label_lower)
    if agreed is None and model is Customer and "split" in plan:
        agreed = plan  # of the time when only customers had a rule
    if agreed is None:
        agreed = {"split": rules_for(model)[0][0], "to": plan["to"], "parts": {}}
    return agreed


def said_of(plan, model):
    """Return the rule of a plan for a kind in words."""
    return dict(rules_for(model))[rule_in(plan, model)["split"]]


def people_in(plan):
    """Return the ids of all successors that a plan names."""
    named = {plan["to"], plan["approver"]}
    for rule in (plan, *plan.get("kinds", {}).values()):
        parts = rule.get("parts", ())
        named |= {rule["to"], *(parts.values() if isinstance(parts, dict) else parts)}
    return named


def blind_in(plan, models):
    """Return [(person, model)] of successors who may not see what would be theirs.

    Args:
        plan: as `Handover.plan` has it.
        models: the kinds of which anything is left with the leaver.
    """
    named = {model: _named(plan, model) for model in models}
    every = set().union(*named.values())
    held = rights_of(every)
    people = User.objects.in_bulk(held)
    return [
        (people[pk], model)
        for model, pks in named.items()
        for pk in sorted(pks & held.keys())
        if permission("view", model) not in held[pk]
    ]


def refuse_blind(plan, models):
    """Refuse successors who would not see what they are given.

    Args:
        plan: as `Handover.plan` has it.
        models: the kinds of what is given.

    Raises:
        ValidationError: with each of them (`blind`).
    """
    words = _("%(person)s may not see any %(kind)s.")
    if blind := blind_in(plan, models):
        raise ValidationError(
            [
                ValidationError(
                    words % {"person": person, "kind": model._meta.verbose_name_plural},
                    code="blind",
                )
                for person, model in blind
            ]
        )


def _named(plan, model):
    """Return the ids of the people whom the rule of a kind names."""
    rule = rule_in(plan, model)
    parts = rule.get("parts", ())
    named = {rule["to"], *(parts.values() if isinstance(parts, dict) else parts)}
    return named if rule["split"] != IN_TURN else {*parts}


def heir_of(plan, record, place, present):
    """Return the id of whoever gets a record.

    Args:
        plan: of a hand-over.
        record: the record.
        place: how many of its kind have gone before: those who take turns get as
            many each.
        present: ids of the owners of customers to whom something can go.
    """
    rule = rule_in(plan, type(record))
    if rule["split"] != WITH_CUSTOMER[0]:
        return share_of(rule, record, place)
    owner = record.customer_owner_id
    return owner if owner in present else rule["to"]


def parts_of(asked):
    """Return [[(key, label)]] of the parts that rows of kinds fall into.

    Two queries, however many kinds there are.

    Args:
        asked: [(rows, field)].
    """
    keys = [set() for _rows, _name in asked]
    found = together(
        rows.order_by()
        .values_list(Value(place), Cast(f"{name}_id", TextField()))
        .distinct()
        for place, (rows, name) in enumerate(asked)
    )
    for place, value in found:
        rows, name = asked[place]
        keys[place].add(part_of(rows.model(**{f"{name}_id": value}), name))
    every = {
        name: dict(named_parts(set().union(*_of_field(asked, keys, name)), name))
        for name in {name for _rows, name in asked}
    }
    return [
        [(key, every[name][key]) for key in sorted(keys[place])]
        for place, (_rows, name) in enumerate(asked)
    ]


def _of_field(asked, keys, field):
    """Return the keys of those that are shared out by one field."""
    pairs = zip(asked, keys, strict=True)
    return [some for (_rows, name), some in pairs if name == field]
