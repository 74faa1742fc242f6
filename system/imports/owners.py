"""Whose new records become that name no owner: by the rule that a person has chosen."""

from collections import Counter
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.models import User
from system.models import ImportRun
from system.shares import BY_PART, IN_TURN, part_of, share_of

OwnedBy = ImportRun.OwnedBy


class Owners:
    """Gives new records their owners, and says how many of them there are.

    `place` is how many of those who take turns had theirs; `parts` counts the records
    without an owner by what the rule tells them apart by.
    """

    def __init__(self, importer, place=0):
        """Take the importer, whose ways say the rule, and the turn that is next."""
        self.importer, self.place, self.parts = importer, place, Counter()
        ways = importer.ways
        self.rule = ways.owned_by if may_choose(importer) else OwnedBy.IMPORTER
        to = ways.assigned_to.pk if ways.assigned_to else None
        self.shares = {"split": self.rule, "parts": ways.shares, "to": to}

    @cached_property
    def named(self):
        """The ids of all whom the rule names."""
        if self.rule in (OwnedBy.IMPORTER, OwnedBy.ABOVE):
            return set()
        named: list = [self.shares["to"]]
        if self.rule in BY_PART:
            named += self.shares["parts"].values()
        elif self.rule == IN_TURN:
            named += self.shares["parts"]
        return {*named} - {None}

    @cached_property
    def people(self):
        """{id: person} of those whom the rule names and whose records may become."""
        if not self.named:
            return {}
        return self.importer.form.fields["owner"].queryset.in_bulk(self.named)

    def check(self):
        """Refuse a rule that names somebody whose new records cannot become.

        Raises:
            ValidationError: it does; they have left, or are out of reach by now.
        """
        if self.named - self.people.keys():
            raise ValidationError(
                _("The rule for owners names somebody who has left or is out of reach.")
            )

    def give(self, records):
        """Give new records their owners, and sign them."""
        ownerless = [record for record in records if record.owner_id is None]
        if self.rule == OwnedBy.ABOVE:
            follow(ownerless, self.importer.model.team_path)
        else:
            for record in ownerless:
                self._give(record)
        for record in records:
            record.sign(self.importer.user)

    def _give(self, record):
        if self.rule in BY_PART:
            self.parts[part_of(record, self.rule)] += 1
        if self.rule != OwnedBy.IMPORTER:
            heir = share_of(self.shares, record, self.place)
            record.owner = self.people.get(heir)
            self.place += 1


def follow(records, path):
    """Give records to the owners of what they are filed under, if these can have them.

    Args:
        records: of one kind.
        path: the relation to what they are filed under.
    """
    above = [getattr(record, path or "", None) for record in records]
    owners = [getattr(row, "owner_id", None) for row in above]
    if named := {*owners} - {None}:
        people = User.objects.seeing(type(records[0])).filter(pk__in=named)
        able = set(people.order_by().values_list("pk", flat=True))
        for record, owner in zip(records, owners, strict=True):
            record.owner_id = owner if owner in able else None


def may_choose(importer):
    """Say whether the person may say whose new records become.

    What people write of themselves is of who brings the file, or whom a row names.
    """
    return "owner" in importer.form.fields and not importer.model.personal


def rules_for(importer):
    """Return [(rule, label)] of those that fit a kind of record."""
    fields = {field.name for field in importer.model._meta.fields}
    unfit = {rule for rule in BY_PART if rule not in fields}
    if importer.model.team_path in (None, "pk"):
        unfit.add(OwnedBy.ABOVE)
    return [(rule, label) for rule, label in OwnedBy.choices if rule not in unfit]


def owners_of(run):
    """Return [(person, how many)] of the new rows of a preview, most first."""
    numbers = {int(pk): n for pk, n in run.preview.get("owners", {}).items()}
    people = User.objects.in_bulk(numbers) if numbers else {}
    pairs = [(people[pk], n) for pk, n in numbers.items() if pk in people]
    return sorted(pairs, key=lambda pair: -pair[1])
