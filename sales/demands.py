"""What stages ask of an opportunity before it comes to them, and goes on from them.

PostgreSQL asks for it, too (`sales.guards.opportunities.ready_for_stage`).
"""

from sales.guards.opportunities import ASKABLE
from sales.models import Opportunity, Stage

#: To what kinds of stages one comes with what is asked for.
_ASKING = (Stage.Kind.OPEN, Stage.Kind.WON)


def says_nothing(name, value):
    """Say whether a column of an opportunity is as good as empty: an amount of 0 is."""
    return value in (None, "") or (name == "amount" and not value)


def asked_by(stage, stages=None):
    """Return the names of what one has filled in who comes to a stage.

    What it asks for itself, and what the open stages on the way there ask for.

    Args:
        stage: the stage.
        stages: the open ones of its pipeline, if they were read already.
    """
    if stage.kind not in _ASKING:
        return []
    asking = [stage, *_on_the_way(stage, stages)]
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
    return _undone(opportunity, opportunity.stage)


def tasks_on_the_way(opportunity, stage):
    """Return [(stage, its tasks that are not done)] before it can come to another one.

    First the one in which it stands, then those that it would pass.
    """
    here = opportunity.stage
    passed = [one for one in _on_the_way(stage) if one.position > here.position]
    left = [(one, _undone(opportunity, one)) for one in (here, *passed)]
    return [(one, tasks) for one, tasks in left if tasks]


def _undone(opportunity, stage):
    return [task for task in stage.tasks if task not in opportunity.ticked]


def _on_the_way(stage, stages=None):
    """Return the stages before one: all open ones in use, where it is won."""
    if stages is None:
        rows = Stage.objects.filter(pipeline=stage.pipeline_id, kind=Stage.Kind.OPEN)
        stages = rows.order_by("position", "pk")
    is_end = stage.kind != Stage.Kind.OPEN
    return [s for s in stages if s.active and (is_end or s.position < stage.position)]
