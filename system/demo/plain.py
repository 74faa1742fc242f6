"""What apps bring along of kinds that are told of in no part of the story."""

from pathlib import Path

from django.apps import apps

from crm.dictionaries import items_of
from crm.kinds import business
from crm.models import DictionaryField
from system.demo.tables import read


def enter(people):
    """Enter `demo/<kind>.csv` of every app; the first half is in the books already.

    The file names columns by their fields: other records by their names, people by
    theirs, items of dictionaries by their codes.

    Args:
        people: {username: person}.
    """
    names = {person.name: person for person in people.values()}
    for model in business():
        options = model._meta
        folder = Path(apps.get_app_config(options.app_label).path) / "demo"
        file = folder / f"{options.model_name}.csv"
        rows = read(file) if file.exists() else ()
        for place, row in enumerate(rows):
            record = _record(model, row, names)
            record.enter(record.owner)
            if record.is_reported and place * 2 < len(rows):
                record.register(people["infoadmin"])


def _record(model, row, names):
    given = {name: text for name, text in row.items() if text}
    fields = {name: model._meta.get_field(name) for name in given}
    return model(**{n: _value(fields[n], given[n], names) for n in given})


def _value(field, text, names):
    if isinstance(field, DictionaryField):
        return next(item for item in items_of(field.kind) if item.code == text)
    if not field.is_relation:
        return field.to_python(text)
    if field.name == "owner":
        return names[text]
    return field.related_model.objects.get(**{field.related_model.named[0]: text})
