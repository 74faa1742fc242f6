"""Triggers of changes to contracts: their edges, and how one is applied."""

from textwrap import indent

import pgtrigger

from contracts.guards.content import ACTOR, EDITED, MERGED
from customers.triggers import ROWS_STAY_NEEDS, rows_stay_sql, stays

#: The states of a change in which its content is still being written.
WRITABLE = "('writing', 'rejected', 'recalled')"
#: What may change at any time: where it stands, when it was touched, what is derived.
#: Whoever says by hand who wrote it last has written it.
FREE = "state,return_reason,changed_at,external_key"

#: Rows that name the contract name its customer: another one is refused as it is
#: written, and asked again before anybody decides.
STAY = indent(
    rows_stay_sql(
        "contracts_amendment",
        table="'contracts_contract'::regclass",
        row="contract_id",
    ),
    " " * 8,
).strip()
MOVES = f"""    IF (NEW.contract_id, NEW.edition, NEW.entered_by_id)
        <> (OLD.contract_id, OLD.edition, OLD.entered_by_id) THEN
        PERFORM contracts_refuse('amendment_frozen', 'origin never changes');
    END IF;
    IF OLD.state IN {WRITABLE} THEN
        free := free || {MERGED};
    END IF;
    IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free THEN
        IF OLD.state NOT IN {WRITABLE} OR NEW.state <> OLD.state THEN
            PERFORM contracts_refuse('amendment_frozen', 'content is frozen');
        END IF;
        NEW.edited_by_id := coalesce(actor, OLD.edited_by_id);
        NEW.changed_at := clock_timestamp();
    END IF;
    IF NOT {stays("customer")} OR NEW.state <> OLD.state
        AND NEW.state IN ('pending', 'reported', 'applied') THEN
        {STAY}
    END IF;
    IF NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF OLD.state IN ('applied', 'withdrawn') OR NEW.state = 'writing'
        OR (OLD.state, NEW.state) IN (
            ('writing', 'rejected'), ('writing', 'recalled'),
            ('rejected', 'recalled'), ('recalled', 'rejected'),
            ('pending', 'reported')
        ) THEN
        PERFORM contracts_refuse('amendment_edge', 'no such change of state');
    END IF;
    SELECT status INTO stands FROM contracts_contract
    WHERE id = NEW.contract_id FOR NO KEY UPDATE;
    IF stands <> 'registered' THEN
        PERFORM contracts_refuse('amendment_edge', 'the contract is not in force');
    END IF;
    SELECT * INTO last FROM contracts_round
    WHERE amendment_id = NEW.id ORDER BY id DESC LIMIT 1;
    IF NEW.state = 'pending' AND last.state IS DISTINCT FROM 'open'
        OR NEW.state <> 'pending' AND last.state = 'open' THEN
        PERFORM contracts_refuse('amendment_needs_round', 'no open round');
    END IF;
    IF NEW.state = 'applied' AND (
        last.state IS DISTINCT FROM 'approved'
        OR last.unruled <> (OLD.state <> 'pending')
    ) THEN
        PERFORM contracts_refuse('amendment_needs_approval', 'not approved');
    END IF;
    IF OLD.state = 'pending' AND NEW.state IN ('rejected', 'recalled')
        AND last.state <> NEW.state THEN
        PERFORM contracts_refuse('amendment_needs_verdict', 'no verdict');
    END IF;
    IF NEW.state IN ('pending', 'applied') AND NOT EXISTS (
        SELECT FROM customers_customer
        WHERE id = NEW.customer_id AND registration = 'registered'
    ) THEN
        PERFORM contracts_refuse('contract_customer_in_books', 'customer reported');
    END IF;
    SELECT sum(amount) INTO total FROM contracts_amendmentline
    WHERE amendment_id = NEW.id;
    IF NEW.state IN ('pending', 'reported', 'applied') AND total <> NEW.amount THEN
        PERFORM contracts_refuse('contract_amount_is_sum', 'not the sum');
    END IF;
    IF NEW.state IN ('pending', 'reported', 'applied') AND NEW.amount <> (
        SELECT sum(amount) FROM contracts_instalment WHERE contract_id = NEW.contract_id
    ) THEN
        PERFORM contracts_refuse('contract_plan_is_sum', 'not the plan');
    END IF;
    IF NEW.state IN ('pending', 'reported', 'applied') AND NEW.amount < (
        SELECT invoiced FROM contracts_contract WHERE id = NEW.contract_id
    ) THEN
        PERFORM contracts_refuse('contract_invoiced_within', 'more is invoiced');
    END IF;
    IF NEW.state IN ('pending', 'reported', 'applied') AND EXISTS (
        SELECT FROM contracts_allocation a
        JOIN contracts_instalment i ON i.id = a.instalment_id
        JOIN contracts_receipt r ON r.id = a.receipt_id
        WHERE i.contract_id = NEW.contract_id AND r.customer_id <> NEW.customer_id
    ) THEN
        PERFORM contracts_refuse('contract_has_money', 'of another customer');
    END IF;
    RETURN NEW;
"""  # noqa: S608 - our own names

