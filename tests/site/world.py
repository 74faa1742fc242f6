"""One row of every kind of record, filled in by what its columns ask for.

The walk and the other tests of the whole site use it, so that a new kind of record
is walked without anybody remembering to add it here.
"""

from datetime import timedelta
from itertools import count
from uuid import uuid4

from django.db import models
from django.utils import timezone

from contracts.models import Contract
from crm.models import DictionaryItem, Record
from customers.models import DealRegistration
from sales.models import DayReport, Target, WorkPlan
from sales.models.plans import this_monday
from sales.models.targets import FIRST_YEAR, LAST_YEAR
from tests.factories import stamps
from tests.pages import record_models

_numbers, _places, _days, _weeks = count(1), count(), count(), count()
_years = count()

#: What a contract is worth: many invoices of one each may be asked for of it.
WORTH = 1000


def canary():
    """Return a text that occurs nowhere else."""
    return f"雀{next(_numbers)}雀"


def rows_of(owner, *, registered=True, among=None):
    """Return {model: row} with one row of every kind of record of this owner.

    Rows refer to each other or, if `among` is given, to the rows in it.
    """
    known = dict(among or {})

    def row(model):
        if model not in known:
            known[model] = a_row(model, owner, row, registered=registered)
        return known[model]

    if among:
        return {
            model: a_row(model, owner, row, registered=registered)
            for model in record_models()
        }
    return {model: row(model) for model in record_models()}


def who_enters(model, owner, clerk):
    """Return who works with the rows of a kind: of what is of oneself, the owner.

    Args:
        model: the kind.
        owner: whose rows they are.
        clerk: who may do anything to all others.
    """
    return owner if model.personal else clerk


def a_row(model, owner, row, *, registered=True, **fields):
    """Return a saved row whose required columns are filled.

    Args:
        model: a kind of record.
        owner: whose row it is.
        row: a function from another kind of record to the row to refer to.
        registered: whether it stands in the books.
        fields: what is to have a certain value.
    """
    made = model(**{**stamps(owner, registered), **_usual(model, owner), **fields})
    made.canary = canary()
    for field in model._meta.concrete_fields:
        if not field.primary_key and _asks(made, field):
            setattr(made, field.name, _value(field, made.canary, owner, row))
    made.save()
    return made


def _usual(model, owner):
    """Return what a row of a kind says, so that there can be several beside it."""
    if model is Contract:
        return {"amount": WORTH}
    if model is Target:  # everybody has one a year
        year = FIRST_YEAR + next(_years) % (LAST_YEAR - FIRST_YEAR)
        return {"year": year, "person": owner}
    if model is DealRegistration:  # nobody registers the same products twice
        categories = DictionaryItem.objects.filter(kind="product_category")
        rows = categories.order_by("pk")
        return {"category": rows[next(_places) % rows.count()]}
    if model is DayReport:  # nor reports twice on a day
        ago = timedelta(days=next(_days) % 32)
        return {"done": canary(), "day": timezone.localdate() - ago}
    if model is WorkPlan:  # or plans a week twice
        weeks = timedelta(weeks=next(_weeks) % 500)
        return {"starts_on": this_monday() + weeks}
    return {}


def _asks(made, field):
    if field.has_default() or field.null or field.has_db_default():
        return False
    return not (field.blank or getattr(made, field.attname))


def _value(field, text, owner, row):
    if field.is_relation:
        return _related(field.related_model, owner, row)
    if field.choices:
        return field.flatchoices[0][0]
    for kind, value in (
        (models.DateTimeField, timezone.now),
        (models.DateField, timezone.localdate),
        (models.DecimalField | models.IntegerField, lambda: 1),
        (models.JSONField, dict),
        (models.UUIDField, uuid4),
    ):
        if isinstance(field, kind):
            return value()
    return text[: field.max_length]


def _related(model, owner, row):
    if issubclass(model, Record):
        return row(model)
    return owner if isinstance(owner, model) else model._default_manager.first()
