"""Who does a hand-over: the request that agrees on it, or a job; what comes late."""

import logging
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.guards.refusals import reason_of
from crm.jobs.asking import ask
from crm.jobs.background import background
from crm.models import User
from crm.notices.models import Notice
from crm.notices.sending import notify
from system.handovers.doing import (
    close,
    conclude,
    do_some,
    finish,
    hand_rest,
    tell,
)
from system.handovers.splitting import refuse_blind
from system.leaving.lines import full_accounts, left_with
from system.leaving.models import Handover
from system.people import administration

log = logging.getLogger(__name__)

#: So many records are handed over while somebody waits.
AT_ONCE = 200
#: What administrators are told: somebody has left, and left something behind.
LEFT_BEHIND = "left_behind"
#: Records of a slice of a job.
SLICE = 100


def start(leaver, plan, *, by):
    """Hand over what a person has; return the hand-over, done or under way.

    Args:
        leaver: the person.
        plan: as `Handover.plan` has it.
        by: who does it.

    Raises:
        ValidationError: it is being done already, a successor has left or would not
            see what is theirs (`blind`), or nothing can change hands now.
    """
    left = left_with(leaver, movable=True)
    if not left:
        raise ValidationError(
            _("Nothing of %s can be handed over now.") % leaver, code="conflict"
        )
    refuse_blind(plan, [line.model for line, _number in left if line.model])
    settle(leaver)
    with _whole():
        return _begun(leaver, plan, by)


@contextmanager
def _whole():
    """Do all of the block, or nothing.

    Raises:
        ValidationError: somebody else was quicker: a successor is just leaving as well,
            another hand-over has begun.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if reason := reason_of(error, Handover):
            raise ValidationError(reason, code="conflict") from error
        raise


def _begun(leaver, plan, by):
    """Return a new hand-over, done if it is no long one."""
    handover = Handover.objects.create(leaver=leaver, by=by, plan=plan, changed_by=by)
    records = sum(n for line, n in left_with(leaver) if line.model is not None)
    if records > AT_ONCE:
        ask(hand_over, by=by, key=handover.group, handover=handover.pk)
        return handover
    while do_some(handover, by, SLICE):
        pass
    finish(handover, by)
    handover.refresh_from_db()
    return handover


def settle(leaver):
    """Give a hand-over whose job has ended midway the receipt of what has gone.

    Another one begins with what is left; two are never under way for one person.
    """
    prepared = Handover.objects.filter(leaver=leaver, status=Handover.Status.PREPARED)
    rows = prepared.select_related("leaver", "by")
    for stopped in rows.select_for_update(of=("self",), no_key=True):
        if stopped.is_stopped:
            conclude(stopped)


def go_on(stopped, *, by):
    """Go on with a hand-over whose job has ended midway; return the one that does.

    By whoever asked for it, its job goes on; by somebody else, another one with the
    same plan, so that each receipt names who has done what it tells of. Where no record
    is left it only wants its receipt.

    Args:
        stopped: the hand-over, locked.
        by: who has it gone on with.

    Raises:
        ValidationError: it goes on already, or cannot; a successor has left.
    """
    if not stopped.is_stopped:
        raise ValidationError(
            _("Somebody else has dealt with this in the meantime."), code="conflict"
        )
    left = left_with(stopped.leaver, movable=True)
    if not any(line.model for line, _number in left):
        with _whole():
            finish(stopped, by)
    elif stopped.job is None or stopped.job.person_id != by.pk:
        return start(stopped.leaver, stopped.plan, by=by)
    else:
        stopped.job.retry(by=by)
    stopped.refresh_from_db()
    return stopped


@background(gettext_lazy("Hand-over"), permission="crm.change_user")
def hand_over(context, handover):
    """Hand over the next records; write the receipt after the last ones."""
    rows = Handover.objects.select_for_update(of=("self",), no_key=True)
    handover = rows.select_related("leaver", "by").get(pk=handover)
    if handover.status == Handover.Status.DONE:
        return None
    with _whole():
        goes_on = do_some(handover, context.by, SLICE)
        if not goes_on:
            finish(handover, context.by)
    if not goes_on:
        return None
    context.done = handover.rows.count()
    left = sum(n for line, n in left_with(handover.leaver) if line.model)
    context.total = context.done + left
    return context.done


@background(
    gettext_lazy("Hand on what reaches leavers late"), permission="jobs.change_schedule"
)
def catch_late(context):
    """Hand on what came to somebody after their hand-over, by the same rule.

    An account that was to be closed is closed as soon as nothing is left with it, and a
    hand-over whose job ended after its last row gets its receipt. Of what nobody has
    handed over yet, the administrators are told.
    """
    place = context.place or 0
    awaited = Q(is_closing=True) | Q(status=Handover.Status.PREPARED)
    people = User.objects.filter(
        Q(pk__in=full_accounts().values("pk"))
        | Q(pk__in=Handover.objects.filter(awaited).values("leaver"))
    )
    people = people.filter(pk__gt=place).order_by("pk")
    for person in people[:SLICE]:
        if not _caught(person):
            _tell_of(person)
        place = person.pk
    return place if people.filter(pk__gt=place).exists() else None


def _caught(person):
    """Hand on what is left with a person; say whether nothing has to be done, then."""
    rows = Handover.objects.filter(leaver=person).select_related("leaver", "by")
    handover = rows.order_by("-pk").first()
    if handover is None:
        return False
    if handover.is_stopped:
        return not left_with(person) and _finished(handover)
    if handover.status != Handover.Status.DONE:  # its job is at it
        return True
    last = handover.rows.order_by("-pk").values_list("pk", flat=True).first()
    try:
        with _whole():
            while do_some(handover, None, SLICE, late=True):
                pass
            hand_rest(handover, None, late=True)
            tell(handover, None, after=last or 0)
        _close(handover)
    except ValidationError as error:  # a successor has left as well
        log.info("Nothing is handed on of %s: %r", person.pk, error)
        return False
    return person.works_here or not left_with(person)


def _finished(stopped):
    """Finish a hand-over whose job ended after its last row, as it was agreed on.

    With the rights that whoever agreed on it has by now; say whether it could be done.
    """
    try:
        with _whole():
            finish(stopped, stopped.by)
    except (PermissionDenied, ValidationError) as error:
        log.info("Hand-over %s is not finished: %r", stopped.pk, error)
        return False
    return True


def _close(handover):
    """Close the account of a leaver, if whoever wished it still may.

    What was handed on before stays so, whatever stands in the way of this.
    """
    try:
        with transaction.atomic():
            close(handover, handover.by)
    except (PermissionDenied, ValidationError) as error:
        log.info("The account of %s is not closed: %r", handover.leaver_id, error)


def _tell_of(person):
    """Tell each administrator once, as long as they have not read it."""
    for one in administration.administrators():
        notices = Notice.objects.filter(person=one, verb=LEFT_BEHIND, read_at=None)
        if not notices.filter(subjects__contains=[[person.pk]]).exists():
            notify(one.pk, LEFT_BEHIND, person, by=None)
