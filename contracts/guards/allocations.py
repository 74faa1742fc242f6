"""Guards of what money pays for: which receipt, of which instalment.

How much an instalment and a contract are paid is kept (`contracts.guards.owing`).
"""

import pgtrigger

from contracts.guards.owing import OWING, allocation_counts
from crm.guards.triggers import touches


def allocation_triggers():
    """Return the triggers of what a receipt pays for."""
    return (
        _allowed(),
        allocation_counts(),
        touches("contracts_receipt", "receipt_id"),
    )


def _allowed():
    """Confirmed money pays for what its customer owes: a contract in force or done.

    It may be taken back from any contract, whatever has become of that.
    """
    return pgtrigger.Trigger(
        name="allowed",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("stands", "record"), ("money", "record")],
        func=f"""
        IF TG_OP = 'UPDATE' AND (NEW.receipt_id, NEW.instalment_id)
            <> (OLD.receipt_id, OLD.instalment_id) THEN
            PERFORM contracts_refuse('allocation_allowed', 'it never moves');
        END IF;
        SELECT status, amount, customer_id INTO money FROM contracts_receipt
        WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.receipt_id
            ELSE NEW.receipt_id END
        FOR NO KEY UPDATE;
        SELECT c.status, c.customer_id INTO stands FROM contracts_contract c
        WHERE c.id = (SELECT contract_id FROM contracts_instalment
            WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.instalment_id
                ELSE NEW.instalment_id END)
        FOR NO KEY UPDATE;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        IF TG_OP = 'UPDATE' AND NEW.amount <= OLD.amount THEN
            RETURN NEW;
        END IF;
        IF stands.status NOT IN {OWING} THEN
            PERFORM contracts_refuse('allocation_in_force', 'not in force');
        END IF;
        IF money.status <> 'confirmed' OR money.amount <= 0
            OR money.customer_id <> stands.customer_id THEN
            PERFORM contracts_refuse('allocation_allowed', 'no such money');
        END IF;
        RETURN NEW;
        """,  # noqa: S608 - our own names
    )


def money_stays(row):
    """Refuse to leave a contract with another customer than the money that pays for it.

    Asked as the transaction ends: a merge moves both, one after the other. Taken back,
    it moves back only what was not touched since.

    Args:
        row: which of the two the table holds, `receipt` or `contract`.
    """
    return pgtrigger.Trigger(
        name="money_stays",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "OLD.customer_id IS DISTINCT FROM NEW.customer_id"
        ),
        timing=pgtrigger.Deferred,
        func=f"""
        IF EXISTS (
            SELECT FROM contracts_allocation a
            JOIN contracts_receipt receipt ON receipt.id = a.receipt_id
            JOIN contracts_instalment i ON i.id = a.instalment_id
            JOIN contracts_contract contract ON contract.id = i.contract_id
            WHERE {row}.id = NEW.id AND receipt.customer_id <> contract.customer_id
        ) THEN
            PERFORM contracts_refuse('money_stays', 'of another customer');
        END IF;
        RETURN NULL;
        """,
    )
