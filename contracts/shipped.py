"""The approval rules that the program brings along."""

from contracts.models import ApprovalRule, ApprovalStep
from crm.models import Shipment
from crm.shipped import shipping

HEAD, ABOVE = ApprovalStep.Asks.HEAD, ApprovalStep.Asks.HEAD_ABOVE

#: (name, contracts from this amount in CNY on, whom the steps ask)
RULES = (
    ("一百万元以上合同", 1_000_000, (HEAD, ABOVE)),
    ("十万元以上合同", 100_000, (HEAD,)),
)


def fill():
    """Make the rules that were never shipped here.

    They name no last resort: a company has to say who that is. Until it does, a
    contract that no head may decide cannot be submitted, and the person is told so.
    A rule that the company has deleted since is not made again.
    """
    with shipping():
        offered = {("", name): "" for name, _amount, _steps in RULES}
        new = Shipment.objects.take(Shipment.Kind.APPROVAL_RULE, offered)
        for place, (name, amount, steps) in enumerate(RULES, start=1):
            if ("", name) not in new:
                continue
            rule = ApprovalRule.objects.create(
                name=name, amount_from=amount, order=place * 10
            )
            for position, asks in enumerate(steps, start=1):
                rule.steps.create(position=position, asks=asks)
