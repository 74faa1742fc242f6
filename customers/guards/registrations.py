"""Guards of registrations 报备: who is protected, what collides, who decides.

Each registration locks its customer first: of two that come at once one sees the other.
A registration protects a customer's demand for one category of products, or for all.
"""

import pgtrigger
from django.utils.translation import gettext_lazy as _

from crm.guards.acts import becomes, either
from crm.guards.triggers import ACTOR
from crm.models.attachment import STAYS

#: So many days an approved registration protects, and each extension adds.
PROTECTS, EXTENDS, MOST_EXTENSIONS = 90, 30, 2
TODAY = "(clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date"
#: What forms say of what is refused here.
REFUSED = {
    "dealregistration_twice": _(
        "They have registered this already: it waits, or it is approved."
    ),
    "dealregistration_frozen": _("What was decided on does not change any more."),
    "dealregistration_edge": _(
        "The registration has moved on since you opened it. Look at it again."
    ),
    "dealregistration_right": _("You may not decide on registrations."),
    "dealregistration_four_eyes": _(
        "Nobody decides on a registration that they applied for or entered."
    ),
    "dealregistration_extended": _("It cannot be extended any more."),
    "file_stays": STAYS,
}
ACTS = {
    "approved": becomes("status", "approved"),
    "rejected": becomes("status", "rejected"),
    "recalled": becomes("status", "withdrawn"),
    "expired": becomes("status", "expired"),
    "extended": "op = 'UPDATE' AND old ->> 'extended' < new ->> 'extended'",
    "ruled": either(becomes("status", "approved"), becomes("status", "rejected")),
}
#: (before, after) of what a registration goes through by itself, and by a ruling.
EDGES = (
    ("requested", "approved"),
    ("requested", "rejected"),
    ("requested", "conflict"),
    *((before, "withdrawn") for before in ("requested", "conflict", "approved")),
    ("conflict", "requested"),
    ("approved", "converted"),
    ("approved", "expired"),
)
RULED = (
    ("conflict", "approved"),
    ("conflict", "rejected"),
    ("approved", "rejected"),
    ("rejected", "approved"),
)
#: What may change at any time: who touched it, whose it is, what is derived or decided.
FREE = (
    "'{version,changed_at,changed_by_id,owner_id,reporter_id,customer_owner_id,status,"
    "approved_on,valid_until,extended,is_shared,decided_by_id,decided_at,opinion,"
    "collision_id,registration,registered_by_id,registered_at,return_reason,deleted_at,"
    "deleted_by_id,search_text,search_pinyin}'"
)


def others_of(row):
    """Return the query of those of the customer's that live, for the same products.

    Of one for all products each other one is.

    Args:
        row: how the SQL calls the registration.
    """
    return f"""SELECT o.id FROM customers_dealregistration o
        WHERE o.customer_id = {row}.customer_id AND o.id <> {row}.id
            AND o.deleted_at IS NULL AND o.registration = 'registered'
            AND (o.status IN ('requested', 'conflict')
                OR o.status = 'approved' AND o.valid_until >= {TODAY})
            AND (o.category_id = {row}.category_id
                OR o.category_id IS NULL OR {row}.category_id IS NULL)"""  # noqa: S608


def against_others(row):
    """Return the condition "others claim the same"; `row` as of `others_of`."""
    return f"EXISTS ({others_of(row)} AND o.owner_id <> {row}.owner_id)"


def against_owner(row):
    """Return the condition "somebody has the customer in whose team they do not work".

    `row` as of `others_of`.
    """
    return f"""EXISTS (
            SELECT FROM customers_customer c
            WHERE c.id = {row}.customer_id AND c.owner_id <> {row}.owner_id
        ) AND NOT EXISTS (
            SELECT FROM customers_membership
            WHERE customer_id = {row}.customer_id AND user_id = {row}.owner_id
                AND may_write AND (until IS NULL OR until >= {TODAY})
        )"""  # noqa: S608 - our own names


def _pairs(edges):
    return ", ".join(f"('{before}', '{after}')" for before, after in edges)


def refuse(name, text):
    """Return the statement that refuses by the name of a constraint."""
    return (
        f"RAISE EXCEPTION '{text}' USING ERRCODE = 'check_violation',"
        f" CONSTRAINT = '{name}';"
    )


