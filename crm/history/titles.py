"""What records are called, read for several kinds of them in one query.

A record's name needs only its short texts, and the ids of what it is filed under:
these come as JSON, one column for kinds of whatever columns, and the record is made
of them again.
"""

import json

from django.apps import apps
from django.db.models import CharField
from django.db.models.functions import JSONObject

from crm.history.entries import value_text

#: Beside what a name is made of.
ALWAYS = ("owner_id",)


def title_columns(model):
    """Return the expression for what `titled` needs to make a record of a kind."""
    return JSONObject(**{name: name for name in (*_own(model), *model.title_extras)})


def titled(label, texts):
    """Return the record of a row of `title_columns`.

    Its `extras` are {path: value in words} of `title_extras`: what tells records of
    one name apart.
    """
    model = apps.get_model(label)
    if isinstance(texts, str):  # as a query brings it that makes no objects
        texts = json.loads(texts)
    names = _own(model)  # in the model's order, as JSON need not be
    record = model.from_db(None, names, [texts[name] for name in names])
    values = {
        path: value_text(_field(model, path), texts[path])
        for path in model.title_extras
    }
    record.extras = {path: value for path, value in values.items() if value}
    return record


def _own(model):
    return [
        field.attname
        for field in model._meta.concrete_fields
        if field.primary_key
        or isinstance(field, CharField)
        or field.name == "title"
        or field.attname in ALWAYS
        or field.name in model.found_through
    ]


def _field(model, path):
    """Return the field at the end of a path of relations."""
    *relations, name = path.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model
    return model._meta.get_field(name)
