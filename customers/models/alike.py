"""The few customers that share something with each of many others, found by index.

A page of reports, and a file of thousands of rows, ask for all of theirs at once.
Django's querysets have no LATERAL: for each that is asked about PostgreSQL looks into
an index and keeps the nearest few.
"""

import json
from collections import defaultdict

from django.core.exceptions import EmptyResultSet
from django.db import connections, router
from django.db.models import F

from crm.queries.search import Grams
from customers.models.traits import Names, Numbers

#: Rows that are looked at closely for one thing that a customer has.
NEAR = 20
#: What two customers may share, each found by an index of its own.
ARMS = {
    "names": "{names} && asked.texts",
    "numbers": "{numbers} && asked.texts",
    "code": "credit_code <> '' AND credit_code = asked.low",
    "part": (
        "{grams} @> asked.texts AND {grams} && asked.others"
        " AND strpos(search_text, asked.low) <> 0"
    ),
    "sound": "sort_name >= asked.low AND sort_name < asked.high",
    "keys": (
        "customers_customer.id = ANY (ARRAY(SELECT row_id FROM duplicates_key"
        " WHERE digest = ANY (asked.digests) LIMIT 500))"
    ),
}
_ASKED = (
    "WITH asked AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(%s::jsonb) AS asked"
    " (place integer, arm text, size integer, texts text[], others text[], low text,"
    " high text, digests bigint[])) "
)
_ARM = (
    "SELECT place, found.id FROM asked CROSS JOIN LATERAL ({rows} AND {condition}"
    " ORDER BY abs(length(customers_customer.name) - asked.size),"
    " customers_customer.id LIMIT {most}) AS found (id) WHERE arm = '{arm}'"
)


def sharing_with(asked, rows):
    """Return {place: ids} of the rows that have something in common with some others.

    Args:
        asked: [{place, arm, size, …}]: whose place it is, which of `ARMS` is asked and
            with what – `texts`, `others` and `digests` for arrays, `low` and `high`
            for texts – and how long the name is: the nearest ones are found.
        rows: a queryset of customers.
    """
    found = defaultdict(set)
    connection = connections[router.db_for_read(rows.model)]
    try:
        within, values = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return found
    traits, parts, parameters = _traits(rows, connection), [], [json.dumps(asked)]
    for arm in ARMS.keys() & {one["arm"] for one in asked}:
        condition = ARMS[arm].format(**traits)
        parts.append(
            _ARM.format(rows=within, condition=condition, arm=arm, most=NEAR + 1)
        )
        parameters += values
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(_ASKED + " UNION ".join(parts), parameters)
            for place, pk in cursor.fetchall():
                found[place].add(pk)
    return found


def _traits(rows, connection):
    """Return the SQL of the expressions that have indexes, their values in it."""
    query = rows.order_by().query
    compiler = query.get_compiler(connection=connection)
    expressions = {
        "names": Names(),
        "numbers": Numbers(),
        "grams": Grams(F("search_text")),
    }
    found = {}
    with connection.cursor() as cursor:
        for name, expression in expressions.items():
            text, values = compiler.compile(expression.resolve_expression(query))
            found[name] = cursor.mogrify(text, values).decode().replace("%", "%%")
    return found
