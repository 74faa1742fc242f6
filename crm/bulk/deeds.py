"""What can be done to many records, one by one: by the rules that hold for one.

A deed is made of its action and of whom it is done by. It says which rows the person
may do it to, does it to a record that is locked, and puts back what it has done.
"""

from abc import ABC, abstractmethod
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from crm.bulk.reach import (
    blind_to,
    goes_along,
    has_own_owner,
    heirs,
    is_chosen,
    within_reach,
)
from crm.forms.columns import save_changed, values_of
from crm.lists.deeds import deeds_of
from crm.models import User
from crm.rights.permissions import memberships


class Deed(ABC):
    """What all of them share."""

    #: What the history calls it, where the row shows it.
    verb = ""

    def __init__(self, bulk, by):
        """Take the action and who does it, with the rights of this moment.

        Raises:
            PermissionDenied: they may not do this any more.
        """
        self.bulk, self.by, self.model, self.given = bulk, by, bulk.model, bulk.given
        if bulk.act not in dict(deeds_of(by, self.model)):
            raise PermissionDenied

    @abstractmethod
    def check(self):
        """Refuse what cannot be done to any row.

        Raises:
            ValidationError: whom or what it names is not to be had any more.
        """

    def allowed(self):
        """Return the condition "the person may do this to the row, as it stands"."""
        theirs = self._changeable(self.model) & self.model.open_to(self.bulk.act)
        if self.model.own_doing:
            theirs &= within_reach(self.by, self.model)
        return theirs

    def allowed_of(self, kind):
        """Return `allowed` for rows of its kind, or of one that goes along with it.

        What is nobody's but its customer's goes, and comes back, with that.
        """
        if kind is self.model:
            return self.allowed()
        if not has_own_owner(kind):
            return Q()
        return self._changeable(kind)

    def _changeable(self, kind):
        """Return the condition "the person may change the row", of no row if of none.

        The right to a kind that went along may be gone by the time it comes back.
        """
        condition = kind.objects.visibility(self.by, "change").condition
        return Q(pk__in=()) if condition is None else condition

    @abstractmethod
    def act(self, record):
        """Do it to a record; return what was there before, None if nothing is new.

        Raises:
            ValidationError, IntegrityError: the record cannot be so.
        """

    def along(self, record, before):
        """Return [(record, what was there before)] of what went along with one."""
        return []

    def is_untouched(self, record, row):
        """Say whether a record is as the deed left it."""
        return record.version == row.after

    @abstractmethod
    def undo(self, record, before):
        """Put back what was there before.

        Raises:
            ValidationError, IntegrityError: it cannot be so any more.
        """


class Transfer(Deed):
    """Give records to another owner; what belongs to them goes along."""

    verb = "transferred"

    def check(self):
        """Refuse somebody who has left, would not see it, or is out of reach by now."""
        kinds = [kind for kind, *_how in goes_along(self.model) if has_own_owner(kind)]
        along = [kind for kind in kinds if is_chosen(kind, self.given)]
        to = self.given["to"]
        if not heirs(self.by, self.model).filter(pk=to).exists() or blind_to(to, along):
            raise ValidationError(_("The new owner is not to be chosen any more."))

    def allowed(self):
        """Leave out rows of owners whom the right to change does not reach."""
        return super().allowed() & within_reach(self.by, self.model)

    def act(self, record):
        """Change the owner; let the former one read on, if that is wanted."""
        former = record.owner_id
        if former == self.given["to"]:
            return None
        before = _owned(record)
        _give(type(record), [record.pk], self.given["to"])
        if self.given.get("former") == "member":
            before["member"] = self._kept_in_team(record, former)
        return before

    def _kept_in_team(self, record, former):
        """Let the former owner read on; return the id of the new place in the team.

        None for who has it already, or works here no longer.
        """
        if not User.objects.active().filter(pk=former).exists():
            return None
        until = parse_date(self.given.get("until") or "")
        place, is_new = memberships().get_or_create(
            customer_id=record.pk, user_id=former, defaults={"until": until}
        )
        return place.pk if is_new else None

    def along(self, record, before):
        """Give the new owner what its former owner had filed under a record."""
        found = []
        for kind, relation, condition in goes_along(self.model):
            if not is_chosen(kind, self.given):
                continue
            rows = kind.objects.filter(condition, **{relation: record.pk})
            rows = rows.filter(owner=before["owner_id"])
            rows = rows.visible_to(self.by, "change") if has_own_owner(kind) else rows
            locked = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
            records = list(locked)
            _give(kind, [one.pk for one in records], self.given["to"])
            found += [(one, _owned(one)) for one in records]
        return found

    def undo(self, record, before):
        """Give a record back to its former owner, who must still see its kind.

        A report goes back to who had brought it, if they do; else to its owner.
        """
        owner = before["owner_id"]
        able = _seeing(type(record), owner, before.get("reporter_id"))
        if owner not in able:
            raise ValidationError(_("The former owner has left, or may not see this."))
        if place := before.get("member"):
            memberships().filter(pk=place).delete()
        reporter = before.get("reporter_id", record.reporter_id)
        if not record.is_registered and reporter not in able:
            reporter = owner
        rows = type(record).objects.filter(pk=record.pk)
        _refuse_missing(rows.hand(owner, reporter), 1)
        if follows := {k: before[k] for k in record.follows_owner if k in before}:
            rows.update(**follows)


