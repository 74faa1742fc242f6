"""How many records there are: kept numbers, so that no page counts a big table."""

from django.db import models


class TallyQuerySet(models.QuerySet):
    """Kept numbers, and what one asks of them."""

    def of(self, model):
        """Return the numbers of a kind of record."""
        return self.filter(label=model._meta.label_lower)

    def in_books(self):
        """Return the numbers of registered records."""
        return self.filter(registered=True)

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
    each other. Triggers (`crm.guards.triggers.tallied`) write it, and add up the rows
    of one owner when they have become many. `other_id` is the second person whose rows
    they are, the owner of the customer. `state` is the status, where a kind has one.
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