BEGINS = f"""
    IF NEW.status <> 'requested' OR NEW.extended <> 0 OR NEW.is_shared
        OR (NEW.approved_on, NEW.valid_until, NEW.decided_by_id, NEW.collision_id)
            IS DISTINCT FROM (NULL::date, NULL::date, NULL::bigint, NULL::bigint) THEN
        {refuse("dealregistration_edge", "it begins as a request")}
    END IF;
    is_new_key := true;
    is_new_there := true;"""
#: That a ruling on it is made in this transaction.
RULED_NOW = """EXISTS (
            SELECT FROM customers_ruling
            WHERE collision_id = OLD.collision_id AND at = now()
        )"""
#: Nobody decides on what they applied for or entered; a ruling says so of a collision.
DECIDES = f"""
        IF coalesce(current_setting('crm.verb', true), '') = 'ruled' THEN
            IF (OLD.status, NEW.status) NOT IN ({_pairs(RULED)})
                OR NOT {RULED_NOW} THEN
                {refuse("dealregistration_edge", "nothing was ruled")}
            END IF;
        ELSE
            IF (OLD.status, NEW.status) NOT IN ({_pairs(EDGES)})
                OR NEW.status = 'expired' AND OLD.valid_until >= {TODAY} THEN
                {refuse("dealregistration_edge", "no such change of status")}
            END IF;
            NEW.is_shared := false;
            IF NEW.status IN ('approved', 'rejected') THEN
                IF NOT crm_holds(actor, 'customers.decide_dealregistration') THEN
                    {refuse("dealregistration_right", "no right to decide")}
                END IF;
                IF actor IN (OLD.owner_id, OLD.reporter_id, OLD.entered_by_id) THEN
                    {refuse("dealregistration_four_eyes", "their own")}
                END IF;
            END IF;
        END IF;
        IF NEW.status IN ('approved', 'rejected') THEN
            NEW.decided_by_id := actor;
            NEW.decided_at := clock_timestamp();
        END IF;
        IF OLD.status = 'approved' THEN
            NEW.valid_until := least(OLD.valid_until, {TODAY});
        END IF;
        IF NEW.status = 'approved' THEN
            NEW.approved_on := {TODAY};
            NEW.valid_until := {TODAY} + {PROTECTS};
            NEW.extended := 0;
        END IF;"""
CHANGES = f"""
    moves := duplicates_moves('customers.customer', OLD.customer_id, NEW.customer_id);
    is_new_key := (OLD.customer_id, OLD.category_id, OLD.owner_id)
            IS DISTINCT FROM (NEW.customer_id, NEW.category_id, NEW.owner_id)
        OR OLD.registration <> NEW.registration OR OLD.deleted_at IS NOT NULL;
    is_new_there := OLD.customer_id <> NEW.customer_id
        OR OLD.registration <> NEW.registration OR OLD.deleted_at IS NOT NULL;
    IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free
        AND (OLD.status <> 'requested'
            OR OLD.customer_id <> NEW.customer_id) AND NOT (
            moves AND to_jsonb(OLD) - free - 'customer_id'
                = to_jsonb(NEW) - free - 'customer_id')
        OR NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL
            AND OLD.status <> 'requested' THEN
        {refuse("dealregistration_frozen", "it was decided on")}
    END IF;
    IF pg_trigger_depth() < 2 THEN
        NEW.collision_id := OLD.collision_id;
    END IF;
    IF NEW.status = OLD.status THEN
        NEW.opinion := OLD.opinion;
        IF NOT {RULED_NOW} THEN
            NEW.is_shared := OLD.is_shared;
        END IF;
    END IF;
    IF NEW.status <> OLD.status THEN {DECIDES}
    ELSIF NEW.extended <> OLD.extended THEN
        IF NEW.status <> 'approved' OR OLD.valid_until < {TODAY}
            OR NEW.extended <> OLD.extended + 1
            OR NEW.extended > {MOST_EXTENSIONS} THEN
            {refuse("dealregistration_extended", "no more")}
        END IF;
        NEW.valid_until := OLD.valid_until + {EXTENDS};
    ELSE
        NEW.approved_on := OLD.approved_on;
        NEW.valid_until := OLD.valid_until;
        NEW.decided_by_id := OLD.decided_by_id;
        NEW.decided_at := OLD.decided_at;
    END IF;"""
