"""What an entry of the history may be called: PostgreSQL asks the row for proof.

The program says which act it is doing (`crm.guards.actor.acting`), but an entry is
called so only if the row shows it: one that says "approved" stands where something was
approved.
Whatever else the row did is called `created`, `changed` or `removed`. A kind declares
its acts in `acts`: {verb: a condition on `old` and `new`, the row before and after as
JSON, and `op`, INSERT, UPDATE or DELETE}.
"""

from django.apps import apps
from psycopg2 import sql

#: Acts that may do anything to a row of any kind.
EVERYWHERE = {
    "imported": "op <> 'DELETE'",
    "import_undone": "op = 'UPDATE'",
    "replaced": "op = 'UPDATE'",
    #: In the transaction that makes rows one, or takes that back.
    "merged": (
        "op <> 'DELETE' AND EXISTS (SELECT FROM duplicates_merge WHERE at = now())"
    ),
    "unmerged": (
        "op = 'UPDATE'"
        " AND EXISTS (SELECT FROM duplicates_merge WHERE undone_at = now())"
    ),
    #: By a new version, as the owner of the tables.
    "shipped": (
        "pg_has_role(session_user, (SELECT relowner FROM pg_class"
        " WHERE oid = 'crm_historyentry'::regclass), 'MEMBER')"
    ),
}
#: What the program itself tells, of acts that change no row. Only these.
SAID = (
    "signed_in",
    "signed_out",
    "sign_in_failed",
    "session_ended",
    "password_set",
    "unlocked",
    "second_factor_added",
    "second_factor_removed",
    "exported",
    "downloaded",
    "refused",
    "told_of_customer",
    "asked_owner",
    "entered_all_the_same",
    "brought_back",
)
IS_BORNE_OUT = """
CREATE OR REPLACE FUNCTION crm_is_borne_out(
    kind text, verb text, op text, old jsonb, new jsonb
) RETURNS boolean LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN coalesce(CASE verb {everywhere} ELSE
        CASE kind {kinds} ELSE false END
    END, false);
END $$
"""
IS_SAID = """
CREATE OR REPLACE FUNCTION crm_is_said(verb text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT verb = ANY ({said}::text[])
$$
"""


def becomes(column, *values):
    """Return the condition "the column gets one of these values now"."""
    named = ", ".join(f"'{value}'" for value in values)
    return (
        f"(new ->> '{column}' IN ({named})"
        f" AND old ->> '{column}' IS DISTINCT FROM new ->> '{column}')"
    )


def either(*conditions):
    """Return the condition "one of these"."""
    return f"({' OR '.join(conditions)})"


def functions():
    """Return the statements that make the two functions for the kinds of today."""
    kinds = {
        model._meta.label_lower: acts
        for model in apps.get_models()
        if (acts := getattr(model, "acts", None))
    }
    whens = [
        sql.SQL("WHEN {} THEN CASE verb {} ELSE false END").format(
            sql.Literal(label), _whens(acts)
        )
        for label, acts in sorted(kinds.items())
    ]
    return (
        sql.SQL(IS_BORNE_OUT).format(
            everywhere=_whens(EVERYWHERE), kinds=sql.SQL("\n").join(whens)
        ),
        sql.SQL(IS_SAID).format(said=sql.Literal(list(SAID))),
    )


def _whens(acts):
    """Return the branches of a CASE over the verb."""
    return sql.SQL("\n").join(
        sql.SQL("WHEN {} THEN {}").format(sql.Literal(verb), sql.SQL(condition))
        for verb, condition in acts.items()
    )
