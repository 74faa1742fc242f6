"""What can be imported."""

from system.imports.competitors import CompetitorImport
from system.imports.contacts import ContactImport
from system.imports.customers import CustomerImport

IMPORTERS = {
    "customers.customer": CustomerImport,
    "customers.contact": ContactImport,
    "competitors.competitor": CompetitorImport,
}


def importer_of(kind):
    """Return the importer of a kind of record."""
    return IMPORTERS[kind]
