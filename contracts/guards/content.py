"""Triggers that keep a contract to its edges and freeze its content."""

from string import Template

import pgtrigger

from contracts.guards.conversion import converts
from contracts.guards.owing import contract_owing
from crm.guards.triggers import touches

#: A contract's own statuses in which its content is still being written.
WRITABLE = "('draft', 'reported', 'rejected', 'recalled')"

MOVES = f"""    IF NEW.status = OLD.status THEN
        RETURN NEW;
    END IF;
    IF (OLD.status, NEW.status) NOT IN (
        ('draft', 'pending'), ('draft', 'reported'), ('draft', 'registered'),
        ('rejected', 'pending'), ('rejected', 'reported'), ('rejected', 'registered'),
        ('recalled', 'pending'), ('recalled', 'reported'), ('recalled', 'registered'),
        ('reported', 'registered'), ('reported', 'draft'),
        ('reported', 'recalled'), ('reported', 'rejected'),
        ('pending', 'registered'), ('pending', 'rejected'), ('pending', 'recalled'),
        ('registered', 'completed'), ('registered', 'terminated')
    ) OR NEW.deleted_at IS NOT NULL THEN
        PERFORM contracts_refuse('contract_edge', 'no such change of status');
    END IF;
    SELECT * INTO last FROM contracts_round
    WHERE contract_id = NEW.id ORDER BY id DESC LIMIT 1;
    IF NEW.status = 'pending' AND (
        last.id IS NULL OR last.state <> 'open' OR last.amendment_id IS NOT NULL
    ) THEN
        PERFORM contracts_refuse('contract_needs_round', 'no open round');
    END IF;
    IF NEW.status = 'registered' AND (
        last.id IS NULL OR last.state <> 'approved' OR last.amendment_id IS NOT NULL
        OR last.unruled <> (OLD.status <> 'pending')
    ) THEN
        PERFORM contracts_refuse('contract_needs_approval', 'not approved');
    END IF;
    IF OLD.status = 'pending' AND NEW.status <> 'registered'
        AND last.state <> NEW.status THEN
        PERFORM contracts_refuse('contract_needs_verdict', 'no verdict');
    END IF;
    IF NEW.status IN ('pending', 'registered') AND NOT EXISTS (
        SELECT FROM customers_customer
        WHERE id = NEW.customer_id AND registration = 'registered'
    ) THEN
        PERFORM contracts_refuse('contract_customer_in_books', 'customer reported');
    END IF;
    IF OLD.status IN {WRITABLE} THEN
        SELECT sum(amount) INTO total FROM contracts_contractline
        WHERE contract_id = NEW.id;
        IF total <> NEW.amount THEN
            PERFORM contracts_refuse('contract_amount_is_sum', 'not the sum');
        END IF;
        IF NEW.status IN ('pending', 'reported', 'registered') AND NEW.amount <> (
            SELECT sum(amount) FROM contracts_instalment WHERE contract_id = NEW.id
        ) THEN
            PERFORM contracts_refuse('contract_plan_is_sum', 'not the plan');
        END IF;
    END IF;
    IF NEW.status IN ('completed', 'terminated') AND EXISTS (
        SELECT FROM contracts_amendment
        WHERE contract_id = NEW.id AND state NOT IN ('applied', 'withdrawn')
    ) THEN
        PERFORM contracts_refuse('contract_change_open', 'a change is under way');
    END IF;
    RETURN NEW;
"""  # noqa: S608 - our own names

#: Whoever is the same as before under another number: no change of what is agreed.
MERGED = """(CASE WHEN duplicates_moves(
            'customers.customer', OLD.customer_id, NEW.customer_id
        ) THEN '{customer_id}'::text[] ELSE '{}' END || CASE WHEN duplicates_moves(
            'customers.contact', OLD.contact_id, NEW.contact_id
        ) THEN '{contact_id}'::text[] ELSE '{}' END)"""
#: The same of a line's product.
SAME_PRODUCT = """duplicates_moves(
                'contracts.product', (to_jsonb(OLD) ->> 'product_id')::bigint,
                (to_jsonb(NEW) ->> 'product_id')::bigint
            )"""
#: Whoever merges two products has edited no contract.
EDITED = f"""edited_by_id = CASE WHEN TG_OP <> 'UPDATE' OR NOT {SAME_PRODUCT}
                THEN coalesce(actor, edited_by_id) ELSE edited_by_id END"""

