"""The numbers of a person's day, as the program has them: nobody types them.

Kinds declare them (`crm.models.day_facts`); all are read by one query.
"""

from decimal import Decimal

from django.db.models import Count, DecimalField, Sum, TextField, Value
from django.db.models.functions import Cast
from django.utils.http import urlencode

from crm import dictionaries
from crm.display import number_text
from crm.kinds import day_facts
from crm.queries.unions import together
from crm.rights.permissions import permission

CNY = DecimalField(max_digits=20, decimal_places=2)


def facts_of(person, day):
    """Return {key: [number, amount as a text or None]} of a person's day.

    What counts is what the person may see; of what there was nothing, nothing stands.

    Args:
        person: with the rights of this moment.
        day: the day.
    """
    parts = [_counted(kind, fact, person, day) for kind, fact in day_facts()]
    return {
        key: [number, None if amount is None else str(amount)]
        for key, number, amount in together(parts)
        if number
    }


def _counted(kind, fact, person, day):
    """Return a query of one row at most: key, number, amount."""
    rows = fact.rows(kind, person, day)
    amount = Sum(fact.amount) if fact.amount else Value(None)
    rows = rows.annotate(fact=Value(fact.key, TextField())).values("fact")
    return rows.annotate(number=Count("pk"), total=Cast(amount, CNY)).values_list(
        "fact", "number", "total"
    )


def shown(facts, person, day, reader):
    """Return [{label, value, url, title}] as parts/figure.html draws them.

    Args:
        facts: of `facts_of`, or what was kept of it; None if nothing was.
        person: the id of whose day it is.
        day: the day.
        reader: who looks: a list shows what that person sees.
    """
    found = []
    for kind, fact in day_facts():
        number, amount = (facts or {}).get(fact.key, (0, None))
        money = f"¥ {number_text(Decimal(amount))}" if amount and number else ""
        found.append(
            {
                "key": fact.key,
                "label": " ".join(filter(None, (str(fact.label), money))),
                "value": number,
                "url": address(fact, kind, person, day, reader) if number else "",
            }
        )
    return found


def address(fact, kind, person, day, reader):
    """Return where exactly the rows of a number are listed; "" for nowhere."""
    if not fact.listed or not reader.has_perm(permission("view", kind)):
        return ""
    query = {fact.listed: person, f"{fact.at}_after": day, f"{fact.at}_before": day}
    query |= fact.conditions
    for name, code in fact.options.items():
        of_field = kind._meta.get_field(name).kind
        items = dictionaries.items_of(of_field, retired=True)
        query[name] = next((one.pk for one in items if one.code == code), 0)
    return f"{kind.page('list')}?{urlencode(query, doseq=True)}"