#: Two who claim one thing, or one who claims what another has, collide.
COLLIDES = f"""
IF NOT is_new_key OR NEW.registration <> 'registered' OR NEW.deleted_at IS NOT NULL
    OR NEW.status NOT IN ('requested', 'approved')
    OR NEW.status = 'approved' AND NOT moves THEN
    RETURN NEW;
END IF;
PERFORM FROM customers_customer WHERE id = NEW.customer_id FOR NO KEY UPDATE;
IF EXISTS ({others_of("NEW")} AND o.owner_id = NEW.owner_id) THEN
    IF NOT moves THEN
        {refuse("dealregistration_twice", "registered already")}
    END IF;
    NEW.status := 'withdrawn';
ELSIF {against_others("NEW")} OR is_new_there AND {against_owner("NEW")} THEN
    SELECT c.id INTO NEW.collision_id FROM customers_collision c
    WHERE c.customer_id = NEW.customer_id AND c.status = 'open' AND EXISTS (
        SELECT FROM customers_dealregistration o WHERE o.collision_id = c.id
            AND (o.category_id = NEW.category_id
                OR o.category_id IS NULL OR NEW.category_id IS NULL)
    ) ORDER BY c.id LIMIT 1;
    IF NEW.collision_id IS NULL THEN
        INSERT INTO customers_collision (customer_id, status, opened_at)
        VALUES (NEW.customer_id, 'open', clock_timestamp())
        RETURNING id INTO NEW.collision_id;
    END IF;
    NEW.status := 'conflict';
END IF;
RETURN NEW;
"""  # noqa: S608 - our own names


#: Who collides is joined in one case, with whoever has or had the customer; so is who
#: gets a claim, or the customer, later (`collisions.owner_is_party`).
JOINS = f"""
IF NEW.collision_id IS NULL OR TG_OP = 'UPDATE'
    AND (NEW.status, NEW.collision_id, NEW.owner_id)
        IS NOT DISTINCT FROM (OLD.status, OLD.collision_id, OLD.owner_id)
    OR NEW.status NOT IN ('conflict', 'approved') THEN
    RETURN NULL;
END IF;
IF NEW.status = 'conflict' THEN
    UPDATE customers_dealregistration AS o SET collision_id = NEW.collision_id,
        status = CASE o.status WHEN 'requested' THEN 'conflict' ELSE o.status END
    WHERE o.collision_id IS DISTINCT FROM NEW.collision_id
        AND o.id IN ({others_of("NEW")});
END IF;
IF NOT EXISTS (
    SELECT FROM customers_collision
    WHERE id = NEW.collision_id AND status IN ('open', 'appealed')
) THEN
    RETURN NULL;
END IF;
INSERT INTO customers_party (collision_id, person_id, role, claim_id)
SELECT NEW.collision_id, owner_id, 'applicant', id FROM customers_dealregistration
WHERE collision_id = NEW.collision_id
UNION ALL
SELECT NEW.collision_id, owner_id, 'owner', NULL FROM customers_customer
WHERE id = NEW.customer_id AND owner_id IS NOT NULL
UNION ALL
SELECT DISTINCT NEW.collision_id, o.holder_id, 'former', NULL::bigint
FROM customers_ownership o JOIN customers_customer c ON c.id = o.customer_id
WHERE o.customer_id = NEW.customer_id AND o.holder_id IS NOT NULL
    AND o.to_at > clock_timestamp() - interval '{PROTECTS} days'
    AND o.holder_id IS DISTINCT FROM c.owner_id
ON CONFLICT DO NOTHING;
RETURN NULL;
"""  # noqa: S608 - our own names


def registration_triggers():
    """Return the triggers that keep a registration to its edges and find collisions."""
    return (
        pgtrigger.Trigger(
            name="registers",  # after what asks for the customer
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
            declare=[
                ACTOR,
                ("is_new_key", "boolean := false"),
                ("is_new_there", "boolean := false"),
                ("moves", "boolean := false"),
                ("free", f"text[] := {FREE}"),
            ],
            func=f"""
IF TG_OP = 'INSERT' THEN {BEGINS}
ELSE {CHANGES}
END IF;
{COLLIDES}""",
        ),
        pgtrigger.Trigger(
            name="joins",
            when=pgtrigger.After,
            operation=pgtrigger.Insert | pgtrigger.Update,
            func=JOINS,
        ),
    )
