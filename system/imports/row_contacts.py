"""The contact that a sheet of customers names in the same row."""

from customers.models import Customer
from system.imports import storing
from system.imports.contacts import ContactImport
from system.imports.known import Known
from system.imports.seen import Seen

#: What is one of these among the parts of a customer's row.
PREFIX = "contact_"


class RowContacts:
    """Reads the contacts of a file of customers, and stores them behind these."""

    def __init__(self, importer):
        """Take the import of customers whose rows name them."""
        self.user = importer.user
        self.importer = ContactImport(importer.user, importer.ways)
        self.names = [name for name in importer.parts if name.startswith(PREFIX)]

    def read(self, texts):
        """Return (cleaned values, {name: error}) of the contact that a row names.

        Nothing of both where it names none.
        """
        named = {n.removeprefix(PREFIX): texts[n] for n in self.names if n in texts}
        if "name" not in named:
            return {}, {}
        anybody = Customer(owner=self.user)
        related = {"customer": lambda _text: anybody}
        cleaned, errors = self.importer.read({**named, "customer": [""]}, related)
        cleaned.pop("customer", None)
        return cleaned, {f"{PREFIX}{name}": error for name, error in errors.items()}

    def store(self, outcomes, customers):
        """Store the contacts of some rows whose customers are stored; return how many.

        Args:
            outcomes: of rows that were not refused.
            customers: the `Importer` of these.
        """
        rows = [outcome for outcome in outcomes if outcome.contact]
        known = Known(customers, Seen())
        known.load([outcome.cleaned for outcome in rows])
        found = []
        for outcome in rows:
            record = outcome.record if outcome.record and outcome.record.pk else None
            record = record or known.match(outcome.cleaned).record
            if record is not None:
                found.append({**outcome.contact, "customer": record})
        fresh = self._fresh(found)
        if fresh:
            storing.store(fresh)
        return len(fresh)

    def _fresh(self, rows):
        """Return new contacts for the rows whose contact is not there yet."""
        known, fresh = Known(self.importer, Seen()), []
        known.load(rows)
        for place, row in enumerate(rows):
            match = known.match(row)
            if not match.records and match.row is None:
                fresh.append(self.importer.build(row))
                known.add(row, place)
        return fresh


def wanted(importer, mapping):
    """Say whether a file of customers names contacts that the person may add."""
    named = f"{PREFIX}name" in importer.parts and f"{PREFIX}name" in mapping.values()
    return named and importer.user.has_perm("customers.add_contact")
