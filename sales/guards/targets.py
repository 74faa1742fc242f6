"""What PostgreSQL refuses and keeps of targets, however they came.

A target is written until it is locked. From then on its values change by one way alone:
a change that was asked for with a reason, and granted by somebody else.
"""

import pgtrigger
from django.utils.translation import gettext_lazy as _

from crm.guards.acts import becomes
from crm.guards.triggers import ACTOR

#: The columns of the values, January first.
VALUES = tuple(f"month_{number}" for number in range(1, 13))
#: What is said of what is refused here, by the name that PostgreSQL gives.
REFUSED = {
    "target_kept": _(
        "For whom, for which year and by which rule a target is set stays: make another"
        " one."
    ),
    "target_moved": _("The target has moved on since you opened it. Look at it again."),
    "target_locked": _(
        "A locked target changes only by a change that is asked for with a reason, and"
        " granted."
    ),
    "target_own": _("Nobody locks a target of their own, or grants a change to it."),
    "target_whole": _("By this rule things are counted: the values are whole numbers."),
    "target_rule_retired": _("This rule is retired: no new targets are set by it."),
    "target_change_open": _("A change to it waits to be decided on already."),
    "target_change_closed": _("The change has been decided on, or taken back."),
}
_DIFFER = " OR ".join(
    f"old ->> '{name}' IS DISTINCT FROM new ->> '{name}'" for name in VALUES
)
ACTS = {
    "locked": becomes("status", "locked"),
    "granted": f"op = 'UPDATE' AND old ->> 'status' = 'locked' AND ({_DIFFER})",
}
CHANGE_ACTS = {
    "asked": "op = 'INSERT'",
    "granted": becomes("outcome", "granted"),
    "rejected": becomes("outcome", "refused"),
    "withdrawn": becomes("outcome", "withdrawn"),
}


def refuse(name, message):
    """Return the statement that refuses a row by a name of `REFUSED`."""
    return f"PERFORM crm_refuse('{name}', '{message}');"


def _of(row):
    return ", ".join(f"{row}.{name}" for name in VALUES)


#: What follows from the rest, in every row.
DERIVED = f"""
NEW.subject := CASE WHEN NEW.person_id IS NOT NULL THEN 'person'
    WHEN NEW.department_id IS NOT NULL THEN 'department' ELSE 'company' END;
NEW.owner_id := coalesce(NEW.person_id, NEW.owner_id);
NEW.total := {" + ".join(f"NEW.{name}" for name in VALUES)};
SELECT unit, active INTO rule FROM sales_targetrule WHERE id = NEW.rule_id FOR SHARE;
IF rule.unit = 'count' AND EXISTS (
    SELECT FROM unnest(ARRAY[{_of("NEW")}]) AS one (value) WHERE value <> trunc(value)
) THEN
    {refuse("target_whole", "things are counted")}
END IF;
"""  # noqa: S608 - our own names
BEGINS = f"""
{DERIVED}
IF NEW.status <> 'draft' THEN
    {refuse("target_moved", "a target begins as a draft")}
END IF;
IF NOT rule.active THEN
    {refuse("target_rule_retired", "no new targets")}
END IF;
NEW.locked_by_id := NULL;
NEW.locked_at := NULL;
RETURN NEW;
"""
MOVES = f"""
IF (NEW.rule_id, NEW.year, NEW.department_id, NEW.person_id)
    IS DISTINCT FROM (OLD.rule_id, OLD.year, OLD.department_id, OLD.person_id) THEN
    {refuse("target_kept", "its subject stays")}
END IF;
{DERIVED}
NEW.locked_by_id := OLD.locked_by_id;
NEW.locked_at := OLD.locked_at;
IF NEW.status <> OLD.status THEN
    IF (OLD.status, NEW.status, verb) <> ('draft', 'locked', 'locked')
        OR NEW.deleted_at IS NOT NULL OR NEW.registration <> 'registered' THEN
        {refuse("target_moved", "no such change of status")}
    END IF;
    IF actor IS NULL OR actor = NEW.person_id THEN
        {refuse("target_own", "somebody else locks it")}
    END IF;
    NEW.locked_by_id := actor;
    NEW.locked_at := clock_timestamp();
END IF;
IF OLD.status = 'locked' AND NEW.deleted_at IS NOT NULL THEN
    {refuse("target_locked", "a locked target is not deleted")}
END IF;
IF OLD.status = 'locked'
    AND ({_of("NEW")}, NEW.note) IS DISTINCT FROM ({_of("OLD")}, OLD.note)
    AND NOT (pg_trigger_depth() > 1 AND NEW.note = OLD.note AND EXISTS (
        SELECT FROM sales_targetchange
        WHERE target_id = NEW.id AND outcome = 'granted'
            AND decided_at >= now() AND months = ARRAY[{_of("NEW")}]
    )) THEN
    {refuse("target_locked", "it changes by what is granted alone")}
END IF;
RETURN NEW;
"""


