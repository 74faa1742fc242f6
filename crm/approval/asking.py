"""Which records one can be asked to decide on, whoever's they are, or was."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from crm.models import Department, Deputy, Role, User
from crm.models.record import UNBOUND
from crm.rights.permissions import permission

PENDING = (Q(status="pending"),)


def may_be_asked(
    rows: QuerySet, user: User, pending: Sequence[Q] = PENDING, outside: Q = UNBOUND
) -> QuerySet:
    """Return the ids of the records under decision that one can be asked about.

    Generous on purpose: every head above the owner, everybody a step names, and their
    deputies. Whose turn it is just now says `crm.approval.approvers`. An index tells
    whose each of them is.

    Args:
        rows: of a kind that is approved.
        user: the person.
        pending: conditions of which one says "it is decided upon".
        outside: a condition on whose they are.
    """
    absent = Deputy.objects.on().filter(deputy=user).order_by()
    stood_for = User.objects.filter(Q(pk=user.pk) | Q(pk__in=absent.values("person")))
    people = stood_for.order_by().values("pk")
    whole = ExpressionWrapper(OuterRef("path"), models.CharField())
    above = Department.objects.filter(head__in=people).alias(whole=whole)
    above = above.filter(whole__startswith=F("path")).order_by()
    headed = Department.objects.filter(Exists(above)).order_by()
    below = User.objects.filter(department__in=headed.values("pk")).order_by()
    roles = Role.objects.filter(users__in=people).order_by()
    key = rows.model.rounds.field
    rounds = key.model.objects.filter(state="open")
    under_way = ArraySubquery(rounds.order_by().values("pk"))
    steps = key.model.steps.field.model.objects.naming()
    named = steps.filter(
        Q(person__in=people)
        | Q(last_resort__in=people)
        | Q(role__in=roles.values("pk")),
        round__any_of=under_way,  # few, and not all steps there ever were
    )
    rows = rows.order_by().filter(outside)
    decided_upon = pending[0]
    for one in pending[1:]:
        decided_upon |= one
    first, *others = [
        *(rows.filter(one, owner__in=below.values("pk")) for one in pending),
        rows.filter(decided_upon, pk__in=named.values(f"round__{key.name}")),
    ]
    return first.values("pk").union(*(part.values("pk") for part in others))


def asked_ids(
    kind: type[Any], user: User, action: str, outside: Q = UNBOUND
) -> Sequence[QuerySet]:
    """Return what `ids_beyond_reach` of a kind returns that is approved, and no more.

    Those are the ids of what one can be asked to decide on and of what one has decided
    on, for whoever holds the right to; what was taken back counts, too.
    """
    decides = user.rights.reach(permission("approve", kind)) is not None
    if not decides or action not in ("view", "approve"):
        return ()
    key = kind.decisions.field
    given = key.model.all_given.filter(Q(by=user) | Q(on_behalf_of=user)).order_by()
    decided = kind.objects.order_by().filter(outside, pk__in=given.values(key.name))
    return [
        may_be_asked(kind.objects, user, outside=outside),
        decided.values("pk"),
    ]
