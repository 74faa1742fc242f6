"""The contact that a sheet of customers names in the same row."""

from customers.models import Customer
from system.imports import storing
from system.imports.contacts import ContactImport
from system.imports.existing import Existing
from system.imports.owners import follow, may_choose
from system.imports.seen import Seen

#: What is one of these among the parts of a customer's row.
PREFIX = "contact_"


class RowContacts:
    """Reads the contacts of a file of customers, and stores them behind these."""

    def __init__(self, importer):
        """Take the import of customers whose rows name them."""
        self.user = importer.user
        self.importer = ContactImport(importer.user, importer.ways)
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
        fresh = self._fresh(found)
        if fresh:
            contacts = [contact for _number, contact in fresh]
            if self.follow:  # they go where a rule has let their customers go
                follow(contacts, "customer")
            for contact in contacts:
                contact.sign(self.user)
            storing.store(contacts)
        return fresh

    def _fresh(self, rows):
        """Return (row, new contact) for the rows whose contact is not there yet."""
        existing, fresh = Existing(self.importer, Seen()), []
        existing.load([row for _number, row in rows])
        for number, row in rows:
            match = existing.match(row)
            if not match.records and match.row is None:
                fresh.append((number, self.importer.build(row)))
                existing.add(row, number)
        return fresh


def wanted(importer, mapping):
    """Say whether a file of customers names contacts that the person may add."""
    named = f"{PREFIX}name" in importer.parts and f"{PREFIX}name" in mapping.values()
    return named and importer.user.has_perm("customers.add_contact")
