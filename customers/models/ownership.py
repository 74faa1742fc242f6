"""Who had a customer from when until when, and how it came to them."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    BigIntegerRangeField,
    DateTimeRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.guards.options import options_kept
from crm.models.dictionaries import DictionaryField
from crm.models.versions import signature
from customers.dictionaries import RELEASE_REASON
from customers.models.customers import Customer
from customers.models.pools import Pool
from customers.ownership import kept_by_changes_of_owner

#: The customer as a range of one: equality is asked without an extension.
CUSTOMER = Func(
    F("customer"),
    F("customer"),
    RangeBoundary(inclusive_upper=True),
    function="int8range",
    output_field=BigIntegerRangeField(),
)
DURING = Func(
    "from_at", "to_at", function="tstzrange", output_field=DateTimeRangeField()
)


class Ownership(models.Model):
    """A time in which a customer had an owner, or was in a pool.

    PostgreSQL writes it with each change of owner, whatever way that came
    (`customers.ownership`). Of a customer with an owner `pool` is the one it comes
    back to, where it was in one.
    """

    class How(models.TextChoices):
        CREATED = "created", pgettext_lazy("ownership", "created")
        CLAIMED = "claimed", pgettext_lazy("ownership", "claimed")
        ASSIGNED = "assigned", pgettext_lazy("ownership", "assigned")
        TRANSFERRED = "transferred", pgettext_lazy("ownership", "transferred")
        RELEASED = "released", pgettext_lazy("ownership", "released")
        RECYCLED = "recycled", pgettext_lazy("ownership", "recycled")
        GIVEN_BACK = "given_back", pgettext_lazy("ownership", "given back")
        MERGED = "merged", pgettext_lazy("ownership", "merged")
        HANDED_OVER = "handed_over", pgettext_lazy("ownership", "handed over")

    customer = models.ForeignKey(
        Customer,
        models.DO_NOTHING,  # triggers keep it, and it stays with what it tells of
        related_name="ownerships",
        verbose_name=_("customer"),
        db_constraint=False,
    )
    holder = signature(_("owner"), null=True)
    pool = models.ForeignKey(
        Pool,
        models.PROTECT,
        null=True,
        related_name="ownerships",
        verbose_name=_("pool"),
        db_index=False,
    )
    from_at = models.DateTimeField(pgettext_lazy("ownership", "from"))
    to_at = models.DateTimeField(pgettext_lazy("ownership", "to"), null=True)
    how = models.CharField(
        pgettext_lazy("ownership", "how"), max_length=12, choices=How.choices
    )
    by = signature(pgettext_lazy("ownership", "by"), null=True)
    reason = DictionaryField(RELEASE_REASON, _("reason of the return"))
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("ownership")
        verbose_name_plural = _("ownerships")
        default_permissions = ()
        ordering = ("-from_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                "customer", condition=Q(to_at=None), name="ownership_one_present"
            ),
            ExclusionConstraint(
                name="ownership_one_at_a_time",
                expressions=(
                    (CUSTOMER, RangeOperators.OVERLAPS),
                    (DURING, RangeOperators.OVERLAPS),
                ),
            ),
            models.CheckConstraint(
                condition=Q(holder__isnull=False) | Q(pool__isnull=False),
                name="ownership_of_somebody",
            ),
        )
        indexes = (
            models.Index(
                fields=("holder", "pool"),
                name="ownership_held",
                condition=Q(to_at=None, holder__isnull=False),
                include=("customer",),
            ),
            models.Index(
                fields=("holder", "from_at"),
                name="ownership_claims",
                condition=Q(how="claimed"),
            ),
        )
        triggers = (kept_by_changes_of_owner(), *options_kept())

    def __str__(self):
        return f"{self.customer_id}: {self.holder_id or self.pool_id}"

    @property
    def said(self):
        """Why it came here, as far as somebody said so."""
        return "：".join(filter(None, (self.reason_id and str(self.reason), self.note)))
