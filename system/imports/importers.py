"""What can be imported: every kind that says so, in the way that its app declares."""

from functools import cache

from django.urls import resolve

from crm.imports import keys, options
from crm.imports.declared import declared_by
from crm.kinds import imported
from system.imports.importer import Importer


def importer_of(kind):
    """Return the importer of a kind of record."""
    return importers()[kind]


@cache
def importers():
    """Return {label: importer} of the kinds that one may import."""
    return {model._meta.label_lower: made_for(model) for model in imported()}


def bearers_of(model):
    """Return the kinds whose rows name records of this one beside their own."""
    declared = {kind: importer_of(kind._meta.label_lower) for kind in imported()}
    return [
        kind
        for kind, importer in declared.items()
        if importer.companion and importer.companion.model is model
    ]


def made_for(model):
    """Return the importer of a kind: columns are the fields of its form.

    Where its app declares nothing, a row is there already where its first name is.
    """
    form = resolve(model.page("create")).func.view_initkwargs["form_class"]
    declared = declared_by(model)
    if declared is not None:
        return type(declared.__name__, (declared, Importer), {"form_class": form})
    return type(
        f"{model.__name__}Import",
        (Importer,),
        {
            "form_class": form,
            "prefixes": options.in_both_languages(model._meta.verbose_name),
            "keys": tuple(keys.title(name) for name in model.named[:1]),
        },
    )
