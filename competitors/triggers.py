"""What PostgreSQL refuses in encounters, by whatever way they came."""

import pgtrigger


def same_customer():
    """Refuse a contract of another customer, where a row names a new one."""
    return pgtrigger.Trigger(
        name="same_customer",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("customer_id", "contract_id"),
        func="""
IF TG_OP = 'UPDATE' AND (NEW.customer_id, NEW.contract_id)
    IS NOT DISTINCT FROM (OLD.customer_id, OLD.contract_id)
THEN
    RETURN NEW;
END IF;
IF NEW.contract_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM contracts_contract
    WHERE id = NEW.contract_id AND customer_id = NEW.customer_id
) THEN
    RAISE EXCEPTION 'the contract belongs to another customer'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'encounter_contract';
END IF;
RETURN NEW;
""",
    )
