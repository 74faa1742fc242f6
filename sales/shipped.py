"""The pipeline that the program brings along."""

from crm.models import Shipment
from crm.shipped import shipping
from sales.models import Pipeline, Stage

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


def fill():
    """Make the pipeline if it was never shipped here.

    One that the company has renamed, changed or deleted since is not made again.
    """
    with shipping():
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
