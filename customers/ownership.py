"""What PostgreSQL keeps of every change of a customer's owner, however it came.

Verbs say what they do by `crm.guards.actor.acting`, and why by `because`. Any way may
give a customer in a pool to somebody: that is an assignment. Into a pool leads none
but the verbs of pools.
"""

import json
from contextlib import contextmanager

import pgtrigger
from django.db import connection

from crm.guards.watermarks import becomes_another

#: What leads a customer into a pool.
INTO_POOL = ("released", "recycled")
#: What leads one back that a merge took out of its pool.
BACK_INTO_POOL = ("unmerged",)
#: What gives one in a pool to somebody; any other way assigns it.
OUT_OF_POOL = ("claimed", "given_back")
#: What starts the name of the request that is a hand-over (`system.leaving`).
HANDOVER = "handover-"
BECAUSE = "SELECT set_config('crm.because', %s, true)"


@contextmanager
def because(*, reason=None, note=""):
    """Let what changes owners in the block be noted with a reason.

    Args:
        reason: the id of an option.
        note: what else is said.
    """
    with connection.cursor() as cursor:
        cursor.execute(BECAUSE, [json.dumps({"reason": reason, "note": note})])
        yield
        cursor.execute(BECAUSE, [""])


def _named(verbs):
    return ", ".join(f"'{verb}'" for verb in verbs)


def out_of_pool():
    """Take a customer out of its pool as it gets an owner; let none in but by a verb.

    Only what is in the books goes into a pool.
    """
    return pgtrigger.Trigger(
        name="out_of_pool",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("owner_id", "pool_id"),
        func=f"""
IF NEW.owner_id IS NOT NULL AND OLD.owner_id IS NULL THEN
    NEW.pool_id := NULL;
ELSIF NEW.owner_id IS NULL AND NEW.pool_id IS DISTINCT FROM OLD.pool_id AND (
    NEW.registration <> 'registered'
    OR coalesce(current_setting('crm.verb', true), '') NOT IN (
        {_named(INTO_POOL + BACK_INTO_POOL)}
    )
) THEN
    RAISE EXCEPTION 'into a pool leads a named verb, of what is in the books'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'into_pool';
END IF;
RETURN NEW;
""",
    )


def owned_since():
    """Return the triggers that note whose a customer is, since when, and how."""
    return (
        pgtrigger.Trigger(
            name="owned_new",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            level=pgtrigger.Statement,
            referencing=pgtrigger.Referencing(new="new_rows"),
            func=NOTED_NEW,
        ),
        pgtrigger.Trigger(
            name="owned_changed",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            condition=becomes_another("owner_id", "pool_id"),
            declare=[
                ("verb", "text := coalesce(current_setting('crm.verb', true), '')"),
                (
                    "why",
                    "jsonb := coalesce("
                    "nullif(current_setting('crm.because', true), ''), '{}')::jsonb",
                ),
                ("since", "timestamptz := clock_timestamp()"),
                ("home", "bigint"),
            ],
            func=NOTED_CHANGE,
        ),
        pgtrigger.Trigger(
            name="owned_gone",
            when=pgtrigger.After,
            operation=pgtrigger.Delete,
            func="DELETE FROM customers_ownership WHERE customer_id = OLD.id;"
            " RETURN NULL;",
        ),
    )


#: What was entered as of an earlier day is theirs since then.
NOTED_NEW = """
INSERT INTO customers_ownership (
    customer_id, holder_id, pool_id, from_at, how, by_id, note
)
SELECT id, owner_id, pool_id, least(created_at, clock_timestamp()), 'created',
    nullif(current_setting('crm.actor', true), '')::bigint, ''
FROM new_rows;
RETURN NULL;
"""
NOTED_CHANGE = f"""
UPDATE customers_ownership SET to_at = greatest(since, from_at)
WHERE customer_id = NEW.id AND to_at IS NULL RETURNING to_at, pool_id INTO since, home;
INSERT INTO customers_ownership (
    customer_id, holder_id, pool_id, from_at, how, by_id, reason_id, note
) VALUES (
    NEW.id, NEW.owner_id, coalesce(NEW.pool_id, home),
    coalesce(since, clock_timestamp()),
    CASE
        WHEN NEW.owner_id IS NULL AND verb IN ({_named(BACK_INTO_POOL)}) THEN 'merged'
        WHEN NEW.owner_id IS NULL THEN verb
        WHEN OLD.owner_id IS NULL
            THEN CASE WHEN verb IN ({_named(OUT_OF_POOL)}) THEN verb ELSE 'assigned' END
        WHEN verb IN ('merged', 'unmerged') THEN 'merged'
        WHEN starts_with(
            coalesce(current_setting('crm.request', true), ''), '{HANDOVER}'
        ) THEN 'handed_over'
        ELSE 'transferred'
    END,
    nullif(current_setting('crm.actor', true), '')::bigint,
    (why ->> 'reason')::bigint, coalesce(why ->> 'note', '')
);
RETURN NULL;
"""  # noqa: S608 - of our own verbs


def kept_by_changes_of_owner():
    """Refuse to write whose a customer was by any other way than a change of owner.

    But for an option of a dictionary that is replaced everywhere.
    """
    return pgtrigger.Trigger(
        name="kept_by_changes",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
IF pg_trigger_depth() < 2 AND (
    TG_OP <> 'UPDATE' OR coalesce(current_setting('crm.verb', true), '') <> 'replaced'
) THEN
    RAISE EXCEPTION 'whose a customer was is written by changes of owner alone'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ownership_kept';
END IF;
RETURN coalesce(NEW, OLD);
""",
    )


def active_since_kept():
    """Note since when a rule is in use as it is: from then on it gives grace.

    Switched on again, or made to take more or others, it begins anew.
    """
    return pgtrigger.Trigger(
        name="active_since",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf(
            "active", "active_since", "days", "level_id", "reason", "pool_id"
        ),
        func="""
NEW.active_since := CASE WHEN NEW.active AND NOT OLD.active OR NEW.days < OLD.days
    OR (NEW.level_id, NEW.reason, NEW.pool_id)
        IS DISTINCT FROM (OLD.level_id, OLD.reason, OLD.pool_id)
    THEN clock_timestamp() ELSE OLD.active_since END;
RETURN NEW;
""",
    )
