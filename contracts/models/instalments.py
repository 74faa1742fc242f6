"""The payment plan of a contract: what is to be paid, and by when."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts import guards
from contracts.dictionaries import PAYMENT_CONDITION
from contracts.models.contracts import Contract
from contracts.models.owing import kept_amount
from crm.fields import CENT, LARGEST_AMOUNT
from crm.guards.options import options_kept
from crm.guards.parents import parents_live
from crm.guards.triggers import noted
from crm.models import DictionaryField
from crm.validators import validate_business_date

Status = Contract.Status
#: While a change is being decided upon, what it is compared with stays.
DECIDED = ("reported", "pending")


class InstalmentQuerySet(models.QuerySet):
    """Instalments, and what one asks of them."""

    def owed(self):
        """Return those that are to be paid and are not, in full."""
        owing = Q(contract__status__in=guards.OWING, contract__deleted_at=None)
        return self.filter(owing, paid__lt=F("amount"))

    def visible_to(self, user):
        """Return those of the contracts that a person sees."""
        seen = Contract.objects.visible_to(user).order_by()
        return self.filter(contract__in=seen)


class Instalment(models.Model):
    """A part of the amount of a contract that is to be paid by a day.

    Its number is its place in the order of days. A contract may have no plan, as all
    had that were entered before there were plans; one that is handed in or in force
    has none, or one that adds up to its amount (`contracts.guards.instalments`).
    Those of a contract that was terminated are void.
    """

    #: What is over, or being decided upon, keeps its options.
    keeps_options = ~Q(
        Q(contract__status__in=Contract.WRITABLE)
        | Q(contract__status=Status.REGISTERED)
        & ~Q(contract__amendment_state__in=DECIDED)
    )

    contract = models.ForeignKey(
        Contract, models.CASCADE, related_name="instalments", editable=False
    )
    due_on = models.DateField(_("payment due on"), validators=[validate_business_date])
    amount = models.DecimalField(
        _("instalment amount (CNY)"),
        max_digits=18,
        decimal_places=2,
        validators=[MinValueValidator(CENT), MaxValueValidator(LARGEST_AMOUNT)],
    )
    condition = DictionaryField(PAYMENT_CONDITION, _("payment condition"))
    paid = kept_amount(_("received (CNY)"))

    objects = InstalmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("payment plan")
        default_permissions = ()
        ordering = ("due_on", "pk")
        constraints = guards.instalment_checks(LARGEST_AMOUNT)
        indexes = (
            models.Index("due_on", "contract", name="instalment_due"),
            models.Index(
                fields=("due_on", "id"),
                name="instalment_owed",
                condition=Q(paid__lt=F("amount")),
                include=("contract", "amount", "paid"),
            ),
        )
        triggers = (
            noted(
                "contracts.instalment",
                title="due_on",
                ignored=guards.OF_INSTALMENT,
                subject=("contracts.contract", "contract_id"),
            ),
            parents_live(),
            *options_kept(),
            *guards.instalment_triggers(),
            guards.instalment_paid(),
        )

    def __str__(self):
        return f"{self.due_on} {self.amount}"


def plan_is_open(contract: Contract) -> bool:
    """Say whether the payment plan may change: PostgreSQL refuses it otherwise."""
    in_force = contract.status == Status.REGISTERED
    undecided = contract.amendment_state not in DECIDED
    return contract.is_writable or (in_force and undecided)
