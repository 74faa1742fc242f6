"""The approval rules that a new database starts with."""

from contracts.models import ApprovalRule, ApprovalStep

HEAD, ABOVE = ApprovalStep.Asks.HEAD, ApprovalStep.Asks.HEAD_ABOVE

#: (name, contracts from this amount in CNY on, whom the steps ask)
RULES = (
    ("一百万元以上合同", 1_000_000, (HEAD, ABOVE)),
    ("十万元以上合同", 100_000, (HEAD,)),
)


def fill():
    """Make the rules if there is none.

    They name no last resort: a company has to say who that is. Until it does, a
    contract that no head may decide cannot be submitted, and the person is told so.
    """
    if ApprovalRule.objects.exists():
        return
    for place, (name, amount, steps) in enumerate(RULES, start=1):
        rule = ApprovalRule.objects.create(
            name=name, amount_from=amount, order=place * 10
        )
        for position, asks in enumerate(steps, start=1):
            rule.steps.create(position=position, asks=asks)
