"""What rows of a kind put into a calendar: it says so on its model, by `dated`."""

from dataclasses import dataclass

from django.db.models import Q

#: Every row has it.
ALWAYS = Q()


@dataclass(frozen=True)
class Dated:
    """A day, or some time, that rows of a kind have.

    Attributes:
        name: what tells it from the others of its kind.
        label: what a reader calls it.
        begins: the column of the day, or of the moment.
        whose: the column of the person in whose calendar it stands.
        tone: how it is coloured.
        ends: the column of the moment at which it is over, where it takes time.
        whole_day: the column that says that no hours count.
        yearly: whether the day comes again each year, as a birthday does.
        condition: which rows have it at all.
        called_off: the column of the moment at which it was called off.
        move: the name of the method `(day, by)` that gives it another day.
        place: the column of where it is.
        reminds: the column of how many minutes before it somebody wants to be told.
        is_named: whether a reader is told by `label` what of the row it is.
        is_due: whether it is late once its day is over, as long as it stands there.
    """

    name: str
    label: str
    begins: str
    whose: str = "owner"
    tone: str = "neutral"
    ends: str = ""
    whole_day: str = ""
    yearly: bool = False
    condition: Q = ALWAYS
    called_off: str = ""
    move: str = ""
    place: str = ""
    reminds: str = ""
    is_named: bool = True
    is_due: bool = False
