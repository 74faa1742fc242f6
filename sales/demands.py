"""What stages ask of an opportunity before it comes to them, and goes on from them.

PostgreSQL asks for it, too (`sales.guards.opportunities.ready_for_stage`).
"""

from sales.guards.opportunities import ASKABLE
from sales.models import Opportunity, Stage


def says_nothing(name, value):
    """Say whether a column of an opportunity is as good as empty: an amount of 0 is."""
    return value in (None, "") or (name == "amount" and not value)


def asked_by(stage, stages=None):
    """Return the names of what one has filled in who comes to a stage.

    What it asks for itself, and what the open stages before an open one ask for.

    Args:
        stage: the stage.
        stages: the open ones of its pipeline, if they were read already.
    """
    asking = [stage] if stage.kind in (Stage.Kind.OPEN, Stage.Kind.WON) else []
    if stage.kind == Stage.Kind.OPEN:
        if stages is None:
            rows = Stage.objects.filter(pipeline=stage.pipeline_id)
            stages = rows.filter(kind=Stage.Kind.OPEN)
        asking += [s for s in stages if s.active and s.position < stage.position]
    asked = {name for one in asking for name in one.requires}
    return [name for name in ASKABLE if name in asked]


def lacks_for(opportunity, stage, stages=None):
    """Return the labels of what an opportunity lacks to come to a stage."""
    fields = map(Opportunity._meta.get_field, asked_by(stage, stages))
    return [
        str(field.verbose_name)
        for field in fields
        if says_nothing(field.name, getattr(opportunity, field.attname))
    ]


def tasks_of(opportunity):
    """Return [(task, whether it is done)] of the stage in which an opportunity is."""
    return [(task, task in opportunity.ticked) for task in opportunity.stage.tasks]


def tasks_left(opportunity):
    """Return what of them is not done."""
    return [task for task, is_done in tasks_of(opportunity) if not is_done]