#: Puts what was approved in the place of what held: parts only if they differ, so
#: that the history tells of none that stayed.
APPLIES = """    IF NEW.state <> 'applied' OR OLD.state = 'applied' THEN
        RETURN NULL;
    END IF;
    {lines}
    {files}
    UPDATE contracts_contract SET
        edition = NEW.edition,
        owner_id = coalesce(NEW.owner_id, owner_id),
        {fields}
    WHERE id = NEW.contract_id;
    RETURN NULL;
"""
LINE = "product_id, quantity, unit_price, discount"
FILE = "name, sha256, size, content_type, uploaded_by_id, uploaded_at"


def amendment_triggers(content):
    """Return the triggers that keep a change to its edges and apply it.

    Args:
        content: the columns that are approved, as a contract and a change have them.
    """
    return (_begins(), _moves(), _applies(content), _marks())


def _begins():
    """A change begins at a contract in force, as the draft of its next edition."""
    return pgtrigger.Trigger(
        name="begins",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[ACTOR, ("stands", "record")],
        func="""
            SELECT status, edition INTO stands FROM contracts_contract
            WHERE id = NEW.contract_id FOR NO KEY UPDATE;
            IF stands.status <> 'registered' OR NEW.state <> 'writing'
                OR NEW.edition <> stands.edition + 1 THEN
                PERFORM contracts_refuse('amendment_edge', 'not a new change');
            END IF;
            NEW.edited_by_id := coalesce(actor, NEW.entered_by_id);
            RETURN NEW;
        """,
    )


def _moves():
    """Content changes while it is written; the state goes along an edge."""
    return pgtrigger.Trigger(
        name="moves",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        declare=[
            ACTOR,
            ("last", "contracts_round"),
            ("total", "numeric"),
            ("stands", "text"),
            ("free", f"text[] := '{{{FREE}}}'"),
            *ROWS_STAY_NEEDS,
        ],
        func=MOVES,
    )


def _applies(content):
    """An approved change becomes what holds, in the statement that says so."""
    return pgtrigger.Trigger(
        name="applies",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        func=APPLIES.format(
            lines=_replaced("line", "amendment_id", LINE),
            files=_replaced("attachment", "amendment_id", FILE),
            fields=",\n        ".join(f"{name} = NEW.{name}" for name in content),
        ),
    )


def _replaced(part, column, columns):
    """Return the SQL that gives a contract the parts of the change."""
    held = f"SELECT {columns} FROM contracts_contract{part}"  # noqa: S608 - our own names
    proposed = f"SELECT {columns} FROM contracts_amendment{part}"  # noqa: S608 - our own names
    held += " WHERE contract_id = NEW.contract_id"
    proposed += f" WHERE {column} = NEW.id"
    return f"""IF EXISTS (
        ({held} EXCEPT ALL {proposed}) UNION ALL ({proposed} EXCEPT ALL {held})
    ) THEN
        DELETE FROM contracts_contract{part} WHERE contract_id = NEW.contract_id;
        INSERT INTO contracts_contract{part} (contract_id, {columns})
        SELECT NEW.contract_id, {columns} FROM contracts_amendment{part}
        WHERE {column} = NEW.id ORDER BY id;
    END IF;"""  # noqa: S608 - our own names


def _marks():
    """The contract says that it is being changed; what it says else stays."""
    return pgtrigger.Trigger(
        name="marks",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func="""
            UPDATE contracts_contract SET
                version = version + 1, amendment_state = NEW.state
            WHERE id = NEW.contract_id;
            RETURN NULL;
        """,
    )


def proposed_part_triggers():
    """Return the triggers of a table whose rows are content of a change.

    They name it by `amendment_id`, and by `contract_id` for its history.
    """
    return (_part_frozen(), _part_touches())


def _part_frozen():
    """Lines and files of a change come, change and go while it is written.

    The contract is locked before the change, as every verb does: two that lock in
    different orders would wait for each other.
    """
    return pgtrigger.Trigger(
        name="frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("change", "record"), ("part_of", "bigint")],
        func=f"""
            IF TG_OP = 'UPDATE' AND NEW.amendment_id <> OLD.amendment_id THEN
                PERFORM contracts_refuse('amendment_frozen', 'a part never moves');
            END IF;
            part_of := CASE TG_OP WHEN 'DELETE' THEN OLD.amendment_id
                ELSE NEW.amendment_id END;
            PERFORM FROM contracts_contract WHERE id = (
                SELECT contract_id FROM contracts_amendment WHERE id = part_of
            ) FOR NO KEY UPDATE;
            SELECT state, contract_id INTO change FROM contracts_amendment
            WHERE id = part_of FOR NO KEY UPDATE;
            IF change.state NOT IN {WRITABLE} THEN
                PERFORM contracts_refuse('amendment_frozen', 'content is frozen');
            END IF;
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            NEW.contract_id := change.contract_id;
            RETURN NEW;
        """,  # noqa: S608 - our own names
    )


def _part_touches():
    """A changed line or file is somebody's edit of the change.

    A change has no version of its own: its contract's counts (`_marks`).
    """
    return pgtrigger.Trigger(
        name="touches",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[ACTOR],
        func=f"""
            UPDATE contracts_amendment SET
                changed_at = clock_timestamp(),
                {EDITED}
            WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.amendment_id
                ELSE NEW.amendment_id END;
            RETURN NULL;
        """,  # noqa: S608 - our own names
    )
