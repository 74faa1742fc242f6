"""What speaks for whom in a collision: when each party first did what, and had what.

Made of the time lines of customers: what kinds tell there, the first of each party. So
a kind that is filed under customers speaks here, too, and one query asks them all.
"""

from dataclasses import replace

from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from crm.display import date_text, moment_text
from crm.history.sources import Source, lines_of
from crm.kinds import moments_of
from crm.models import Record
from crm.models.registration import Registration
from crm.queries.unions import together
from crm.related import seen
from customers.models import Customer, Ownership

#: Parties whose first rows of a kind are read; there are never nearly so many.
MOST = 200
OWNED = "ownership"


def evidence_of(collision):
    """Return [{key, pk, at, day, title, who}], the earliest first, as JSON.

    `day` says that of `at` the day alone is known.
    """
    people = list(collision.parties.values_list("person_id", flat=True))
    found = [*_firsts(collision.customer_id, people), *_owned(collision.customer_id)]
    return sorted(found, key=lambda line: (line["at"], line["key"], line["pk"]))


def worded_for(user, lines):
    """Return the lines as a person reads them: titles and links of what they see."""
    labels = {moment.key: (kind, moment.label) for kind, moment, _path in _sources_of()}
    wanted = {}
    for line in lines:
        kind, _label = labels.get(line["key"], (None, ""))
        if kind is not None:
            wanted.setdefault(kind, set()).add(line["pk"])
    opened = seen(user, wanted) if wanted else {}
    return [_worded(line, labels, opened) for line in lines]


def _worded(line, labels, opened):
    kind, label = labels.get(line["key"], (None, _("has the customer")))
    at = parse_datetime(line["at"])
    is_open = kind is not None and line["pk"] in opened[kind]
    title = line["title"] if is_open else ""
    if kind is None:
        how, _dots, last = line["title"].partition("/")
        last = last or str(_("to this day"))
        title = f"{capfirst(str(Ownership.How(how).label))} – {last}"
    return {
        "when": date_text(localdate(at)) if line["day"] else moment_text(at),
        "label": capfirst(str(label)),
        "who": line["who"],
        "title": title,
        "url": kind(pk=line["pk"]).get_absolute_url() if is_open else "",
    }


def _sources_of():
    """Return [(kind, moment, path)] of what is filed right under customers."""
    return [
        (kind, moment, path)
        for kind, moment, path in moments_of(Customer)
        if issubclass(kind, Record)
        and path != "pk"
        and "__" not in path
        and not moment.is_plan
    ]


def _firsts(customer, people):
    sources = [
        Source(kind, replace(moment, who="owner__name"), path)
        for kind, moment, path in _sources_of()
    ]
    parts = []
    for number, source in enumerate(sources):
        at = source.moment.at
        rows = source.model.objects.filter(
            source.moment.where,
            **{source.path: customer, f"{at}__isnull": False},
            registration=Registration.REGISTERED,
            owner__in=people,
        )
        rows = rows.order_by("owner_id", at, "pk").distinct("owner_id")
        parts.append(lines_of(source, number, rows)[:MOST])
    return [
        {
            "key": sources[number].moment.key,
            "pk": pk,
            "at": at.isoformat(),
            "day": sources[number].is_day,
            "title": title,
            "who": who or "",
        }
        for at, number, pk, _lead, title, _note, _state, who, _amount in together(parts)
    ]


def _owned(customer):
    rows = Ownership.objects.filter(customer=customer, holder__isnull=False)
    return [
        {
            "key": OWNED,
            "pk": row.pk,
            "at": row.from_at.isoformat(),
            "day": False,
            "title": f"{row.how}/{_until(row)}",
            "who": str(row.holder),
        }
        for row in rows.select_related("holder").order_by("from_at", "pk")
    ]


def _until(row):
    return date_text(localdate(row.to_at)) if row.to_at else ""
