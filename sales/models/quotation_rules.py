"""The rules that say which quotations need whose approval."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.content import MONEY, PERCENT
from crm import approval
from crm.fields import LARGEST_AMOUNT
from crm.guards.options import options_kept
from crm.guards.receivers import only_to_who_works_here
from crm.guards.triggers import noted, stamped, touches

RULE = ("sales.quotationapprovalrule", "rule_id")


class QuotationApprovalRule(approval.Rule):
    """Quotations that meet all its conditions go through its steps.

    No line is nearer to its list than the whole: whoever spreads a discount over the
    lines is asked for the one that is furthest below.
    """

    amount_from = models.DecimalField(
        _("amount from (CNY)"),
        max_digits=18,
        decimal_places=2,
        default=0,
        validators=MONEY,
    )
    discount_over = models.DecimalField(
        _("any line below the list by more than (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=PERCENT,
    )
    below_floor = models.BooleanField(
        _("only with a line below the lowest price"), default=False
    )

    class Meta(approval.Rule.Meta):
        verbose_name = _("approval rule for quotations")
        verbose_name_plural = _("approval rules for quotations")
        constraints = (
            models.CheckConstraint(
                condition=Q(discount_over=None)
                | Q(discount_over__gte=0, discount_over__lte=100),
                name="quotation_rule_discount_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(amount_from__gte=0, amount_from__lte=LARGEST_AMOUNT),
                name="quotation_rule_amount_in_bounds",
            ),
        )
        triggers = (
            stamped(),
            noted("sales.quotationapprovalrule", title="name"),
            only_to_who_works_here("last_resort_id"),
        )


class QuotationApprovalStep(approval.RuleStep):
    """A step of a rule."""

    rule = models.ForeignKey(
        QuotationApprovalRule, models.CASCADE, related_name="steps"
    )

    class Meta(approval.RuleStep.Meta):
        constraints = approval.rule_step_constraints("quotation_rule_step")
        triggers = (
            noted("sales.quotationapprovalstep", title="asks", subject=RULE),
            touches("sales_quotationapprovalrule", "rule_id"),
            only_to_who_works_here("person_id"),
        )


class QuotationApprovalCondition(approval.Condition):
    """A value that a rule compares a field of the quotation with."""

    rule = models.ForeignKey(
        QuotationApprovalRule, models.CASCADE, related_name="conditions"
    )

    class Meta(approval.Condition.Meta):
        constraints = approval.condition_constraints("quotation_rule_condition")
        triggers = (
            noted("sales.quotationapprovalcondition", title="field", subject=RULE),
            touches("sales_quotationapprovalrule", "rule_id"),
            *options_kept(),
        )
