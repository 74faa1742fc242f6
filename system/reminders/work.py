"""The daily work that reminds people and sends them letters, one in each slice."""

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.guards.turns import wait_turn
from crm.jobs.background import background
from crm.jobs.models import Reminder
from crm.models import Deputy, User
from crm.notices import mailing
from crm.notices.declared import clocked
from crm.notices.reminding import remind as remind_of
from crm.notices.sending import wishes_of
from system.upkeep import RIGHT


@background(_("Remind people of what is due"), permission=RIGHT)
def remind(context):
    """Remind the next person of what they may see today, and have not been told."""
    if not context.total:
        context.total = User.objects.active().count()
    person = _next(context.place or 0)
    if person is None:
        return None
    if not remind_person(person, timezone.localdate()):
        context.done += 1
        return person.pk
    return person.pk - 1  # there is more to tell


def _next(after):
    """Return the next person who works here, with what decides their rights."""
    there = Q(pk__in=User.objects.active().values("pk"), pk__gt=after)
    return User.objects.with_grants().filter(there).order_by("pk").first()


def remind_person(person, today):
    """Tell a person what is due, and of whom they stand in for.

    Returns:
        Whether there is more than could be told at once.
    """
    wait_turn("reminders", person)
    absences = Deputy.objects.on(today).filter(
        deputy=person, person__in=User.objects.active()
    )
    absent = dict(absences.values_list("person", "person__name"))
    (unwanted, by_mail), more = wishes_of(person), False
    days_of, whose = Reminder.days_of_all(), [person.pk, *absent]
    for verb, occasion in clocked().items():
        in_bell, days = verb not in unwanted, days_of.get(verb)
        if days and (in_bell or verb in by_mail):
            parts = occasion.due(person, whose, days, today)
            more |= remind_of(person, verb, parts, absent, in_bell=in_bell)
    return more


@background(_("Send notices by mail"), permission=RIGHT)
def send_letters(context):
    """Send the next letter of today, if there is a mail server.

    What was in the way of a letter stands in the job when all others are through.
    """
    if not settings.EMAIL_HOST:
        return None
    if context.place is None:
        today = timezone.localdate()
        context.total = mailing.write_down(today)
        return today.isoformat()
    day = date.fromisoformat(context.place)
    letter = mailing.next_letter(day, mailing.TRIES * (1 + context.again))
    if letter is None:
        _tell_failures(day)
        return None
    if pause := mailing.pause_before(letter):
        context.wait = pause
    elif mailing.send(letter):
        context.done += 1
    return context.place


def _tell_failures(day):
    if failed := mailing.failures(day):
        troubles = ", ".join(f"{name}: {trouble}" for name, trouble in failed)
        raise ValidationError(_("Not sent to %s") % troubles)
