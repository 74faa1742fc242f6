"""What can be imported: every kind that says so, some in a way of their own."""

from functools import cache

from django.urls import resolve

from crm.kinds import imported
from system.imports import keys, options
from system.imports.competitors import CompetitorImport
from system.imports.contacts import ContactImport
from system.imports.contracts import ContractImport
from system.imports.customers import CustomerImport
from system.imports.encounters import EncounterImport
from system.imports.importer import Importer
from system.imports.interactions import InteractionImport
from system.imports.news import NewsImport
from system.imports.products import ProductImport

#: Of kinds whose files need more than their form says.
OWN = {
    "customers.customer": CustomerImport,
    "customers.contact": ContactImport,
    "contracts.contract": ContractImport,
    "contracts.product": ProductImport,
    "competitors.competitor": CompetitorImport,
    "competitors.encounter": EncounterImport,
    "competitors.newsitem": NewsImport,
    "feedback.interaction": InteractionImport,
}


def importer_of(kind):
    """Return the importer of a kind of record."""
    return importers()[kind]


@cache
def importers():
    """Return {label: importer} of the kinds that one may import."""
    return {
        model._meta.label_lower: OWN.get(model._meta.label_lower) or plain(model)
        for model in imported()
    }


def plain(model):
    """Return the importer of a kind: columns are the fields of its form.

    A row is there already where its first name is.
    """
    titles = tuple(keys.title(name) for name in model.named[:1])

    class Plain(Importer):
        form_class = resolve(model.page("create")).func.view_initkwargs["form_class"]
        prefixes = options.in_both_languages(model._meta.verbose_name)
        keys = titles

    return Plain
