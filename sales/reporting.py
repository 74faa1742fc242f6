"""The daily work on day reports: who has handed in none is told, next day their head.

On working days alone, and each person once for each day, however often it runs.
"""

from django.db.models import Count
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_lazy

from crm.jobs.background import background
from crm.jobs.working_days import is_working_day
from crm.models import Department, User
from crm.notices.models import Reminded
from crm.notices.sending import notify, notify_digest
from sales.team_reports import last_working_day, missing, writers

#: People who are told in one transaction.
AT_ONCE = 50
#: People whom one notice names.
NAMED = 10


def is_needed_tonight():
    """Say whether today is a working day on which somebody has not reported."""
    today = timezone.localdate()
    return is_working_day(today) and missing(today).exists()


def is_needed_this_morning():
    """Say whether the last working day lacks any report, and today is one, too."""
    today = timezone.localdate()
    return is_working_day(today) and missing(last_working_day(today)).exists()


@background(
    gettext_lazy("Remind those who have not reported on the day"),
    needed=is_needed_tonight,
)
def remind_writers(context):
    """Remind the next of them."""
    day, verb = timezone.localdate(), "report_due"
    people = missing(day).filter(pk__gt=context.place or 0).order_by("pk")
    found = list(people[:AT_ONCE])
    for person in found:
        if _is_first(person, verb, day):
            notify(person.pk, verb, person, by=None, reason=f"{day:%Y-%m-%d}")
            context.done += 1
    return found[-1].pk if found else None


@background(
    gettext_lazy("Tell heads whose day reports are missing"),
    needed=is_needed_this_morning,
)
def tell_heads(context):
    """Tell each head of the last working day, in one notice: 3 of 8 are missing."""
    day = last_working_day(timezone.localdate())
    of_head = {pk: number for pk, number in _by_head(writers(day)) if pk}
    for pk, number in _by_head(missing(day)):
        head = User.objects.filter(pk=pk).first()
        if head is not None and _is_first(head, "reports_missing", day):
            _tell(head, day, number, of_head[pk])
            context.done += 1


def _by_head(people):
    """Return (id of the nearest head, number) of some people who are not absent."""
    people = people.filter(is_absent=False).order_by()
    people = people.annotate(head=Department.objects.nearest_head("")).values("head")
    return people.annotate(number=Count("pk")).values_list("head", "number")


def _tell(head, day, number, expected):
    rows = missing(day).alias(above=Department.objects.nearest_head(""))
    rows = rows.filter(above=head.pk).order_by("name", "pk")[:NAMED]
    with translation.override(head.language):
        words = gettext("%(day)s: %(missing)d of %(all)d have not reported")
        said = words % {"day": day, "missing": number, "all": expected}
    notify_digest(head.pk, "reports_missing", rows, number, by=None, reason=said)


def _is_first(person, verb, day):
    """Say whether the person is told of this day for the first time, and note it."""
    _note, is_new = Reminded.objects.get_or_create(
        person=person,
        verb=verb,
        subject_label=User._meta.label_lower,
        subject=person.pk,
        mark=f"{day:%Y-%m-%d}",
    )
    return is_new
