"""How many records there are: kept numbers, so that no page counts a big table."""

from functools import cache

from django.apps import apps
from django.db import models
from django.db.models import Sum

from crm.guards.ledger import NOBODY, by_owner
from crm.queries.ids import any_of
from crm.queries.prepared import Prepared
from crm.rights.roles import Reach

#: Of so many people the numbers of their pairs with others are added up; of more,
#: those of the others' pairs are taken off.
FEW_PEOPLE = 64


class TallyQuerySet(models.QuerySet):
    """Kept numbers, and what one asks of them."""

    def of_kind(self, model):
        """Return the numbers of a kind of record."""
        return self.filter(label=model._meta.label_lower)

    def of_owners(self, model):
        """Return the numbers of a kind by its owners alone, where they are kept."""
        return self.filter(label=by_owner(model._meta.label_lower))

    def in_few_rows(self, model):
        """Return the numbers of a kind in as few rows as they are kept."""
        summed = model.tallied_by().get("summed")
        return self.of_owners(model) if summed else self.of_kind(model)

    def in_books(self):
        """Return the numbers of registered records."""
        return self.filter(registered=True)

    def within_apart(self, user, reach, model):
        """Return the numbers of `within` in parts, each of which one index tells.

        They are those of records in the books.
        """
        owned = user.rights.owned_by(reach, "owner_id")
        parts = [Tally.objects.in_few_rows(model).in_books().filter(owned)]
        if len(model.owner_paths) > 1:
            others = user.rights.owned_by(reach, "other_id")
            outside = user.rights.owned_outside(reach, "owner_id")
            parts.append(self.of_kind(model).in_books().filter(others & outside))
        return parts

    def within(self, user, reach, model):
        """Return the numbers of records of the people within a person's reach.

        `model` is their kind: whether a second person's they are too.
        """
        rows = user.rights.owned_by(reach, "owner_id")
        if rows and len(model.owner_paths) > 1:  # without rows the reach has no end
            rows |= user.rights.owned_by(reach, "other_id")
        return self.filter(rows)


class Tally(models.Model):
    """A change of the number of some live records; their sum is the number.

    A ledger rather than counters: writers add rows of their own and never wait for
    each other. Triggers (`crm.guards.ledger.tallied`) write it, and add up the rows
    of one owner when they have become many. `other_id` is the second person whose rows
    they are, the owner of the customer. What nobody owns is NOBODY's. `state` is the
    status, where a kind has one.
    """

    label = models.CharField(max_length=60)
    owner_id = models.BigIntegerField()
    other_id = models.BigIntegerField(null=True)
    registered = models.BooleanField()
    state = models.CharField(max_length=20)
    n = models.BigIntegerField()
    amount = models.DecimalField(max_digits=24, decimal_places=2, default=0)

    objects = TallyQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = tuple(
            models.Index(
                fields=("label", person),
                name=name,
                include=(*others, "registered", "state", "n", "amount"),
            )
            for name, person, others in (
                ("tally_owner", "owner_id", ("other_id",)),
                ("tally_other", "other_id", ("owner_id",)),
            )
        )

    def __str__(self):
        return f"{self.label} {self.owner_id} {self.state}: {self.n:+}"


def kept_by_owners(model, people, registrar):
    """Return rows (state, number) of what is kept by owners alone; None if it is not.

    Nor of few people: the numbers of their pairs are quickly added up.

    Args:
        model: the kind.
        people: the ids of those within reach, None for all.
        registrar: how far a right to register goes: who registers all sees reports.
    """
    if not model.tallied_by().get("summed"):
        return None
    if people is None and registrar == Reach.ALL:
        return _of_owners(model, everything=True)()
    if people is not None and len(people) <= FEW_PEOPLE:
        return None
    others = [] if people is None else _everybody_but(people)
    return _of_owners(model, everything=False)(others)


@cache
def _of_owners(model, *, everything):
    """Return the query of the kept number of a kind by its owners: all rows, or those
    in the books but of two people who are both among some others."""

    def all_there_are():
        kept = Tally.objects.of_owners(model)
        return (
            kept.values("state").annotate(total=Sum("n")).values_list("state", "total")
        )

    def within(others):
        kept = Tally.objects.of_owners(model).in_books()
        pairs = Tally.objects.of_kind(model).in_books()
        pairs = pairs.filter(any_of("owner_id", others), any_of("other_id", others))
        numbers = kept.values("state").annotate(total=Sum("n"))
        outside = pairs.values("state").annotate(total=-Sum("n"))
        return numbers.values_list("state", "total").union(
            outside.values_list("state", "total"), all=True
        )

    return Prepared(all_there_are) if everything else Prepared(within, [-1])


def _everybody_but(people):
    """Return the ids of all others; whoever has left is one of them, and NOBODY."""
    ids = apps.get_model("crm.User").objects.values_list("pk", flat=True)
    return sorted({NOBODY, *ids} - people)
