"""Doing a hand-over, some records at a time; what has gone stands in its rows.

A record is left while its owner is the leaver: it goes once, whenever the program was
stopped; a report that its owner has brought goes with both. Customers go first: what
goes with its customer goes to whoever has that.
"""

import hashlib
import json
from collections import defaultdict

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.bulk.doing import locked
from crm.guards.actor import acting
from crm.models import User
from crm.notices.sending import notify_digest
from system.handovers.splitting import blind_in, heir_of, people_in, refuse_blind
from system.leaving.lines import Heirs, left_with, lines
from system.leaving.models import HandedOver, Handover
from system.people import administration

#: Records of a hand-over that a notice names.
NAMED = 10


def may_hand_over(user, person):
    """Say whether somebody may hand over what a person has."""
    return administration.administered(user, "change").filter(pk=person.pk).exists()


def do_some(handover, by, most, *, late=False):
    """Hand over the next records; return whether there may be more.

    Raises:
        PermissionDenied: `by` may not do this any more.
        ValidationError: a successor has left, or would not see what is theirs. What
            comes late stays, then, and holds up nothing else.
    """
    if by is not None and not may_hand_over(by, handover.leaver):
        raise PermissionDenied
    _refuse_gone(handover)
    with acting(by, verb="transferred", request_id=handover.group):
        for line in lines():
            if line.model is not None:
                rows = line.movable(handover.leaver)
                ids = list(rows.values_list("pk", flat=True)[:most])
                if ids and not (late and blind_in(handover.plan, [line.model])):
                    refuse_blind(handover.plan, [line.model])
                    _give(handover, line, ids, late=late)
                    return True
    return False


def _refuse_gone(handover):
    """Refuse to give anything to somebody who works here no longer.

    Raises:
        ValidationError: a successor has left.
    """
    ids = people_in(handover.plan)
    if User.objects.active().filter(pk__in=ids).count() != len(ids):
        raise ValidationError(_("A successor no longer works here."))


def _give(handover, line, ids, *, late):
    """Give some records to whom they go; note each."""
    records, to = list(locked(line.model, ids)), defaultdict(list)
    gone = HandedOver.objects.filter(handover=handover, line=line.key).count()
    owners = {getattr(one, "customer_owner_id", None) for one in records}
    present = User.objects.seeing(line.model)
    present = present.filter(pk__in=owners - {None, handover.leaver_id})
    present = set(present.values_list("pk", flat=True))
    for number, record in enumerate(records):
        if record.owner_id == handover.leaver_id:
            heir = heir_of(handover.plan, record, gone + number, present)
            to[heir].append(record.pk)
    for heir, own in to.items():
        line.model.objects.filter(pk__in=own).give(heir)
    HandedOver.objects.bulk_create(
        HandedOver(
            handover=handover, line=line.key, object_id=pk, to_id=heir, is_late=late
        )
        for heir, own in to.items()
        for pk in own
    )


@transaction.atomic
def finish(handover, by):
    """Hand over what is no record, write the receipt, close the account if wished."""
    hand_rest(handover, by)
    Handover.objects.filter(leaver=handover.leaver).update(is_closing=False)
    conclude(handover, is_closing=handover.plan["closes"] and handover.leaver.is_active)
    tell(handover, by)
    close(handover, by)


def conclude(handover, *, is_closing=False):
    """Write the receipt of what has gone: nothing more goes by this hand-over's hand.

    Args:
        handover: one that is not done.
        is_closing: whether the account is closed once nothing is left with it.
    """
    now = timezone.now()
    text = receipt_of(handover, now)
    Handover.objects.filter(pk=handover.pk).update(
        status=Handover.Status.DONE,
        done_at=now,
        receipt=text,
        sha256=hash_of(text),
        is_closing=is_closing,
    )


def close(handover, by):
    """Close the leaver's account if that is wished and nothing is left with it.

    Until then the hand-over stays one that closes it, and each night tries again; with
    the rights of that moment.

    Raises:
        PermissionDenied: `by` may not do this any more.
        ValidationError: it is the last administrator, or something has come in.
    """
    rows = Handover.objects.filter(pk=handover.pk, is_closing=True)
    leaver = User.objects.get(pk=handover.leaver_id)
    if rows.exists() and not left_with(leaver):
        if leaver.is_active:
            if not may_hand_over(by, leaver):
                raise PermissionDenied
            administration.deactivate(leaver, by=by)
        rows.update(is_closing=False)


def hand_rest(handover, by, *, late=False):
    """Hand over what is no record: posts, rules, absences, teams, jobs."""
    plan, leaver = handover.plan, handover.leaver
    heirs = Heirs(leaver, plan["to"], plan["approver"], by)
    with acting(by, request_id=handover.group):
        for line in lines():
            if line.give is None:
                continue
            rows = line.rows(leaver)
            ids = list(rows.order_by("pk").values_list("pk", flat=True))
            if ids and line.is_of_records:
                whole = {"to": plan["to"]}
                if late and blind_in(whole, [rows.model]):
                    continue
                refuse_blind(whole, [rows.model])
            to = line.give(rows, heirs) if ids else None
            HandedOver.objects.bulk_create(
                HandedOver(
                    handover=handover,
                    line=line.key,
                    object_id=pk,
                    to_id=to,
                    is_late=late,
                )
                for pk in ids
            )


def receipt_of(handover, done_at):
    """Return what has gone, as canonical JSON: the same rows make the same text."""
    people = {
        "leaver": handover.leaver,
        "handed_over_by": handover.by,
    }
    rows = handover.rows.filter(is_late=False)
    content = {
        "handover": handover.pk,
        "prepared_at": handover.prepared_at.isoformat(),
        "done_at": done_at.isoformat(),
        "plan": handover.plan,
        "rows": [list(row) for row in rows.values_list("line", "object_id", "to")],
        **{
            key: {"id": one.pk, "username": one.username, "name": one.name}
            for key, one in people.items()
        },
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def hash_of(text):
    """Return the SHA-256 of a receipt."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_genuine(handover):
    """Say whether a receipt is what was written, and names the rows that have gone."""
    if hash_of(handover.receipt) != handover.sha256:
        return False
    return handover.receipt == receipt_of(handover, handover.done_at)


def tell(handover, by, *, after=0):
    """Tell each successor in one notice for each kind what they have now, and see.

    Args:
        handover: the hand-over.
        by: whose doing it is.
        after: the id of the last row that was told of before.
    """
    leaver = handover.leaver
    for line in lines():
        if line.model is None:
            continue
        got = defaultdict(list)
        rows = handover.rows.filter(line=line.key, pk__gt=after)
        for pk, to in rows.values_list("object_id", "to"):
            got[to].append(pk)
        for to, ids in got.items():
            heir = User.objects.get(pk=to)
            records = line.model.objects.visible_to(heir).filter(pk__in=ids)
            first, number = records.order_by("pk")[:NAMED], records.count()
            way = f"{leaver.name} → {heir.name}"
            notify_digest(to, "handed_over", first, number, by=by, reason=way)