FROZEN = f"""    IF NEW.number <> OLD.number
        OR NEW.entered_by_id <> OLD.entered_by_id THEN
        PERFORM contracts_refuse('contract_frozen', 'origin never changes');
    END IF;
    NEW.amendment_state := coalesce((
        SELECT state FROM contracts_amendment
        WHERE contract_id = NEW.id AND state NOT IN ('applied', 'withdrawn')
    ), '');
    IF NEW.status = OLD.status AND (
        NEW.completed_on IS DISTINCT FROM OLD.completed_on
        OR NEW.terminated_on IS DISTINCT FROM OLD.terminated_on
        OR NEW.termination_reason_id IS DISTINCT FROM OLD.termination_reason_id
    ) THEN
        PERFORM contracts_refuse('contract_frozen', 'the end never changes');
    END IF;
    IF NEW.edition <> OLD.edition THEN
        SELECT * INTO change FROM contracts_amendment
        WHERE contract_id = NEW.id AND state = 'applied' AND edition = NEW.edition;
        IF change.id IS NULL OR OLD.status <> 'registered'
            OR NEW.status <> 'registered' OR NEW.edition <> OLD.edition + 1
            OR NEW.owner_id <> coalesce(change.owner_id, OLD.owner_id)
            OR ($approved)
                IS DISTINCT FROM ($proposed)
            OR to_jsonb(OLD) - free - applied
                IS DISTINCT FROM to_jsonb(NEW) - free - applied THEN
            PERFORM contracts_refuse('contract_frozen', 'not what was approved');
        END IF;
        NEW.edited_by_id := change.edited_by_id;
        RETURN NEW;
    END IF;
    IF OLD.status NOT IN {WRITABLE} AND OLD.status <> 'pending' THEN
        free := free || '{{owner_id,reporter_id}}'::text[];
    END IF;
    IF pg_trigger_depth() > 1 THEN
        free := free || '{{edited_by_id}}'::text[];
    END IF;
    IF OLD.status <> 'pending' AND NEW.amendment_state NOT IN ('pending', 'reported')
    THEN
        free := free || {MERGED};
    END IF;
    IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free THEN
        IF OLD.status NOT IN {WRITABLE} OR NEW.status <> OLD.status THEN
            PERFORM contracts_refuse('contract_frozen', 'content is frozen');
        END IF;
        NEW.edited_by_id := coalesce(actor, OLD.edited_by_id);
    END IF;
    RETURN NEW;
"""  # noqa: S608 - our own names

#: Who is acting, or null.
ACTOR = ("actor", "bigint := nullif(current_setting('crm.actor', true), '')")
#: What may change at any time: who touched it, where it stands, what is derived. Who
#: wrote it last is told by the triggers of its parts: said by hand, it is an edit.
FREE = (
    "version,changed_at,changed_by_id,status,edition,amendment_state,completed_on,"
    "terminated_on,termination_reason_id,registration,registered_by_id,registered_at,"
    "return_reason,deleted_at,deleted_by_id,search_text,search_pinyin,"
    "customer_owner_id,external_key,received,unpaid,next_due_on,"
    "invoiced,invoiced_unpaid"
)


def contract_triggers(content):
    """Return the triggers that keep a contract to its edges and freeze its content.

    Args:
        content: the columns that are approved, as a contract and a change have them.
    """
    return (_begins(), _moves(), _frozen(content), contract_owing(), converts())


def _begins():
    """A contract begins as a draft of its first edition, edited by who entered it."""
    return pgtrigger.Trigger(
        name="begins",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[ACTOR],
        func="""
            IF NEW.status <> 'draft' OR NEW.edition <> 1
                OR NEW.amendment_state <> '' THEN
                PERFORM contracts_refuse('contract_begins_as_draft', 'not a draft');
            END IF;
            NEW.edited_by_id := coalesce(actor, NEW.entered_by_id);
            RETURN NEW;
        """,
    )


def _moves():
    """The status goes along an edge, and into the books only by an approved round."""
    return pgtrigger.Trigger(
        name="moves",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        declare=[("last", "contracts_round"), ("total", "numeric")],
        func=MOVES,
    )


def _frozen(content):
    """Content changes while it is written, later only by an applied amendment.

    A contract in the books may get another owner (somebody leaves), and another
    customer when two customers are merged; a pending one neither.
    """
    return pgtrigger.Trigger(
        name="frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        declare=[
            ACTOR,
            ("change", "contracts_amendment"),
            ("applied", f"text[] := '{{owner_id,{','.join(content)}}}'"),
            ("free", f"text[] := '{{{FREE}}}'"),
        ],
        func=Template(FROZEN).substitute(
            approved=", ".join(f"NEW.{name}" for name in content),
            proposed=", ".join(f"change.{name}" for name in content),
        ),
    )


def part_triggers():
    """Return the triggers of a table whose rows are content of a contract.

    They name it by `contract_id`.
    """
    return (_part_frozen(), _part_touches())


def stands_locked(columns, refused, what):
    """Return the statements that read how the contract of a row stands, and lock it.

    Args:
        columns: of the contract, into the record `stands`.
        refused: the name under which the row is refused to come to another contract.
        what: the row is, in the message of that.
    """
    return f"""IF TG_OP = 'UPDATE' AND NEW.contract_id <> OLD.contract_id THEN
                PERFORM contracts_refuse('{refused}', '{what} never moves');
            END IF;
            SELECT {columns} INTO stands FROM contracts_contract
            WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.contract_id
                ELSE NEW.contract_id END
            FOR NO KEY UPDATE;"""  # noqa: S608 - our own names


def _part_frozen():
    """Lines and files change while the contract is written, or a change is applied.

    A change that is being applied is one edition ahead of its contract. The
    contract's row is locked, so that no line slips in beside a submission.
    """
    return pgtrigger.Trigger(
        name="frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("stands", "record")],
        func=f"""
            {stands_locked("status, edition, id", "contract_frozen", "a part")}
            IF TG_OP = 'UPDATE' AND {SAME_PRODUCT} AND stands.status <> 'pending'
                AND to_jsonb(OLD) - '{{product_id,amount}}'::text[]
                    = to_jsonb(NEW) - '{{product_id,amount}}'::text[] THEN
                RETURN NEW;
            END IF;
            IF stands.status NOT IN {WRITABLE} AND NOT EXISTS (
                SELECT FROM contracts_amendment
                WHERE contract_id = stands.id AND state = 'applied'
                    AND edition = stands.edition + 1
            ) THEN
                PERFORM contracts_refuse('contract_frozen', 'content is frozen');
            END IF;
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            RETURN NEW;
        """,
    )


def _part_touches():
    """A changed line or file is a change of the contract, and somebody's edit."""
    return touches("contracts_contract", "contract_id", EDITED)
