"""What forms, pages, lists and files take of the fields that a kind declares once.

A kind states its fields in `groups`, as forms and pages show them. Lists, conditions
and files have the same fields one after the other, as the lines of the model stand.
"""

from functools import cache

from django.utils.translation import gettext_lazy as _

#: Whose a record is, and who brought it: the last of what people say of one.
PEOPLE = ("owner", "reporter")
#: What the program notes on all records: the last columns of a list.
STAMPS = ("registration", "created_at", "changed_at")


def responsible(*more):
    """Return the group of those people, and what else a page tells of them."""
    return _("Who is responsible"), (*PEOPLE, *more)


RESPONSIBLE = responsible()


def own(kind, first=None):
    """Return the fields that a kind has in its groups, as its model declares them.

    Args:
        kind: a model with `groups`.
        first: the field that leads them, as the column that names the row does.
    """
    options = kind._meta
    fields = (*options.concrete_fields, *options.many_to_many)
    named = {name for _heading, names in kind.groups for name in names}
    names = [
        field.name
        for field in sorted(fields, key=lambda field: field.creation_counter)
        if field.name in named and field.name not in PEOPLE
    ]
    return tuple(sorted(names, key=lambda name: name != first))


def asked(kind):
    """Return what the form of a kind asks for: its fields that people fill in."""
    named = [name for _heading, names in kind.groups for name in names]
    people = [name for name in PEOPLE if name in named]
    return tuple(
        name for name in (*own(kind), *people) if kind._meta.get_field(name).editable
    )


@cache
def typed_alone(kind):
    """Return the fields of a kind that can be changed one by one, where they are read.

    Not whose a record is and under what it is filed, which takes more along.
    """
    fields = {name: kind._meta.get_field(name) for name in asked(kind)}
    return tuple(
        name
        for name, field in fields.items()
        if name not in (*PEOPLE, *kind.asked_once)
        and not field.many_to_many
        and not hasattr(field.related_model, "segment")
    )
