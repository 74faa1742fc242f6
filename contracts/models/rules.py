"""The rules that say which contracts need whose approval."""

import json

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Func, Q, Value
from django.utils.translation import gettext_lazy as _

from contracts.dictionaries import CONTRACT_KIND
from contracts.models.facts import choices
from crm import approval
from crm.fields import LARGEST_AMOUNT
from crm.guards.options import options_kept
from crm.guards.receivers import only_to_who_works_here
from crm.guards.triggers import noted, stamped, touches
from crm.models import DictionaryField
from customers.dictionaries import CREDIT_GRADE

MONEY = (MinValueValidator(0), MaxValueValidator(LARGEST_AMOUNT))
PERCENT = (MinValueValidator(0), MaxValueValidator(100))


class ApprovalRuleQuerySet(approval.RuleQuerySet):
    """Rules, and which of them a contract meets: PostgreSQL says it, for pages, too."""

    def asking(self, contract, change=None):
        """Return the rule that asks for approval of a stored contract, or a change.

        Args:
            contract: the id of the contract.
            change: the id of the change to it, or None.
        """
        ids = Value(contract), Value(change, output_field=models.BigIntegerField())
        return self.filter(
            pk=Func(
                *ids,
                template="(SELECT contracts_rule(%(expressions)s))",
                output_field=models.BigIntegerField(),
            )
        )

    def fitting(self, said, largest_discount):
        """Return the rules in force that ask for approval from some amount on.

        Args:
            said: {column: value} of what a contract says; what is missing is empty.
            largest_discount: of its lines.
        """
        ids = Func(
            Value(json.dumps(said, cls=DjangoJSONEncoder)),
            Value(largest_discount),
            template="(SELECT contracts_fitting(%(expressions)s))::bigint[]",
            output_field=ArrayField(models.BigIntegerField()),
        )
        return self.filter(pk__any_of=ids)


class ApprovalRule(approval.Rule):
    """Contracts that meet all its conditions go through its steps."""

    amount_from = models.DecimalField(
        _("amount from (CNY)"),
        max_digits=18,
        decimal_places=2,
        default=0,
        validators=MONEY,
    )
    kind = DictionaryField(CONTRACT_KIND, _("contract type"))
    discount_over = models.DecimalField(
        _("any discount over (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=PERCENT,
    )
    credit_grade = DictionaryField(CREDIT_GRADE, _("customer's credit grade"))

    objects = ApprovalRuleQuerySet.as_manager()

    class Meta(approval.Rule.Meta):
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
            only_to_who_works_here("last_resort_id"),
        )


class ApprovalStep(approval.RuleStep):
    """A step of a rule."""

    rule = models.ForeignKey(ApprovalRule, models.CASCADE, related_name="steps")

    class Meta(approval.RuleStep.Meta):
        constraints = approval.rule_step_constraints("rule_step")
        triggers = (
            noted(
                "contracts.approvalstep",
                title="asks",
                subject=("contracts.approvalrule", "rule_id"),
            ),
            touches("contracts_approvalrule", "rule_id"),
            only_to_who_works_here("person_id"),
        )


class ApprovalCondition(approval.Condition):
    """A value that a rule compares a field of the contract or its customer with."""

    rule = models.ForeignKey(ApprovalRule, models.CASCADE, related_name="conditions")
    field = models.CharField(_("field"), max_length=60, choices=choices)

    class Meta(approval.Condition.Meta):
        constraints = approval.condition_constraints("rule_condition")
        triggers = (
            noted(
                "contracts.approvalcondition",
                title="field",
                subject=("contracts.approvalrule", "rule_id"),
            ),
            touches("contracts_approvalrule", "rule_id"),
            *options_kept(),
        )
