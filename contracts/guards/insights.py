"""Who has decided on which contract, and whose that is by now (`Insight`)."""

import pgtrigger

from crm.guards.watermarks import becomes_another


def insight_gained():
    """Return the trigger of verdicts: whoever decides sees the contract from then on.

    The verdict has locked the contract: whose it is cannot change meanwhile.
    """
    return pgtrigger.Trigger(
        name="insight_gained",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func="""
            INSERT INTO contracts_insight
                (person_id, contract_id, owner_id, other_id)
            SELECT NEW.by_id, id, owner_id, customer_owner_id
            FROM contracts_contract WHERE id = NEW.contract_id
            ON CONFLICT DO NOTHING;
            RETURN NULL;
        """,
    )


def insight_told():
    """Return the trigger of contracts: it tells the insights whose it is now."""
    return pgtrigger.Trigger(
        name="insight_told",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=becomes_another("owner_id", "customer_owner_id"),
        func="""
            UPDATE contracts_insight
            SET owner_id = NEW.owner_id, other_id = NEW.customer_owner_id
            WHERE contract_id = NEW.id;
            RETURN NULL;
        """,
    )
