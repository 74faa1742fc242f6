"""Whose turn it is in an open round, as pages say it and as forms name it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm.approval.approvers import Made, heard_in, seen_as
from crm.approval.rules import AskedPerson
from crm.models import User


@dataclass(frozen=True)
class Turn:
    """The open step of a round, the verdicts so far, and who can decide it.

    `deciders` says on whose behalf; nobody can where it is empty. They are people as
    `Approvers.able` has them.
    """

    step: Any
    made: Made
    deciders: dict[Any, Any]

    @property
    def is_agreed(self) -> bool:
        """Whether all have agreed: somebody only has to let it take effect."""
        heard = heard_in(self.made.get(self.step.pk, ()))
        return any(person.pk in heard for person in self.deciders)

    @property
    def asks_all(self) -> bool:
        """Whether everybody it waits for has to agree."""
        return self.step.mode == AskedPerson.Mode.ALL and not self.is_agreed

    @property
    def is_passed_on(self) -> bool:
        """Whether nobody whom the step names can decide: others do in their place."""
        step, asks = self.step, AskedPerson.Asks
        if step.mode == AskedPerson.Mode.ANY or self.is_agreed or not self.deciders:
            return False
        asked = [behalf or person for person, behalf in self.deciders.items()]
        if step.asks == asks.ROLE:
            return not any(step.role_id in person.role_ids for person in asked)
        named = step.asks == asks.PERSON
        return named and all(person.pk != step.person_id for person in asked)

    @property
    def asked(self) -> str:
        """What the step asks, and whether that was passed on."""
        return _("%s (passed on)") % self.step if self.is_passed_on else str(self.step)

    @property
    def people(self) -> list[str]:
        """Whom it waits for, by name; deputies say for whom.

        Where all have to agree, whoever is away is one with who can stand in for them.
        """
        if not self.asks_all:
            return [_named(*one) for one in self.deciders.items()]
        missing: dict[Any, list[str]] = {}
        for person, behalf in self.deciders.items():
            missing.setdefault(behalf or person, []).append(_named(person, behalf))
        return [_(" or ").join(names) for names in missing.values()]

    def seen_by(self, user: User) -> str:
        """Return how a form names the step to a person (`seen_as`)."""
        return seen_as(self.step, self.made, user.pk)


def _named(person: User, behalf: User | None) -> str:
    """Return a person by name, and for whom they would decide."""
    if behalf is None:
        return str(person)
    for_whom = _("(on behalf of %(person)s)") % {"person": behalf}
    return f"{person} {for_whom}"
