"""What rows of a kind are of somebody's day: numbers that a day report begins with.

A model says so in `day_facts`; whoever gathers a day asks Django for the models
(`crm.kinds.day_facts`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import DateTimeField, Q

from crm.queries.days import on_days


@dataclass(frozen=True)
class DayFact:
    """A number of a person's day: how many rows, and what they come to.

    Attributes:
        key: unlike those of all others; it is kept with reports, for good.
        label: what it is called.
        at: the column of the day or the moment.
        place: its place among all.
        who: the path to the person whose doing it is.
        where: which rows alone.
        under: the relation to the record that the row is a part of: who sees the row
            is asked of that. A kind that is a `Record` says so itself.
        once: whether each of the records of `under` counts once, however many rows
            lead to it.
        amount: the column of CNY that is added up, of what is counted.
        listed: the condition by which the list of the kind asks for the person; none:
            no list has exactly these rows.
        conditions: what else the list is asked for.
        options: {condition: code of an option} of it, of the field's own dictionary.
    """

    key: str
    label: Any
    at: str
    place: int
    who: str = "owner"
    where: Q = field(default_factory=Q)
    under: str = ""
    once: bool = False
    amount: str = ""
    listed: str = ""
    conditions: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    def rows(self, model, person, day):
        """Return what is counted of a person's day, as far as the person sees it.

        Args:
            model: the kind that declares it.
            person: with the rights of this moment.
            day: the day.
        """
        is_moment = isinstance(model._meta.get_field(self.at), DateTimeField)
        on_day = on_days(self.at, day, day) if is_moment else Q(**{self.at: day})
        mine = self.where & on_day & Q(**{self.who: person.pk})
        if not self.under:
            return model.objects.visible_to(person).filter(mine).order_by()
        above = model._meta.get_field(self.under).related_model
        seen = above.objects.visible_to(person).order_by()
        parts = model.objects.filter(mine).order_by()
        if self.once:
            return seen.filter(pk__in=parts.values(self.under))
        return parts.filter(**{f"{self.under}__in": seen.values("pk")})
