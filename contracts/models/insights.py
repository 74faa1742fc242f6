"""What people see because they have decided on it."""

from django.conf import settings
from django.db import models

from contracts.models.contracts import Contract


def _named(model, **options):
    """Return a key that triggers keep: no constraint need look after it."""
    return models.ForeignKey(
        model,
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
        **options,
    )


class Insight(models.Model):
    """That a person has decided on a contract, which they see from then on.

    It repeats whose the contract is, so that what somebody sees beside their reach is
    told by one index, however much they have decided on. Triggers of verdicts and of
    contracts write it (`contracts.guards.insights`).
    """

    person = _named(settings.AUTH_USER_MODEL)
    contract = _named(Contract)
    owner = _named(settings.AUTH_USER_MODEL)
    #: Called as a contract calls it; the column is none that a customer keeps itself.
    customer_owner = _named(settings.AUTH_USER_MODEL, db_column="other_id", null=True)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint("contract", "person", name="insight_once"),
        )
        indexes = (
            models.Index(
                fields=("person", "owner", "customer_owner"),
                name="insight_whose",
                include=("contract",),
            ),
        )

    def __str__(self):
        return f"{self.person_id} {self.contract_id}"
