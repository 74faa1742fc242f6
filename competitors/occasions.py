"""What owners of encounters are told: that a deal took theirs along (`settling`).

And what the clock tells everybody who reads news: how much of it last week brought.
"""

from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, F, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from competitors.models import NewsItem
from crm.jobs.working_days import days_off_and_on, is_worked
from crm.models.record import Registration
from crm.notices.declared import Clocked, Occasion
from crm.notices.models import Reminded
from crm.notices.reminding import marked

LAST_WEEK = "news_last_week"


def of_last_week(person, whose, days, today):
    """Return the news in the books of last week, once a week.

    From the first working day of this one on, or a later one, as `days` count them.
    What comes late is no news of another digest: the list has it.
    """
    monday = today - timedelta(days=today.weekday())
    week = [monday + timedelta(days=n) for n in range(today.weekday() + 1)]
    if _worked(week) < days[-1]:
        return []
    last = (monday - timedelta(days=7), monday - timedelta(days=1))
    rows = NewsItem.objects.visible_to(person).filter(
        published_on__range=last, registration=Registration.REGISTERED
    )
    if earlier := week[:-1]:
        rows = rows.filter(~Exists(_reminded(person, earlier)))
    step = (Value(today.isoformat()), {"pk__gt": 0})
    return [marked(rows, F("published_on"), [step])]


def _worked(week):
    """Return how many of some days are worked."""
    known = days_off_and_on(week[0], week[-1])
    return sum(is_worked(day, known) for day in week)


def _reminded(person, days):
    """Return what a person was told on some days."""
    marks = (Q(mark__endswith=f":{day.isoformat()}") for day in days)
    rows = Reminded.objects.filter(person=person, verb=LAST_WEEK)
    return rows.filter(reduce(or_, marks))


OCCASIONS = (
    Occasion(
        "settled",
        pgettext_lazy("notice", "ended with its opportunity"),
        _("An encounter of mine ended with its opportunity"),
        "info",
        (("owner", "me"),),
    ),
    Occasion(
        "unsettled",
        pgettext_lazy("notice", "open again with its opportunity"),
        _("An encounter of mine is open again with its opportunity"),
        "warn",
        (("owner", "me"), ("outcome", "open")),
    ),
    Clocked(
        LAST_WEEK,
        pgettext_lazy("notice", "industry news of last week"),
        _("What last week brought of industry news, once a week"),
        "info",
        (
            ("published_on_after", "last_monday"),
            ("published_on_before", "last_sunday"),
        ),
        setting=_("news of last week: on which working day of the week"),
        days=(1,),
        due=of_last_week,
    ),
)
