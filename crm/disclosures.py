"""What a person may learn of rows that they cannot see: few of them in a day.

A value that stands once is taken, whoever's row has it, and whoever types it must be
told; a customer is not to be entered twice, so one is told which department to ask.
Each such answer tells of a row of somebody else. Who types all day long shall not read
the books of the others: after so many rows every answer is the same, whether there is
such a row or not, until the next day.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from crm.guards.turns import wait_turn
from crm.models import HistoryEntry

#: How many rows of others a person may learn of in a day.
MOST_A_DAY = 60
#: At how many customers in pools they may look.
MOST_LOOKS = 100
DISCLOSED = "told_of_customer"
#: How the history names a customer in a pool that was looked at.
POOLED = "pooled"
#: How it names one that somebody found by asking for it: they know whose it is.
FOUND = "found"
#: The fact that says what the row was called.
CALLED = "called"
ENOUGH = _(
    "You have asked about other people's customers often enough today; ask the "
    "information administrator."
)


class Disclosures:
    """The rows of others that a person has learnt of today."""

    turn = DISCLOSED

    def __init__(self, user, request=None):
        """Take the person, and the request that they ask by if there is one."""
        self.user, self.request = user, request
        self.learnt = self._today()

    @property
    def most(self):
        """How many they may learn of in a day."""
        return MOST_A_DAY

    @property
    def is_full(self):
        """Whether the person learns of no further row today."""
        return len(self.learnt) >= self.most

    def allow(self, row, asked=""):
        """Say whether the person may learn that there is a row; keep that they did.

        Args:
            row: a record that they cannot see.
            asked: what they typed, for the operation log.
        """
        return bool(self.allowed([row], asked))

    def allowed(self, rows, asked=""):
        """Return those of some rows of which the person may learn; keep that they did.

        Args:
            rows: records of a kind that they cannot see.
            asked: what they typed, for the operation log.
        """
        if not self.is_full and any(map(self._is_new, rows)):
            with transaction.atomic():
                wait_turn(self.turn, self.user)
                self.learnt = self._today()
                for row in rows:
                    if self._is_new(row) and not self.is_full:
                        self._keep(row, asked)
        return [row for row in rows if not self._is_new(row)]

    def _is_new(self, row):
        return (self.name_of(row), row.pk) not in self.learnt

    def _keep(self, row, asked):
        name = self.name_of(row)
        HistoryEntry.record(
            self.user,
            DISCLOSED,
            kind=type(row),
            title=asked,
            changes={name: [None, row.pk], CALLED: [None, str(row)]},
            request=self.request,
        )
        self.learnt.add((name, row.pk))

    def _today(self):
        midnight = timezone.localtime().replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        entries = HistoryEntry.objects.filter(
            actor_id=self.user.pk, verb=DISCLOSED, at__gte=midnight
        ).order_by()
        return {
            (name, pk)
            for changes in entries.values_list("changes", flat=True)
            for name, (_old, pk) in changes.items()
            if name != CALLED and self.counts(name)
        }

    def name_of(self, row):
        """Return how what is learnt of a row is named in the history."""
        return row._meta.model_name

    def counts(self, name):
        """Say whether what is named so counts among these."""
        return name != POOLED


class Findings(Disclosures):
    """The same, by one who asks for a customer: its name and whose it is are told."""

    def name_of(self, _row):
        """Name it as what was found."""
        return FOUND

    @property
    def found_ids(self):
        """The ids of the customers that were found today."""
        return {pk for name, pk in self.learnt if name == FOUND}


class Looks(Disclosures):
    """The customers in pools at which a person has looked today, as a member."""

    turn = "looked_in_pool"

    @property
    def most(self):
        """At how many they may look in a day."""
        return MOST_LOOKS

    def name_of(self, _row):
        """Name it as what was seen in a pool."""
        return POOLED

    def counts(self, name):
        """Count what was seen in a pool alone."""
        return name == POOLED


def learnt_in(changes):
    """Return the id of the row of which an entry tells that somebody learnt of it."""
    ids = (new for name, (_old, new) in changes.items() if name != CALLED)
    return next(ids, None)


def refusal_of(record, name, user):
    """Return why a value that stands once is not answered for; None if it is.

    That a row which the person sees has it, or one that they may learn of, the
    constraint says.

    Args:
        record: with the new value.
        name: a field of `once`.
        user: who typed it.
    """
    rows = type(record).objects
    value = record.value_once(name)
    if not value or rows.visibility(user).is_everything:
        return None
    holders = rows.filter(**{record.once[name]: value}).exclude(pk=record.pk)
    holder = holders.order_by("pk").first()
    if holder is not None and holder.allowed(user, "view"):
        return None
    disclosures = Disclosures(user)
    if holder is None:
        return ValidationError(ENOUGH) if disclosures.is_full else None
    return None if disclosures.allow(holder, str(value)) else ValidationError(ENOUGH)


def with_holder(record, name, user, error):
    """Return the error that a value is taken, with a link to the row that has it.

    Of a row that the person cannot see it says no more than it did.
    """
    holders = type(record).objects.visible_to(user).exclude(pk=record.pk)
    value = {record.once[name]: record.value_once(name)}
    holder = holders.filter(**value).order_by("pk").first()
    if holder is None:
        return error
    link = '{} <a href="{}" target="_blank">{}</a>'
    linked = format_html(link, error.message, holder.get_absolute_url(), holder)
    return ValidationError(linked, code=error.code)
