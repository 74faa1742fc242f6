"""Which rows use a dictionary item, and how they come to use another.

What was approved, or is being decided upon, keeps the option that it had: it is told
as it was. Its kind says which rows those are by `keeps_options`, a condition.
"""

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.db.models import Count, Exists, F, OuterRef, Q, UniqueConstraint
from django.utils.translation import gettext as _

from crm.guards.actor import acting
from crm.models import DictionaryItem, Record
from crm.running.faults import fault_of
from system.references import references


def fields_of(kinds):
    """Return the foreign keys that may hold an item of some dictionaries."""
    found = references(DictionaryItem)
    return [field for field in found if getattr(field, "kind", None) in (None, *kinds)]


def counted(items):
    """Return {item id: number of rows that use it}, in one query."""
    ids = [item.pk for item in items]
    parts = [
        field.model._base_manager.order_by()
        .filter(**{f"{field.name}__in": ids})
        .values_list(field.attname)
        .annotate(n=Count("pk"))
        for field in fields_of({item.kind for item in items})
    ]
    totals = dict.fromkeys(ids, 0)
    if parts:
        for pk, count in parts[0].union(*parts[1:], all=True):
            totals[pk] += count
    return totals


def replace(item, target, *, by):
    """Let the rows that use `item` use `target`, and retire `item`; all or nothing.

    Rows that keep their options keep it: it is retired, not deleted, and stays theirs.

    Those who are saving a row with `item` are waited for, and their rows move too; who
    comes later finds it retired (`crm.guards.options`, `crm.models.dictionaries.held`).

    Raises:
        ValidationError: the two are of different dictionaries, or some row may not
            be changed now: a contract that has just been handed in.
    """
    if target.kind != item.kind or target.pk == item.pk:
        raise ValidationError(_("Choose another item of the same dictionary."))
    both = DictionaryItem.objects.filter(pk__in=(item.pk, target.pk))
    rows = {row.pk: row for row in both.order_by("pk").select_for_update(no_key=True)}
    if target.pk not in rows or not rows[target.pk].active:
        raise ValidationError(_("This option is no longer in use. Choose another one."))
    try:
        with acting(by, verb="replaced"):
            # Who changes a row may come to hold the item for it: rows are waited for
            # before the item is, and those that came to have it meanwhile move then.
            _move_all(item, target)
            both.select_for_update().get(pk=item.pk)
            _move_all(item, target)
            DictionaryItem.objects.filter(pk=item.pk).update(active=False)
    except DatabaseError as error:
        if fault_of(error) is not None:
            raise
        raise ValidationError(
            _("Some records that use this may not be changed now; nothing was done.")
        ) from error


def kept_by(model):
    """Return the condition "the row keeps its options, whatever replaces them"."""
    return getattr(model, "keeps_options", Q(pk__in=()))


def keeping(item):
    """Return [{label, count}] of the rows that keep an item when it is replaced."""
    found = {}
    for field in fields_of({item.kind}):
        if hasattr(field.model, "keeps_options"):
            rows = field.model._base_manager.filter(
                kept_by(field.model), **{field.name: item}
            )
            name = field.model._meta.verbose_name_plural
            found[name] = found.get(name, 0) + rows.count()
    return [{"label": name, "count": n} for name, n in found.items() if n]


def _move_all(item, target):
    for field in fields_of({item.kind}):
        _move(field, item, target)


def _move(field, item, target):
    """Change the rows of one table; a pair that would be there twice goes."""
    rows = field.model._base_manager.order_by()
    using = rows.filter(**{field.name: item}).exclude(kept_by(field.model))
    for others in _pairs(field):
        same = {name: OuterRef(name) for name in others}
        there = rows.filter(**{field.name: target}, **same)
        using.filter(Exists(there)).delete()
    using.update(**{field.name: target})


def _pairs(field):
    """Return what makes the field unique in a table of links; records are none."""
    model = field.model
    if issubclass(model, Record):
        return []
    groups = [set(names) for names in model._meta.unique_together]
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            names = {f.name for f in constraint.expressions if isinstance(f, F)}
            groups.append(names | set(constraint.fields))
    return [names - {field.name} for names in groups if field.name in names]
