"""Guards of what money pays for: which receipt, of which instalment, how much.

What an instalment and a contract are paid is asked as the transaction ends: their
contract's row has been locked since the first change.
"""

import pgtrigger

from crm.guards.triggers import touches


def allocation_triggers():
    """Return the triggers of what a receipt pays for."""
    return (
        _allowed(),
        _adds_up(),
        touches("contracts_receipt", "receipt_id"),
    )


def _allowed():
    """Confirmed money pays for what its customer owes by a contract in force.

    It may be taken back from any contract, whatever has become of that.
    """
    return pgtrigger.Trigger(
        name="allowed",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("stands", "record"), ("money", "record")],
        func="""
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
        IF stands.status <> 'registered' THEN
            PERFORM contracts_refuse('allocation_in_force', 'not in force');
        END IF;
        IF money.status <> 'confirmed' OR money.amount <= 0
            OR money.customer_id <> stands.customer_id THEN
            PERFORM contracts_refuse('allocation_allowed', 'no such money');
        END IF;
        RETURN NEW;
        """,
    )


def _adds_up():
    """No instalment and no contract is paid more than its amount."""
    return pgtrigger.Trigger(
        name="adds_up",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        func="""
        IF EXISTS (
            SELECT FROM contracts_instalment i WHERE i.id = NEW.instalment_id
                AND i.amount < (SELECT sum(amount) FROM contracts_allocation
                    WHERE instalment_id = i.id)
        ) THEN
            PERFORM contracts_refuse('allocation_within', 'more than the instalment');
        END IF;
        IF EXISTS (
            SELECT FROM contracts_instalment own
            JOIN contracts_contract c ON c.id = own.contract_id
            WHERE own.id = NEW.instalment_id AND c.amount < (
                SELECT sum(a.amount) FROM contracts_allocation a
                JOIN contracts_instalment i ON i.id = a.instalment_id
                WHERE i.contract_id = c.id)
        ) THEN
            PERFORM contracts_refuse('allocation_within', 'more than the contract');
        END IF;
        RETURN NULL;
        """,
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


def instalment_paid():
    """Return the trigger that keeps an instalment from being less than was paid."""
    return pgtrigger.Trigger(
        name="paid",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("amount") | pgtrigger.Delete,
        func="""
        IF EXISTS (SELECT FROM contracts_allocation WHERE instalment_id = OLD.id)
            AND (TG_OP = 'DELETE' OR NEW.amount < (
                SELECT sum(amount) FROM contracts_allocation
                WHERE instalment_id = OLD.id
            )) THEN
            PERFORM contracts_refuse('instalment_has_money', 'money was received');
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
        """,
    )
