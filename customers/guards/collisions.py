"""Guards of collisions 撞单: who rules, once and once more on appeal, for good."""

import pgtrigger
from django.utils.translation import gettext_lazy as _

from crm.guards.triggers import ACTOR
from customers.guards.registrations import refuse

#: What is said of what is refused here, by the name that PostgreSQL gives.
REFUSED = {
    "collision_ruled": _("Somebody else has ruled on it meanwhile. Look at it again."),
    "ruling_right": _("You may not rule on collisions."),
    "ruling_party": _("Nobody rules on a collision that they are a party to."),
    "ruling_shares": _("The shares come to 100 percent, each more than nothing."),
    "appeal_party": _("Only a party appeals, once, to what was ruled first."),
}


#: No party rules, nor on an appeal who ruled first; shares come to 100 percent.
RULES = f"""
SELECT status INTO stands FROM customers_collision
WHERE id = NEW.collision_id FOR NO KEY UPDATE;
IF (stands, NEW.round) NOT IN (('open', 1), ('appealed', 2)) THEN
    {refuse("collision_ruled", "nothing waits")}
END IF;
IF actor IS NULL OR NOT crm_holds(actor, 'customers.decide_dealregistration') THEN
    {refuse("ruling_right", "no right to rule")}
END IF;
IF EXISTS (
    SELECT FROM customers_party
    WHERE collision_id = NEW.collision_id AND person_id = actor
) OR EXISTS (
    SELECT FROM customers_dealregistration
    WHERE collision_id = NEW.collision_id AND owner_id = actor
) OR EXISTS (
    SELECT FROM customers_customer c JOIN customers_collision k ON k.customer_id = c.id
    WHERE k.id = NEW.collision_id AND c.owner_id = actor
) OR EXISTS (
    SELECT FROM customers_ruling
    WHERE collision_id = NEW.collision_id AND by_id = actor
) THEN
    {refuse("ruling_party", "a party, or the first to rule")}
END IF;
SELECT array_agg((share ->> 1)::numeric) INTO percents
FROM jsonb_array_elements(NEW.shares) AS share;
IF NEW.result = 'shared' AND (
        cardinality(percents) < 2 OR 0 >= ANY (percents)
        OR (SELECT sum(one) FROM unnest(percents) AS one) <> 100
    ) OR NEW.result <> 'shared' AND percents IS NOT NULL THEN
    {refuse("ruling_shares", "not 100 percent")}
END IF;
NEW.by_id := actor;
NEW.at := now();
RETURN NEW;
"""  # noqa: S608 - our own names


def collision_moves():
    """Let how a collision stands follow from what was ruled or appealed alone.

    One in which nobody claims anything any more is dropped.
    """
    return pgtrigger.Trigger(
        name="moves",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("status"),
        func=f"""
IF NEW.status <> OLD.status AND pg_trigger_depth() < 2 AND NOT (
    (OLD.status, NEW.status) = ('open', 'dropped') AND NOT EXISTS (
        SELECT FROM customers_dealregistration
        WHERE collision_id = OLD.id AND status = 'conflict'
    )
) THEN
    {refuse("collision_ruled", "it is ruled on")}
END IF;
RETURN NEW;
""",
    )


def rules():
    """Return the triggers of a ruling: by no party, of what waits for one."""
    return (
        pgtrigger.Trigger(
            name="rules",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[ACTOR, ("stands", "text"), ("percents", "numeric[]")],
            func=RULES,
        ),
        pgtrigger.Trigger(
            name="ends",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            func="""
UPDATE customers_collision
SET status = CASE NEW.round WHEN 1 THEN 'ruled' ELSE 'closed' END
WHERE id = NEW.collision_id;
RETURN NULL;
""",
        ),
    )


def appeals():
    """Return the trigger of an appeal: by a party, to the first ruling, once."""
    return pgtrigger.Trigger(
        name="appeals",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[ACTOR, ("stands", "text")],
        func=f"""
SELECT status INTO stands FROM customers_collision
WHERE id = NEW.collision_id FOR NO KEY UPDATE;
IF stands <> 'ruled' OR NOT EXISTS (
    SELECT FROM customers_party
    WHERE collision_id = NEW.collision_id AND person_id = actor
) THEN
    {refuse("appeal_party", "no party, or nothing to appeal to")}
END IF;
NEW.by_id := actor;
NEW.at := now();
UPDATE customers_collision SET status = 'appealed' WHERE id = NEW.collision_id;
RETURN NEW;
""",  # noqa: S608 - our own names
    )


def owner_is_party():
    """Make whoever gets a customer a party to what is open about it."""
    return pgtrigger.Trigger(
        name="owner_is_party",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("owner_id"),
        condition=pgtrigger.Condition(
            "NEW.owner_id IS NOT NULL AND OLD.owner_id IS DISTINCT FROM NEW.owner_id"
        ),
        func="""
INSERT INTO customers_party (collision_id, person_id, role, claim_id)
SELECT id, NEW.owner_id, 'owner', NULL FROM customers_collision
WHERE customer_id = NEW.id AND status IN ('open', 'appealed')
ON CONFLICT DO NOTHING;
RETURN NULL;
""",
    )
