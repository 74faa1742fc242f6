"""The approval rules that the program brings along."""

from contracts.models import ApprovalRule, ApprovalStep
from crm.approval.conditions import Operator
from crm.models import Shipment
from crm.shipped import shipping

HEAD, ABOVE = ApprovalStep.Asks.HEAD, ApprovalStep.Asks.HEAD_ABOVE

#: (name, contracts from this amount in CNY on, whom the steps ask)
RULES = (
    ("一百万元以上合同", 1_000_000, (HEAD, ABOVE)),
    ("十万元以上合同", 100_000, (HEAD,)),
)
#: (name, what of its customer's credit is over what, whom the steps ask, its place
#: before the others, whether a new installation begins with it in force). While no rule
#: looks on the days overdue, a contract of who has not paid for long is refused.
CREDIT_RULES = (
    ("逾期超过90天的客户", "credit.overdue_days", 90, (HEAD, ABOVE), 2, False),
    ("超过信用额度", "credit.over", 0, (HEAD, ABOVE), 4, True),
)


def fill():
    """Make the rules that were never shipped here.

    They name no last resort: a company has to say who that is. Until it does, a
    contract that no head may decide cannot be submitted, and the person is told so.
    A rule that the company has deleted since is not made again. To an installation
    that has rules, those that come first of all come switched off: the company's own
    would be asked no more.
    """
    with shipping():
        names = [name for name, *_more in (*RULES, *CREDIT_RULES)]
        is_new = not ApprovalRule.objects.exists()
        new = Shipment.objects.take(
            Shipment.Kind.APPROVAL_RULE, {("", name): "" for name in names}
        )
        for place, (name, amount, steps) in enumerate(RULES, start=1):
            if ("", name) in new:
                _make(steps, name=name, amount_from=amount, order=place * 10)
        for name, field, over, steps, order, active in CREDIT_RULES:
            if ("", name) in new:
                rule = _make(steps, name=name, order=order, active=active and is_new)
                rule.conditions.create(
                    field=field, operator=Operator.OVER, value=str(over)
                )


def _make(steps, **said):
    """Make a rule with its steps; return it."""
    rule = ApprovalRule.objects.create(**said)
    for position, asks in enumerate(steps, start=1):
        rule.steps.create(position=position, asks=asks)
    return rule