def target_triggers():
    """Return the triggers that keep a target to its road, its values once locked."""
    declared = [
        ACTOR,
        ("verb", "text := coalesce(current_setting('crm.verb', true), '')"),
        ("rule", "record"),
    ]
    return (
        pgtrigger.Trigger(
            name="begins",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[("rule", "record")],
            func=BEGINS,
        ),
        pgtrigger.Trigger(
            name="progressed",  # before `stamped`
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            declare=declared,
            func=MOVES,
        ),
    )


ASKED = f"""
SELECT status, deleted_at, {", ".join(VALUES)} INTO target FROM sales_target
WHERE id = NEW.target_id FOR NO KEY UPDATE;
IF target.status <> 'locked' OR target.deleted_at IS NOT NULL THEN
    {refuse("target_moved", "a draft is edited")}
END IF;
IF EXISTS (
    SELECT FROM sales_targetchange WHERE target_id = NEW.target_id AND outcome = ''
) THEN
    {refuse("target_change_open", "one at a time")}
END IF;
IF NEW.outcome <> '' THEN
    {refuse("target_change_closed", "it begins as a wish")}
END IF;
NEW.before := ARRAY[{_of("target")}];
NEW.requested_by_id := coalesce(actor, NEW.requested_by_id);
NEW.requested_at := clock_timestamp();
NEW.decided_by_id := NULL;
NEW.decided_at := NULL;
NEW.opinion := '';
RETURN NEW;
"""  # noqa: S608 - our own names
DECIDED = f"""
IF OLD.outcome <> '' OR NEW.outcome = '' OR actor IS NULL
    OR to_jsonb(NEW) - said IS DISTINCT FROM to_jsonb(OLD) - said THEN
    {refuse("target_change_closed", "it is decided on once")}
END IF;
SELECT person_id INTO person FROM sales_target WHERE id = NEW.target_id
FOR NO KEY UPDATE;
IF NEW.outcome <> 'withdrawn' AND actor IN (OLD.requested_by_id, person) THEN
    {refuse("target_own", "somebody else decides")}
END IF;
NEW.decided_by_id := actor;
NEW.decided_at := clock_timestamp();
RETURN NEW;
"""  # noqa: S608 - our own names
APPLIES = f"""
UPDATE sales_target SET {
    ", ".join(
        f"{name} = NEW.months[{place}]" for place, name in enumerate(VALUES, start=1)
    )
} WHERE id = NEW.target_id;
RETURN NULL;
"""  # noqa: S608 - our own names


def change_triggers():
    """Return the triggers that take a change in, let it be decided once, apply it."""
    return (
        pgtrigger.Trigger(
            name="asked",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[ACTOR, ("target", "record")],
            func=ASKED,
        ),
        pgtrigger.Trigger(
            name="decided",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            declare=[
                ACTOR,
                ("person", "bigint"),
                (
                    "said",
                    "text[] := '{outcome,opinion,decided_by_id,decided_at}'",
                ),
            ],
            func=DECIDED,
        ),
        pgtrigger.Trigger(
            name="applies",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition("NEW.outcome = 'granted'"),
            func=APPLIES,
        ),
        pgtrigger.Protect(name="stays", operation=pgtrigger.Delete),
    )
