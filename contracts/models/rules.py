"""The rules that say which contracts need whose approval."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contracts.models.products import LARGEST_AMOUNT
from crm.guards.options import options_kept
from crm.guards.triggers import noted, stamped, touches
from crm.models import DictionaryField, Role
from crm.models.versions import Versioned, person
from crm.rights.permissions import permission

MONEY = (MinValueValidator(0), MaxValueValidator(LARGEST_AMOUNT))
PERCENT = (MinValueValidator(0), MaxValueValidator(100))


class ApprovalRuleQuerySet(models.QuerySet):
    """Rules, and which of them a contract meets."""

    def visible_to(self, user, action="view"):
        """Return all rules to whoever holds the right, none to others."""
        held = user.rights.reach(permission(action, self.model)) is not None
        return self.all() if held else self.none()

    def matching(self, contract, largest_discount):
        """Return the rules in force whose every condition the contract meets."""
        fitting = self.fitting(contract, largest_discount)
        return fitting.filter(amount_from__lte=contract.amount)

    def fitting(self, contract, largest_discount):
        """Return the rules in force that ask for approval from some amount on."""
        grade = contract.customer.credit_grade_id
        return self.filter(
            Q(kind=None) | Q(kind=contract.kind_id),
            Q(discount_over=None) | Q(discount_over__lt=largest_discount),
            Q(credit_grade=None) | Q(credit_grade=grade),
            active=True,
        )


class ApprovalRule(Versioned):
    """Contracts that meet all its conditions go through its steps.

    The first rule that matches counts, by `order`. Where the heads of departments are
    all barred, absent or missing, its `last_resort` decides.
    """

    always_primary = True
    actions = ("view", "add", "change", "delete")

    name = models.CharField(_("rule name"), max_length=100)
    order = models.PositiveIntegerField(_("order"), default=100)
    active = models.BooleanField(_("in force"), default=True)
    amount_from = models.DecimalField(
        _("amount from (CNY)"),
        max_digits=18,
        decimal_places=2,
        default=0,
        validators=MONEY,
    )
    kind = DictionaryField("contract_kind", _("contract type"))
    discount_over = models.DecimalField(
        _("any discount over (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=PERCENT,
    )
    credit_grade = DictionaryField("credit_grade", _("customer's credit grade"))
    last_resort = person(_("last resort"), null=True, blank=True)

    objects = ApprovalRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval rule")
        verbose_name_plural = _("approval rules")
        default_permissions = ()
        ordering = ("order", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_from__gte=0, amount_from__lte=LARGEST_AMOUNT),
                name="rule_amount_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(discount_over=None)
                | Q(discount_over__gte=0, discount_over__lte=100),
                name="rule_discount_in_bounds",
            ),
        )
        triggers = (
            stamped(),
            noted("contracts.approvalrule", title="name"),
            *options_kept(),
        )

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the address where the rule is edited."""
        return reverse("approvalrule_update", args=[self.pk])


class AskedPerson(models.Model):
    """Whom a step of approval asks: a head of department, a role, a named person."""

    class Asks(models.TextChoices):
        HEAD = "head", _("head of the owner's department")
        HEAD_ABOVE = "head_above", _("head of the department above")
        ROLE = "role", _("anybody with a role")
        PERSON = "person", _("a named person")

    position = models.PositiveSmallIntegerField(_("step"), default=1)
    asks = models.CharField(
        _("who decides"), max_length=10, choices=Asks.choices, default=Asks.HEAD
    )
    role = models.ForeignKey(
        Role,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("role"),
        related_name="+",
    )
    person = person(_("person"), null=True, blank=True)

    class Meta:
        abstract = True
        default_permissions = ()
        ordering = ("position",)

    def __str__(self):
        """Say whom it asks."""
        if self.asks == self.Asks.ROLE:
            return str(self.role)
        if self.asks == self.Asks.PERSON:
            return str(self.person)
        return self.get_asks_display()


def asks_one(name):
    """Return the check that a step names a role or a person exactly when it must."""
    asks = AskedPerson.Asks
    return models.CheckConstraint(
        condition=Q(asks=asks.ROLE, role__isnull=False, person=None)
        | Q(asks=asks.PERSON, person__isnull=False, role=None)
        | Q(asks__in=(asks.HEAD, asks.HEAD_ABOVE), role=None, person=None),
        name=name,
        violation_error_message=_("Name the role or the person that decides."),
    )


class ApprovalStep(AskedPerson):
    """A step of a rule."""

    rule = models.ForeignKey(ApprovalRule, models.CASCADE, related_name="steps")

    class Meta(AskedPerson.Meta):
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = (
            models.UniqueConstraint(
                fields=("rule", "position"),
                name="rule_step_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            asks_one("rule_step_asks_one"),
        )
        triggers = (
            noted(
                "contracts.approvalstep",
                title="asks",
                subject=("contracts.approvalrule", "rule_id"),
            ),
            touches("contracts_approvalrule", "rule_id"),
        )
