"""The contact that a sheet of customers names in the same row."""

from customers.models import Contact, Customer
from system.imports import storing
from system.imports.existing import Existing
from system.imports.importers import importer_of
from system.imports.owners import follow, may_choose
from system.imports.seen import Seen

#: What is one of these among the parts of a customer's row.
PREFIX = "contact_"


class RowContacts:
    """Reads the contacts of a file of customers, and stores them behind these."""

    def __init__(self, importer):
        """Take the import of customers whose rows name them."""
        self.user = importer.user
        self.importer = importer_of(Contact._meta.label_lower)(
            importer.user, importer.ways
        )
        self.follow = bool(importer.ways.owned_by) and may_choose(importer)
        anybody = Customer(owner=self.user)
        self._anybody = lambda _text: anybody  # who it is, is known once it is stored
        self.names = [name for name in importer.parts if name.startswith(PREFIX)]

    def read(self, texts):
        """Return (cleaned values, {name: error}) of the contact that a row names.

        Nothing of both where it names none.
        """
        named = {n.removeprefix(PREFIX): texts[n] for n in self.names if n in texts}
        if "name" not in named:
            return {}, {}
        cleaned, errors = self.importer.read(
            {**named, "customer": [""]}, {"customer": self._anybody}
        )
        cleaned.pop("customer", None)
        return cleaned, {f"{PREFIX}{name}": error for name, error in errors.items()}

    def store(self, outcomes, customers):
        """Store the contacts of some rows whose customers are stored.

        Args:
            outcomes: of rows that were not refused.
            customers: the `Importer` of these.

        Returns:
            [(row, contact)] of the contacts that were not there yet.
        """
        rows = [outcome for outcome in outcomes if outcome.contact]
        existing = Existing(customers, Seen())
        existing.load([outcome.cleaned for outcome in rows])
        found = []
        for outcome in rows:
            record = outcome.record if outcome.record and outcome.record.pk else None
            record = record or existing.match(outcome.cleaned).record
            if record is not None:
                row = {**outcome.contact, "customer": record}
                found.append((outcome.number, row))
        fresh = self._fresh(found, Seen())
        if fresh:
            contacts = [self.importer.build(row) for _number, row in fresh]
            if self.follow:  # they go where a rule has let their customers go
                follow(contacts, "customer")
            for contact in contacts:
                contact.sign(self.user)
            storing.store(contacts)
            fresh = list(zip((n for n, _row in fresh), contacts, strict=True))
        return fresh

    def coming(self, outcomes, seen):
        """Return how many contacts would come in with some rows of a preview.

        Args:
            outcomes: of rows that nobody has stored yet.
            seen: a `Seen` with the contacts of the file so far.
        """
        rows = [
            (outcome.number, {**outcome.contact, "customer": customer})
            for outcome in outcomes
            if outcome.contact and (customer := _customer_of(outcome))
        ]
        return len(self._fresh(rows, seen))

    def _fresh(self, rows, seen):
        """Return those of some (row, values) whose contact is not there yet."""
        existing, fresh = Existing(self.importer, seen), []
        existing.load([row for _number, row in rows])
        for number, row in rows:
            match = existing.match(row)
            if not match.records and match.row is None:
                fresh.append((number, row))
                existing.add(row, number)
        return fresh


def _customer_of(outcome):
    """Return whose contact a row names; of a customer that would be new, a stand-in.

    Its id is one that no customer has: that of the row which would bring it in.
    """
    if outcome.verdict in ("refused", "totals"):
        return None
    if outcome.record is not None and outcome.record.pk:
        return outcome.record
    row = outcome.number if outcome.verdict == "created" else outcome.twin
    return Customer(pk=-row) if row else None


def wanted(importer, mapping):
    """Say whether a file of customers names contacts that the person may add."""
    named = f"{PREFIX}name" in importer.parts and f"{PREFIX}name" in mapping.values()
    return named and importer.user.has_perm("customers.add_contact")
