"""The work that tells people what begins soon, one of them in each slice."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.guards.turns import wait_turn
from crm.jobs.background import background
from crm.models import User
from crm.notices.reminding import remind
from crm.notices.sending import wishes_of
from system.calendar.reminders import SOON, events_soon, is_anybody_due, soon
from system.upkeep import RIGHT


@background(
    _("Remind people of what begins soon"), permission=RIGHT, needed=is_anybody_due
)
def remind_soon(context):
    """Tell the next person what begins soon, of each event once for its time."""
    now, after = timezone.now(), context.place or 0
    waiting = events_soon(now).filter(person__gt=after).order_by("person")
    next_one = waiting.values_list("person", flat=True).first()
    person = User.objects.with_grants().filter(pk=next_one).first()
    if person is None:
        return None
    wait_turn("reminders", person)
    unwanted, _by_mail = wishes_of(person)
    is_more = remind(person, SOON, soon(person, now), {}, in_bell=SOON not in unwanted)
    context.done += 1
    return person.pk - 1 if is_more else person.pk
