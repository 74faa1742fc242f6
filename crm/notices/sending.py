"""The one door through which a person is told something."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db.models import Exists, F, Func, JSONField, OuterRef, Value
from django.utils import timezone, translation

from crm.notices.declared import occasions
from crm.notices.models import ByMail, Notice, Unwanted

#: So long is an unread notice added to by more of its kind.
OPEN = timedelta(days=1)
#: Records of which one notice tells at most; the next one begins another.
MOST = 500
LONGEST_TITLE = 200


def notify(person, verb, about, *, by, reason=""):
    """Tell a person what was done to a record, in the transaction that did it.

    Nobody is told of what they did themselves, nor of what they do not want to know,
    nor after their last day. More of the same, as long as it is unread, is added to
    the notice there is.

    Args:
        person: the id of whom to tell.
        verb: of an occasion (`crm.notices.declared`).
        about: the record.
        by: who did it, or None for the program itself.
        reason: why, in their words.

    Returns:
        whether they are told.
    """
    if person is None or (by is not None and person == by.pk):
        return False
    subject = [about.pk, title_of(about)]
    in_bell = _reached(person, verb)
    if in_bell is None:
        return False
    alike = Notice.objects.filter(
        person=person,
        in_bell=in_bell,
        verb=verb,
        actor_id=by.pk if by else None,
        subject_label=about._meta.label_lower,
        reason=reason,
    )
    if _added(alike, subject):
        return True
    Notice.objects.create(
        person_id=person,
        in_bell=in_bell,
        verb=verb,
        actor_id=by.pk if by else None,
        actor_name=str(by) if by else "",
        subject_label=about._meta.label_lower,
        subjects=[subject],
        reason=reason,
    )
    return True


def notify_of_many(person, verb, model, subjects, *, reason="", in_bell=True):
    """Tell a person of many records of a kind at once: the clock's doing.

    As long as nobody has read of the others of that day, they are one notice.

    Args:
        person: the id of whom to tell.
        verb: of an occasion (`crm.notices.declared`).
        model: the kind.
        subjects: [[id, title], …], the most urgent first.
        reason: why this person.
        in_bell: whether the person sees it there, and not by mail alone.
    """
    label, now = model._meta.label_lower, timezone.now()
    alike = Notice.objects.filter(
        person=person,
        in_bell=in_bell,
        verb=verb,
        actor_id=None,
        subject_label=label,
        reason=reason,
    )
    newest = alike.filter(read_at=None, at__gte=now - OPEN).order_by("-pk")
    if open_one := newest.select_for_update(no_key=True).first():
        open_one.subjects = (subjects + open_one.subjects)[:MOST]
        open_one.number += len(subjects)
        open_one.at = now
        open_one.save(update_fields=["subjects", "number", "at"])
        return
    Notice.objects.create(
        person_id=person,
        in_bell=in_bell,
        verb=verb,
        subject_label=label,
        subjects=subjects[:MOST],
        number=len(subjects),
        reason=reason,
    )


def notify_holders(right, verb, about, *, reason=""):
    """Tell everybody who holds a right: the program's doing.

    Args:
        right: a permission.
        verb, about, reason: as of `notify`.
    """
    people = get_user_model().objects.active().filter(roles__grants__has_key=right)
    for person in people.distinct():
        notify(person.pk, verb, about, by=None, reason=reason)


def notify_owners(record, before, *, by):
    """Tell the owner before and the owner now that a record changed hands.

    Whoever does not see it yet is told when it is registered.

    Args:
        record: with its new owner.
        before: the id of who was the owner.
        by: who changed it.
    """
    if before in (None, record.owner_id):
        return
    people = get_user_model().objects.in_bulk((before, record.owner_id))
    former, owner = people[before], people[record.owner_id]
    way = f"{former.name} → {owner.name}"
    if record.allowed(owner, "view"):
        notify(owner.pk, "handed_over", record, by=by, reason=way)
    notify(before, "handed_over", record, by=by, reason=way)


def notify_digest(person, verb, records, number, *, by, reason=""):
    """Tell a person in a notice of its own what somebody did to many records of a kind.

    Args:
        person, verb, by, reason: as `notify` takes them.
        records: the first of them, whose names are told.
        number: how many they are.
    """
    records = list(records)
    if not records or (by is not None and person == by.pk):
        return
    in_bell = _reached(person, verb)
    if in_bell is None:
        return
    Notice.objects.create(
        person_id=person,
        in_bell=in_bell,
        verb=verb,
        actor_id=by.pk if by else None,
        actor_name=str(by) if by else "",
        subject_label=records[0]._meta.label_lower,
        subjects=[[record.pk, title_of(record)] for record in records],
        number=number,
        reason=reason,
    )


def settle(about, right, *, still=()):
    """Let nobody be asked any longer for what is done, or not theirs to do any more.

    An unread notice of this record alone counts as read, one of many forgets it. One
    that another transaction is writing to just now is left alone: nobody waits.

    Args:
        about: the record.
        right: the permission to do what was asked for; others were not asked.
        still: ids of those whom it waits for.
    """
    asking = [verb for verb, occasion in occasions().items() if occasion.waits]
    people = get_user_model().objects.filter(roles__grants__has_key=right).order_by()
    unread = Notice.objects.filter(
        person__in=people.exclude(pk__in=still).values("pk"),
        verb__in=asking,
        read_at=None,
        subject_label=about._meta.label_lower,
        subjects__contains=[[about.pk]],
    ).order_by("pk")
    for notice in unread.select_for_update(skip_locked=True, no_key=True):
        others = [one for one in notice.subjects if one[0] != about.pk]
        if others:
            notice.number -= len(notice.subjects) - len(others)
            notice.subjects = others
        else:
            notice.read_at = timezone.now()
        notice.save(update_fields=["subjects", "number", "read_at"])


def title_of(about):
    """Return what a record is called; the program's own words as they are translated.

    A kind whose rows are called by such words says `titled_in_words`: each reader
    reads them in another language (`crm.notices.showing`).
    """
    if not getattr(about, "titled_in_words", False):
        return str(about)[:LONGEST_TITLE]
    with translation.override("en"):
        return str(about)[:LONGEST_TITLE]


def _added(alike, subject):
    """Say whether an unread notice of the kind took the record in.

    One that another transaction is adding to just now is left alone: nobody waits.
    """
    now = timezone.now()
    still_open = alike.filter(read_at=None, at__gte=now - OPEN, number__lt=MOST)
    others = still_open.exclude(subjects__contains=[[subject[0]]])
    newest = others.order_by("-pk").select_for_update(skip_locked=True, no_key=True)
    more = Func(
        F("subjects"),
        Value([subject], JSONField()),
        arg_joiner=" || ",
        template="%(expressions)s",
    )
    rows = Notice.objects.filter(pk__in=newest.values("pk")[:1]).order_by()
    return rows.update(subjects=more, number=F("number") + 1, at=now)


def _reached(person, verb):
    """Say whether somebody who works here sees such things in the bell.

    Returns:
        None if they do not want to know at all: neither there nor by mail.
    """
    rows = get_user_model().objects.active().filter(pk=person).order_by()
    unwanted = Unwanted.objects.filter(person=OuterRef("pk"), verb=verb)
    by_mail = ByMail.objects.filter(person=OuterRef("pk"), verb=verb)
    ways = rows.values_list(~Exists(unwanted), Exists(by_mail)).first()
    return ways[0] if ways and any(ways) else None


def wishes_of(person):
    """Return two sets of verbs: what is not wanted in the bell, what is by mail."""
    return tuple(
        set(model.objects.filter(person=person).values_list("verb", flat=True))
        for model in (Unwanted, ByMail)
    )
