"""How an opportunity moves: to another stage, to its end, and back into the open.

These are the only ways; PostgreSQL refuses any other
(`sales.guards.opportunities.staged`).
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.guards.actor import acting
from crm.kinds import settling_of
from crm.rights.permissions import permission
from crm.text import single_line
from crm.validators import fitting
from sales.demands import lacks_for, tasks_on_the_way
from sales.guards.opportunities import REFUSED
from sales.models import Opportunity, Quotation, Stage

#: What closing is called in the history, by the kind of the stage it leads to.
CLOSINGS = {Stage.Kind.WON: "won", Stage.Kind.LOST: "lost", Stage.Kind.VOID: "voided"}
#: The reason of losing that is a rival's offer, as the program ships it.
RIVAL = "rival"
#: Longer ago than this, only who may `reopen` opens it again.
FREELY_REOPENED = timedelta(days=30)


class Unready(ValidationError):
    """Tasks are left to go on, or (`lacks`) something is not filled in yet."""

    def __init__(self, messages, *, lacks):
        super().__init__(messages)
        self.lacks = lacks


def open_stages(pipeline_id, standing=()):
    """Return the stages of a pipeline through which one goes, in order.

    Those in use, and those out of use whose ids are in `standing`: in which something
    stands still.
    """
    shown = Q(active=True) | Q(pk__in=standing)
    stages = Stage.objects.filter(shown, pipeline=pipeline_id, kind=Stage.Kind.OPEN)
    return list(stages.order_by("position", "pk"))


def move(opportunity, stage, by, note=""):
    """Put an open opportunity into another open stage of its pipeline.

    Args:
        opportunity: locked by whoever moves it.
        stage: where it goes.
        by: the person.
        note: why; wanted where it goes back.

    Raises:
        ValidationError: it is closed or there already (`conflict`), the stage is not
            one it can go to, or goes back without a reason.
    """
    _refuse_closed(opportunity)
    here, note = opportunity.stage, _note(note)
    if stage.pk == here.pk:
        raise ValidationError(_("It stands in this stage already."), code="conflict")
    if stage.pipeline_id != here.pipeline_id or stage.kind != Stage.Kind.OPEN:
        raise ValidationError(_("It cannot go to this stage."))
    if not stage.active:
        raise ValidationError(_("This stage is no longer in use."))
    if stage.position >= here.position:
        _refuse_unready(opportunity, stage)
    elif not note:
        raise ValidationError(_("Say why it goes back."), code="reason")
    _go(opportunity, stage, by, "moved", move_note=note)


def close(opportunity, kind, by, *, reason=None, note="", contract=None, winner=None):
    """Close an open opportunity: won, lost, or void.

    Args:
        kind: a kind of `Stage`, none of them open.
        reason: an option of why; wanted unless it is won.
        contract: what it was won by; without one the note says why there is none.
        winner: the encounter with whom it was lost to; wanted where a rival's offer is
            the reason.

    Raises:
        ValidationError: it is closed already (`conflict`), its pipeline has no such
            stage, or what is wanted is missing or of no use.
    """
    _refuse_closed(opportunity)
    note = _note(note)
    if kind == Stage.Kind.WON:
        if contract is None and not note:
            raise ValidationError(
                _("Name the contract, or say why there is none."), code="reason"
            )
        if contract and contract.customer_id != opportunity.customer_id:
            raise ValidationError(_("The contract belongs to another customer."))
        if unapproved(quoted(opportunity)):
            raise ValidationError(REFUSED["opportunity_quoted"], code="conflict")
        _refuse_unready(opportunity, _end_of(opportunity, kind))
    elif reason is None:
        raise ValidationError(_("Choose a reason."), code="reason")
    elif (kind, reason.code) == (Stage.Kind.LOST, RIVAL) and winner is None:
        raise ValidationError(
            _("Say who won: choose the encounter, or note it first."), code="reason"
        )
    stage = _end_of(opportunity, kind)
    settling_of(Opportunity).settle(opportunity, kind, winner, by)
    _go(
        opportunity,
        stage,
        by,
        CLOSINGS[kind],
        closed_on=timezone.localdate(),
        closing_reason=reason,
        move_note=note,
        contract=contract if kind == Stage.Kind.WON else None,
    )


def tick(opportunity, task, by, *, is_done):
    """Note that a task of the stage in which it stands is done, or is not.

    Args:
        opportunity: locked by whoever ticks.
        task: its words.

    Raises:
        ValidationError: it is closed, or its stage has no such task (`conflict`).
    """
    _refuse_closed(opportunity)
    if task not in opportunity.stage.tasks:
        raise ValidationError(
            _("Its stage has no such task (any more)."), code="conflict"
        )
    if is_done == (task in opportunity.ticked):
        return
    others = [one for one in opportunity.ticked if one != task]
    opportunity.ticked = [*others, task] if is_done else others
    with acting(by, verb="task_done" if is_done else ""):
        opportunity.save(update_fields=["ticked"])


def reopen(opportunity, by, note):
    """Put a closed opportunity back into the last stage in which it was open.

    Raises:
        ValidationError: it is open (`conflict`), no reason is given, or it was closed
            long ago and the person may not reopen such ones (`forbidden`).
    """
    note = _note(note)
    if opportunity.status == Opportunity.Status.OPEN:
        raise ValidationError(_("It is open already."), code="conflict")
    if not may_reopen(opportunity, by):
        raise ValidationError(
            _("It was closed more than 30 days ago: you may not open it again."),
            code="forbidden",
        )
    if not note:
        raise ValidationError(_("Say why it is opened again."), code="reason")
    stays = opportunity.stays.filter(stage__kind=Stage.Kind.OPEN)
    stage = stays.order_by("-entered_at", "-pk").select_related("stage").first().stage
    _go(
        opportunity,
        stage,
        by,
        "reopened",
        closed_on=None,
        closing_reason=None,
        move_note=note,
        contract=None,
    )
    settling_of(Opportunity).open_again(opportunity, by)  # not while it is closed


def quoted(opportunity):
    """Return the statuses of the quotations for an opportunity."""
    rows = opportunity.quotations.order_by()
    return set(rows.values_list("status", flat=True))


def unapproved(statuses):
    """Say whether nothing that was quoted is approved yet, or something waits for it.

    Until then nobody wins it: PostgreSQL refuses that, too.

    Args:
        statuses: of all quotations for an opportunity.
    """
    if "pending" in statuses:
        return True
    return bool(statuses) and statuses <= set(Quotation.WRITABLE)


def may_reopen(opportunity, user):
    """Say whether a person may open a closed one again."""
    recently = opportunity.closed_on >= timezone.localdate() - FREELY_REOPENED
    right = permission("reopen", Opportunity)
    return recently or user.has_perm(right, opportunity)


def _end_of(opportunity, kind):
    """Return the stage in which an opportunity ends so."""
    stages = Stage.objects.filter(
        pipeline=opportunity.stage.pipeline_id, kind=kind, active=True
    )
    stage = stages.order_by("position", "pk").first()
    if stage is None:
        raise ValidationError(_("The pipeline has no stage for this."))
    return stage


def _refuse_unready(opportunity, stage):
    """Refuse to go on to a stage with tasks undone, or without what it asks for."""
    wrong = []
    for one, tasks in tasks_on_the_way(opportunity, stage):
        text = _("Tasks of “%(stage)s” are left: %(tasks)s.")
        if one != opportunity.stage:
            text = _("First go to “%(stage)s” and do its tasks: %(tasks)s.")
        wrong.append(text % {"stage": one, "tasks": "、".join(tasks)})
    if lacks := lacks_for(opportunity, stage):
        text = _("“%(stage)s” asks for what is not filled in yet: %(fields)s.")
        wrong.append(text % {"stage": stage, "fields": "、".join(lacks)})
    if wrong:
        raise Unready(wrong, lacks=bool(lacks))


def _refuse_closed(opportunity):
    if opportunity.status != Opportunity.Status.OPEN:
        raise ValidationError(
            _("It was closed meanwhile: open it again first."), code="conflict"
        )


def _note(text):
    """Return a note as it is kept.

    Raises:
        ValidationError: it is too long.
    """
    return fitting(Opportunity, "move_note", single_line(text or ""))


def _go(opportunity, stage, by, verb, **values):
    values = {"stage": stage, **values}
    for name, value in values.items():
        setattr(opportunity, name, value)
    with acting(by, verb=verb):
        opportunity.save(update_fields=list(values))
    opportunity.refresh_from_db(fields=["status", "entered_stage_at", "version"])
