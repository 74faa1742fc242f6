"""The pipeline, and the rules for discounts and targets, that the program brings."""

from django.db import connection

from crm.models import Shipment
from crm.shipped import shipping
from sales.models import (
    Pipeline,
    QuotationApprovalRule,
    QuotationApprovalStep,
    Stage,
    TargetRule,
)

KIND = Stage.Kind
PIPELINE, PIPELINE_EN = "标准销售流程", "Standard sales process"
#: (name, English name, kind, probability in percent, days until stuck)
STAGES = (
    ("初步接洽", "First contact", KIND.OPEN, 10, 14),
    ("需求确认", "Need confirmed", KIND.OPEN, 25, 21),
    ("方案与演示", "Solution and demonstration", KIND.OPEN, 45, 30),
    ("报价与谈判", "Quotation and negotiation", KIND.OPEN, 65, 30),
    ("合同签订", "Signing", KIND.OPEN, 90, 14),
    ("赢单", "Won", KIND.WON, 100, None),
    ("输单", "Lost", KIND.LOST, 0, None),
    ("作废", "Void", KIND.VOID, 0, None),
)
HEAD, ABOVE = QuotationApprovalStep.Asks.HEAD, QuotationApprovalStep.Asks.HEAD_ABOVE
#: (name, furthest below the list in percent or None, whether only below the lowest
#: price, whom the steps ask)
RULES = (
    ("低于最低价", None, True, (HEAD, ABOVE)),
    ("折扣超过 15%", 15, False, (HEAD, ABOVE)),
    ("折扣超过 5%", 5, False, (HEAD,)),
)


#: (name, English name, what counts, by which day)
TARGET_RULES = (
    ("合同额", "Contract amount", "contract_amount", "signed_on"),
    ("回款额", "Receipts", "receipts", "received_on"),
    ("新增客户", "New customers", "new_customers", "created_at"),
    ("赢单额", "Opportunities won", "opportunities_won", "closed_on"),
)


def fill():
    """Bring the pipeline and the rules that were never brought."""
    with shipping():
        _fill_pipeline()
        _fill_rules()
        _fill_target_rules()


def _fill_rules():
    """Make the rules that were never shipped here, without a last resort.

    One that the company has deleted since is not made again.
    """
    if not _is_there(QuotationApprovalRule):
        return
    offered = {("quotation", name): "" for name, *_more in RULES}
    new = Shipment.objects.take(Shipment.Kind.APPROVAL_RULE, offered)
    for place, (name, discount, below_floor, steps) in enumerate(RULES, start=1):
        if ("quotation", name) not in new:
            continue
        rule = QuotationApprovalRule.objects.create(
            name=name,
            discount_over=discount,
            below_floor=below_floor,
            order=place * 10,
        )
        for position, asks in enumerate(steps, start=1):
            rule.steps.create(position=position, asks=asks)


def _fill_target_rules():
    """Make the rules for targets that were never shipped here.

    One that the company has deleted since is not made again.
    """
    if not _is_there(TargetRule):
        return
    offered = {("", name): "" for name, *_more in TARGET_RULES}
    new = Shipment.objects.take(Shipment.Kind.TARGET_RULE, offered)
    for place, (name, english, metric, day) in enumerate(TARGET_RULES, start=1):
        if ("", name) in new and not TargetRule.objects.filter(name=name).exists():
            TargetRule.objects.create(
                name=name,
                name_en=english,
                metric=metric,
                day=day,
                order=place * 10,
            )


def _fill_pipeline():
    """Make the pipeline if it was never shipped here.

    One that the company has renamed, changed or deleted since is not made again.
    """
    new = Shipment.objects.take(Shipment.Kind.PIPELINE, {("", PIPELINE): ""})
    if not new or Pipeline.objects.filter(name=PIPELINE).exists():
        return
    pipeline = Pipeline.objects.create(name=PIPELINE, name_en=PIPELINE_EN, order=10)
    for position, (name, english, kind, probability, days) in enumerate(
        STAGES, start=1
    ):
        pipeline.stages.create(
            position=position,
            name=name,
            name_en=english,
            kind=kind,
            probability=probability,
            max_days=days,
        )


def _is_there(model):
    """Say whether the table of a model is there: an older version's may stand."""
    return model._meta.db_table in connection.introspection.table_names()