class Edit(Deed):
    """Write one value into one field of records."""

    @property
    def field(self):
        """The field."""
        return self.model._meta.get_field(self.given["field"])

    def check(self):
        """Refuse a value that no record can have any more."""
        self.field.clean(stored(self.field, self.given["value"]), None)

    def act(self, record):
        """Write the value, by the rules of its kind."""
        field = self.field
        old = getattr(record, field.attname)
        new = stored(field, self.given["value"])
        if old == new:
            return None
        self._write(record, new)
        return {field.attname: old}

    def _write(self, record, value):
        before, field = values_of(record), self.field
        setattr(record, field.attname, value)
        others = {one.name for one in record._meta.fields} - {field.name}
        record.clean_fields(exclude=others)
        record.clean()
        save_changed(record, before)

    def undo(self, record, before):
        """Write the old value."""
        self._write(record, stored(self.field, before[self.field.attname]))


class Team(Deed):
    """Take a person onto the teams of customers."""

    def check(self):
        """Refuse somebody who has left."""
        if not User.objects.active().filter(pk=self.given["user"]).exists():
            raise ValidationError(_("This person no longer works here."))

    def allowed(self):
        """Leave out what one may change for being in its team only."""
        return super().allowed() & within_reach(self.by, self.model)

    def act(self, record):
        """Add the person; whoever is in the team stays as they are."""
        person, writes = self.given["user"], self.given["may_write"]
        if record.owner_id == person:
            return None
        place, is_new = memberships().get_or_create(
            customer_id=record.pk, user_id=person, defaults={"may_write": writes}
        )
        return {"member": place.pk} if is_new else None

    def is_untouched(self, record, row):
        """Say whether the place in the team is as it was made."""
        return self._place(row.before).exists()

    def _place(self, before):
        writes = self.given["may_write"]
        return memberships().filter(pk=before["member"], may_write=writes)

    def undo(self, record, before):
        """Take the person off the team."""
        self._place(before).delete()


DEEDS: dict[str, type[Any]] = {"transfer": Transfer, "edit": Edit, "team": Team}


def deed_of(bulk, by):
    """Return the Deed of a bulk action."""
    return DEEDS[bulk.act](bulk, by)


def stored(field, value):
    """Return a value as the column has it, of one that JSON has kept."""
    target = field.target_field if field.is_relation else field
    return target.to_python(value)


def _seeing(kind, *people):
    """Return the ids of those of some people to whom rows of a kind can go."""
    rows = User.objects.seeing(kind).filter(pk__in={*people} - {None})
    return set(rows.order_by().values_list("pk", flat=True))


def _owned(record):
    """Return what a transfer changes of a record, as JSON."""
    follows = {name: getattr(record, name) for name in record.follows_owner}
    texts = {k: f"{v}" if isinstance(v, date) else v for k, v in follows.items()}
    return {"owner_id": record.owner_id, "reporter_id": record.reporter_id, **texts}


def _give(kind, ids, to):
    if ids:
        _refuse_missing(kind.objects.filter(pk__in=ids).give(to), len(ids))


def _refuse_missing(changed, number):
    if changed != number:
        raise ValidationError(_("It has gone to the recycle bin meanwhile."))
