"""What can be imported."""

from system.imports.competitors import CompetitorImport
from system.imports.contacts import ContactImport
from system.imports.contracts import ContractImport
from system.imports.customers import CustomerImport
from system.imports.products import ProductImport

IMPORTERS = {
    "customers.customer": CustomerImport,
    "customers.contact": ContactImport,
    "contracts.contract": ContractImport,
    "contracts.product": ProductImport,
    "competitors.competitor": CompetitorImport,
}


def importer_of(kind):
    """Return the importer of a kind of record."""
    return IMPORTERS[kind]
